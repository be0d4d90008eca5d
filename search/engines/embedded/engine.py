"""The embedded engine: the contract of ``search.engines.base`` on tantivy."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tantivy import Query

from search.engines.base import (
    PASSAGE,
    EngineUnavailable,
    Health,
    Hit,
    Likeness,
    SearchEngine,
    SearchPage,
    found_in,
    language_of_words,
)
from search.engines.embedded import counting, generations, matching, ranking
from search.engines.embedded.generations import Generations, Snapshot
from search.engines.embedded.vocabulary import Vocabulary
from search.entries import SearchEntry
from search.requests import SearchRequest, Sort
from search.text import reading, spelling
from search.text.completion import Completion, completions
from search.text.highlighting import Highlighter
from search.text.queries import TextQuery
from search.text.reading import ReadQuery

#: Seconds in which a health check looks for damage.
_INSPECTED = 0.3


@dataclass(frozen=True)
class _Matched:
    """Entries that the words ask for, before any facet."""

    units: list[Query]
    number: int  # of units that an entry must match
    without: list[Query]
    relaxed: bool = False
    unknown: tuple[str, ...] = ()  # folded words that nothing matches

    @property
    def has_rest(self) -> bool:
        """Whether an entry may have some of what was asked for, and not all."""
        return self.number > 1

    def query(self, *filters: Query, without: Iterable[Query] = ()) -> Query:
        """As filter: does not score."""
        wanted = [*filters]
        if self.units:
            wanted.append(matching.at_least(self.number, self.units))
        elif self.relaxed:
            wanted.append(Query.empty_query())
        return matching.every(wanted, without=[*self.without, *without])


@dataclass(frozen=True)
class _Tally:
    total: int
    more: int
    counts: dict[str, dict[str, int]]
    after: dict[str, dict[str, int]]
    drops: dict[tuple[str, str], int] = field(default_factory=dict)


class EmbeddedEngine(SearchEngine):
    """Searches an index in ``directory``, by any number of processes and threads at once."""

    name = "embedded"

    def __init__(self, directory: Path) -> None:
        self.generations = Generations(directory)

    # --- searching

    def search(self, request: SearchRequest) -> SearchPage:
        snapshot = self.generations.snapshot()
        with generations.readable():
            read = reading.read(request.query, request.language, request.named)
            read, matched = _match(snapshot, read)
            question = (
                request.query,
                request.named,
                request.language,
                tuple(sorted(request.selected.items())),
            )
            tally: _Tally = snapshot.cached(question, lambda: _tally(snapshot, matched, request))
            found, others = _page(snapshot, matched, read, request, tally)
            highlighter = Highlighter(read)

            def hits(addresses: list[ranking.Address]) -> tuple[Hit, ...]:
                return tuple(
                    _hit(snapshot, address, read.language, highlighter) for address in addresses
                )

            return SearchPage(
                total=tally.total,
                more=tally.more,
                hits=hits(found),
                others=hits(others),
                counts=tally.counts,
                after=tally.after,
                relaxed=matched.relaxed and tally.total > 0,
                suggestion=spelling.respelt(
                    request.text,
                    matched.unknown,
                    Vocabulary(snapshot),
                    language=request.language,
                ),
                drops=tally.drops,
            )

    def related(self, like: Likeness, *, language: str, limit: int) -> tuple[Hit, ...]:
        snapshot = self.generations.snapshot()
        with generations.readable():
            query = matching.alike(snapshot, like)
            addresses = ranking.by_score(snapshot, query, offset=0, limit=limit)
            plain = Highlighter(reading.read(TextQuery(), language))
            return tuple(_hit(snapshot, address, language, plain) for address in addresses)

    def among(self, request: SearchRequest, keys: Collection[str]) -> tuple[str, ...]:
        snapshot = self.generations.snapshot()
        with generations.readable():
            read = reading.read(request.query, request.language, request.named)
            _read, matched = _match(snapshot, read)
            if matched.relaxed or not keys:
                return ()
            filters = [
                matching.selected(snapshot, facet, values)
                for facet, values in request.selected.items()
            ]
            query = matching.unscored(matched.query(matching.one_of(snapshot, keys), *filters))
            addresses = ranking.newest(snapshot, query, offset=0, limit=len(keys))
            return tuple(snapshot.stored(address).key for address in addresses)

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        snapshot = self.generations.snapshot()
        with generations.readable():
            return Vocabulary(snapshot).frequencies(words)

    def suggest(self, text: str, *, language: str, limit: int = 8) -> list[Completion]:
        snapshot = self.generations.snapshot()
        with generations.readable():
            shelf = Vocabulary(snapshot)
            return completions(text, shelf, language=language, limit=limit)

    # --- keeping

    def upsert(
        self, entries: Iterable[SearchEntry], *, turn: int = 0, within: float | None = None
    ) -> None:
        patience = generations.PATIENCE if within is None else within
        self.generations.change(entries=entries, patience=patience)

    def delete(self, keys: Iterable[str], *, turn: int = 0, within: float | None = None) -> None:
        patience = generations.PATIENCE if within is None else within
        self.generations.change(keys=keys, patience=patience)

    def rebuild(self, entries: Iterable[SearchEntry]) -> int:
        return self.generations.rebuild(entries)

    def tidy(self) -> bool:
        return self.generations.tidy()

    @property
    def is_untidy(self) -> bool:
        return self.generations.is_untidy

    def fingerprints(self) -> dict[str, str]:
        snapshot = self.generations.snapshot()
        with generations.readable():
            return generations.fingerprints(snapshot)

    def health(self) -> Health:
        try:
            snapshot = self.generations.snapshot()
            with generations.readable():
                # That an index opens does not mean that it can be read
                for address in ranking.newest(snapshot, Query.all_query(), offset=0, limit=1):
                    snapshot.stored(address)
        except EngineUnavailable as error:
            status = "rebuilding" if self.generations.is_rebuilding else "down"
            return Health(status, self.name, detail=str(error))
        entries = snapshot.searcher.num_docs
        if damaged := self.generations.damage(within=_INSPECTED):
            detail = f"The search index is damaged: {damaged}"
            return Health("degraded", self.name, entries=entries, detail=detail, is_damaged=True)
        return Health("ok", self.name, entries=entries)

    def damage(self) -> str:
        return self.generations.damage()


def _match(snapshot: Snapshot, read: ReadQuery) -> tuple[ReadQuery, _Matched]:
    """All words, or where no entry at all has them, any of them
    (docs/decisions/0017-all-words-first.md); and the query as it was matched: an unfinished word
    that no entry has is taken for a beginning.

    Facets have no say in this: the words mean the same whatever is ticked, or else the counts
    could not be true.
    """
    units = matching.units(snapshot, read)
    without = matching.excluded(snapshot, read)
    strict = _Matched(units, len(units), without)
    if not units or counting.total(snapshot, strict.query()):
        return read, strict
    unfinished = read.unfinished
    if unfinished and not unfinished.prefix:
        as_it_stands = matching.word_query(snapshot, unfinished, read)
        if not counting.total(snapshot, as_it_stands):
            return _match(snapshot, read.going_on())
    asked = [word.folded for word in read.required] + [""] * len(read.phrases)
    alone = [counting.total(snapshot, unit) for unit in units]
    unknown = [word for word, number in zip(asked, alone, strict=True) if word and not number]
    for phrase in read.phrases:
        unknown += [word for word in phrase.folded if not matching.is_known(snapshot, word)]
    known = [unit for unit, number in zip(units, alone, strict=True) if number]
    return read, _Matched(known, 1, without, relaxed=True, unknown=tuple(unknown))


def _tally(snapshot: Snapshot, matched: _Matched, request: SearchRequest) -> _Tally:
    """Totals and counts, in one question, one more for each facet with a selection, and one for
    what has only some of the words. Facets count what is found.

    Under a facet's own selection, the values of the other entries are counted apart: those
    that match everything but this facet. Together both make the facet's counts, and the second
    alone is what ticking one more value adds.
    """
    filters = {
        facet: matching.selected(snapshot, facet, values)
        for facet, values in request.selected.items()
    }
    base = matched.query(*filters.values())
    total = counting.total(snapshot, base)
    counts = counting.counts(snapshot, base, matches=total)
    after: dict[str, dict[str, int]] = {}
    for facet, own in filters.items():
        others = [query for name, query in filters.items() if name != facet]
        near = matched.query(*others, without=[own])
        number = counting.total(snapshot, near)
        added = counting.counts(snapshot, near, matches=number, facet=facet).get(facet, {})
        mine = dict(counts.get(facet, {}))
        for value, more in added.items():
            mine[value] = mine.get(value, 0) + more
        counts[facet] = mine
        after[facet] = {
            value: total + added.get(value, 0)
            for value in mine
            if value not in request.selected[facet]
        }
    drops = {} if total else _drops(snapshot, matched, request)
    counts = {name: values for name, values in counts.items() if values}
    more = 0
    if matched.has_rest:
        some = replace(matched, number=1).query(*filters.values())
        more = counting.total(snapshot, some) - total
    return _Tally(total, more, counts, after, drops)


def _drops(
    snapshot: Snapshot, matched: _Matched, request: SearchRequest
) -> dict[tuple[str, str], int]:
    """What is found if one thing that was asked for is let go."""
    drops: dict[tuple[str, str], int] = {}

    def found(match: _Matched, selected: dict[str, tuple[str, ...]]) -> int:
        queries = [
            matching.selected(snapshot, facet, values)
            for facet, values in selected.items()
            if values
        ]
        return counting.total(snapshot, match.query(*queries))

    for facet, values in request.selected.items():
        for value in values:
            rest = tuple(other for other in values if other != value)
            drops[facet, value] = found(matched, {**request.selected, facet: rest})
    if not request.query.is_empty:
        drops["q", ""] = found(_Matched([], 0, []), dict(request.selected))
    return drops


def _page(
    snapshot: Snapshot, matched: _Matched, read: ReadQuery, request: SearchRequest, tally: _Tally
) -> tuple[list[ranking.Address], list[ranking.Address]]:
    """What stands on a page: of the found entries, and of those behind them that have only some
    of the words."""
    filters = [
        matching.selected(snapshot, facet, values) for facet, values in request.selected.items()
    ]
    found: list[ranking.Address] = []
    if request.offset < tally.total:
        wanted = [matching.at_least(matched.number, matched.units), *filters]
        found = _ordered(
            snapshot, wanted, matched.without, read, request, request.offset, request.page_size
        )
    others: list[ranking.Address] = []
    room = request.page_size - len(found)
    if room and tally.more:
        wanted = [matching.at_least(1, matched.units), *filters]
        without = [*matched.without, matching.every(matched.units)]
        offset = max(request.offset - tally.total, 0)
        others = _ordered(snapshot, wanted, without, read, request, offset, room)
    return found, others


def _ordered(
    snapshot: Snapshot,
    wanted: list[Query],
    without: list[Query],
    read: ReadQuery,
    request: SearchRequest,
    offset: int,
    limit: int,
) -> list[ranking.Address]:
    """A stretch of what matches, in the order asked for. By relevance what can be read in the
    reader's language comes before all else."""
    if request.sort is not Sort.RELEVANCE or not read.is_ranked:
        query = matching.every(map(matching.unscored, wanted), without=without)
        if request.sort is Sort.TITLE:
            return ranking.by_title(
                snapshot, query, language=request.language, offset=offset, limit=limit
            )
        return ranking.newest(snapshot, query, offset=offset, limit=limit)
    extras = matching.extras(snapshot, read)
    own = matching.has_language(snapshot, request.language)
    found: list[ranking.Address] = []
    for required, forbidden in (([own], []), ([], [own])):
        query = matching.every([*wanted, *required], without=[*without, *forbidden], better=extras)
        room = limit - len(found)
        here = ranking.by_score(snapshot, query, offset=offset, limit=room)
        found += here
        if len(found) >= limit:
            break
        # A group that ends before the page begins moves the page forward
        offset = 0 if here else max(offset - counting.total(snapshot, query), 0)
    return found


def _hit(
    snapshot: Snapshot, address: ranking.Address, reader: str, highlighter: Highlighter
) -> Hit:
    stored = snapshot.stored(address)
    version = stored.version_for(reader)
    language = version.language
    shell = stored.shell
    hit = Hit(
        key=shell["key"],
        kind=shell["kind"],
        language=language,
        title=version.title,
        summary=version.summary,
        url=version.url,
        title_html=highlighter.highlight(version.title, language),
        highlight=highlighter.highlight(version.body, language, width=PASSAGE)
        or highlighter.highlight(version.summary, language, width=PASSAGE),
        languages=tuple(shell["languages"]),
        facets={name: tuple(values) for name, values in shell["facets"].items()},
        published=shell["published"],
    )
    if hit.is_marked or highlighter.is_idle:
        return hit
    if file := found_in(stored.files(), highlighter):
        return replace(hit, found_in=file)
    if hit.has_named(highlighter.query):
        return hit
    others = (stored.version_for(code) for code in shell["languages"] if code != language)
    return replace(hit, elsewhere=language_of_words(others, highlighter))
