"""The Elasticsearch engine: for sites that outgrow one machine.

One ``_search`` answers a results page, with its hits, its totals and all its counts. A page that
ends in entries with only some of the words costs one more, a query of which no entry has all the
words two more (three where its last word may be a beginning), a page without results one more, and
one with entries of which only files, or texts in another language, have the words one more.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan, streaming_bulk
from elasticsearch_dsl import A, Q, Search
from elasticsearch_dsl.query import Query

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
from search.engines.elastic import queries
from search.engines.elastic.documents import document, facet_field
from search.engines.elastic.indices import PATIENCE, IndexFamily, unavailable_if_unanswered
from search.engines.elastic.vocabulary import Vocabulary, with_close_words
from search.entries import AttachedFile, SearchEntry, Version
from search.requests import FACET_NAMES, SearchRequest, Sort
from search.text import reading, spelling
from search.text.completion import Completion, completions
from search.text.highlighting import Highlighter
from search.text.queries import TextQuery
from search.text.reading import ReadQuery

logger = logging.getLogger(__name__)

#: More values than a vocabulary can have; Elasticsearch cuts at ten unless told.
ALL_VALUES = 20_000

#: Seconds for a change, at most: no editor and no reader waits for it.
WRITING = 10

#: Seconds for a monitor's question: it asks for more than this engine, and waits two in all.
WATCHING = 1.0

CONFLICT = 409  # a document has been written in a later turn

#: Documents, and bytes of them, in one bulk request.
CHUNK, CHUNK_BYTES = 500, 10_000_000

#: Parts of ``shown`` that every hit needs; of the other versions it needs the reader's alone.
SHOWN = tuple(
    f"shown.{part}" for part in ("kind", "languages", "facets", "published", "original", "files")
)


class ElasticEngine(SearchEngine):
    """A search engine on the Elasticsearch server at ``url``.

    ``alias`` is the site's name on the server: sites and tests share a server under different
    names. ``timeout`` is in seconds and holds for what a reader waits for.
    """

    name = "elasticsearch"
    is_remote = True

    def __init__(self, url: str, *, alias: str = "toolkit", timeout: float = 2.0) -> None:
        self._client = Elasticsearch(
            url, request_timeout=timeout, max_retries=0, retry_on_timeout=False
        )
        self._watched = self._client.options(request_timeout=min(timeout, WATCHING))
        self._patient = self._client.options(request_timeout=PATIENCE)
        self._indices = IndexFamily(self._client, alias)

    @property
    def site(self) -> str:
        """The name that this site's indices begin with."""
        return self._indices.site

    # --- finding -------------------------------------------------------------------------

    def search(self, request: SearchRequest) -> SearchPage:
        query = reading.read(request.query, request.language, request.named)
        hit_set, answer, is_any = self._all_words(request, query)
        relaxed, suggestion = False, None
        if not is_any and query.unfinished and not _knows_unfinished(answer):
            query = query.going_on()
            hit_set, answer, is_any = self._all_words(request, query)
        if not is_any:
            is_any, suggestion = self._second_best(query, request.text)
            if is_any:
                hit_set = queries.matching(query, some=True)
                answer = self._page(request, query, hit_set)
                relaxed = answer["hits"]["total"]["value"] > 0
        total: int = answer["hits"]["total"]["value"]
        counts, after = _counts(answer["aggregations"], total, request.selected)
        more = _rest_of(answer["aggregations"], total)
        room = request.page_size - len(answer["hits"]["hits"])
        rest = self._rest(request, query, total, room) if more and room else []
        hits = self._hits([*answer["hits"]["hits"], *rest], query)
        return SearchPage(
            total=total,
            more=more,
            hits=hits[: len(hits) - len(rest)],
            others=hits[len(hits) - len(rest) :],
            counts=counts,
            after=after,
            relaxed=relaxed,
            suggestion=suggestion,
            drops={} if total else self._drops(request, hit_set),
        )

    def _all_words(
        self, request: SearchRequest, query: ReadQuery
    ) -> tuple[Query, Mapping[str, Any], bool]:
        """What asks for all the words, the page of it, and whether any entry has them."""
        hit_set = queries.matching(query)
        answer = self._page(request, query, hit_set, is_strict=True)
        is_any = not queries.required(query) or answer["aggregations"]["any"]["doc_count"] > 0
        return hit_set, answer, is_any

    def related(self, like: Likeness, *, language: str, limit: int) -> tuple[Hit, ...]:
        search = self._search().query(queries.alike(like)).sort({"_score": "desc"}, {"key": "asc"})
        search = search.source(["key", *SHOWN, f"shown.others.{language}"])[:limit]
        plain = Highlighter(reading.read(TextQuery(), language))
        return tuple(_hit(hit, language, plain) for hit in self._ask(search)["hits"]["hits"])

    def among(self, request: SearchRequest, keys: Collection[str]) -> tuple[str, ...]:
        query = reading.read(request.query, request.language, request.named)
        asked = replace(request, sort=Sort.NEWEST, page=1, page_size=0)
        hit_set, answer, is_any = self._all_words(asked, query)
        if not is_any and query.unfinished and not _knows_unfinished(answer):
            hit_set, answer, is_any = self._all_words(asked, query.going_on())
        if not (is_any and keys):
            return ()
        these = Q("bool", filter=[hit_set, Q("terms", key=list(keys))])
        search = self._listed(asked, query, these).source(["key"])[: len(keys)]
        return tuple(hit["_source"]["key"] for hit in self._ask(search)["hits"]["hits"])

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        return Vocabulary(self._ask, self._search()).frequencies(words)

    def suggest(self, text: str, *, language: str, limit: int = 8) -> list[Completion]:
        shelf = Vocabulary(self._ask, self._search())
        return completions(text, shelf, language=language, limit=limit)

    def _listed(self, request: SearchRequest, query: ReadQuery, hit_set: Query) -> Search:
        """What matches, under the filters and in the order asked for, with what a hit shows."""
        search = self._search().query(hit_set).sort(*queries.order(request, query))
        search = search.post_filter(queries.all_of(queries.selected(request.selected)))
        return search.source(["key", *SHOWN, f"shown.others.{request.language}"])

    def _page(
        self, request: SearchRequest, query: ReadQuery, hit_set: Query, *, is_strict: bool = False
    ) -> Mapping[str, Any]:
        """One ``_search``: the page's hits, the totals, and every count that it shows. Where all
        the words are asked for, how many have some of them, and the last one, too."""
        selection = request.selected
        search = self._listed(request, query, hit_set)
        search = search[request.offset : request.offset + request.page_size]
        # Facets without a selection share their filters, and so their bucket.
        for name in ("", *selection):
            others = queries.selected(selection, without=name)
            counted = [name] if name else [f for f in FACET_NAMES if f not in selection]
            _add_counts(search, f"counts:{name}", others, counted)
            if name:
                chosen = Q("terms", **{facet_field(name): list(selection[name])})
                _add_counts(search, f"after:{name}", [*others, ~chosen], [name])
        search.aggs.bucket("any", A("filter", Q("match_all")))
        if is_strict:
            everything = search.aggs.bucket("everything", A("global"))
            if len(queries.required(query)) > 1:
                some = queries.all_of([queries.any_word(query), *queries.selected(selection)])
                everything.bucket("some", A("filter", some))
            if query.unfinished:
                last = queries.found(query.unfinished, query.language)
                everything.bucket("last", A("filter", last))
        return self._ask(search)

    def _rest(
        self, request: SearchRequest, query: ReadQuery, total: int, room: int
    ) -> list[Mapping[str, Any]]:
        """Hits that have only some of the words, for the room that the found ones leave."""
        search = self._listed(request, query, queries.matching(query, rest=True))
        offset = max(request.offset - total, 0)
        found: list[Mapping[str, Any]] = self._ask(search[offset : offset + room])["hits"]["hits"]
        return found

    def _hits(self, found: list[Mapping[str, Any]], query: ReadQuery) -> tuple[Hit, ...]:
        """Hits as they are drawn; of those that show no word of the query, files and the other
        versions are read, to tell which has one."""
        highlighter = Highlighter(query)
        hits = tuple(_hit(one, query.language, highlighter) for one in found)
        silent = [
            hit.key
            for hit, one in zip(hits, found, strict=True)
            if not hit.is_marked
            and (
                one["_source"]["shown"]["files"]
                or (len(hit.languages) > 1 and not hit.has_named(query))
            )
        ]
        if highlighter.is_idle or not silent:
            return hits
        search = self._search().query("terms", key=silent)[: len(silent)]
        search = search.source(["key", "attached", "shown.original", "shown.others"])
        read = {one["_source"]["key"]: one["_source"] for one in self._ask(search)["hits"]["hits"]}
        return tuple(
            _told(hit, read[hit.key], query, highlighter) if hit.key in read else hit
            for hit in hits
        )

    def _second_best(self, query: ReadQuery, text: str) -> tuple[bool, str | None]:
        """Of a query that no entry has all of: whether any has some of it, and ``text`` with
        known words for those that nothing matches (None where there are none)."""
        search = self._search().extra(size=0).query(queries.any_word(query))
        alone = {
            f"word:{word.folded}": queries.found(word, query.language) for word in query.required
        }
        for phrase in query.phrases:
            alone |= {f"word:{word}": queries.known(word) for word in phrase.folded}
        everything = search.aggs.bucket("everything", A("global"))
        for name, found in alone.items():
            everything.bucket(name, A("filter", found))
        doubtful = [name.removeprefix("word:") for name in alone]
        answer = self._ask(with_close_words(search, doubtful))
        counted = answer["aggregations"]["everything"]
        unknown = [word for word in doubtful if not counted[f"word:{word}"]["doc_count"]]
        lexicon = Vocabulary(self._ask, self._search(), answer)
        respelt = spelling.respelt(text, unknown, lexicon, language=query.language)
        return answer["hits"]["total"]["value"] > 0, respelt

    def _drops(self, request: SearchRequest, hit_set: Query) -> dict[tuple[str, str], int]:
        """What a page without results would have without one of its restrictions."""
        selection = request.selected
        search = self._search().query(hit_set).extra(size=0)
        asked: dict[str, tuple[str, str]] = {}
        for name, values in selection.items():
            for value in values:
                others = tuple(v for v in values if v != value)
                filters = queries.selected({**selection, name: others})
                # Values may hold what no name of an aggregation may
                asked[f"drop{len(asked)}"] = (name, value)
                search.aggs.bucket(list(asked)[-1], A("filter", queries.all_of(filters)))
        if not request.query.is_empty:
            asked["words"] = ("q", "")
            everything = search.aggs.bucket("everything", A("global"))
            everything.bucket("words", A("filter", queries.all_of(queries.selected(selection))))
        if not asked:
            return {}
        found = self._ask(search)["aggregations"]
        found = {**found, **found.get("everything", {})}
        return {restriction: found[name]["doc_count"] for name, restriction in asked.items()}

    # --- keeping -------------------------------------------------------------------------

    def upsert(
        self, entries: Iterable[SearchEntry], *, turn: int = 0, within: float | None = None
    ) -> None:
        order = _order(turn)
        self._write(
            ({"_op_type": "index", "_id": e.key, **order, **document(e)} for e in entries), within
        )

    def delete(self, keys: Iterable[str], *, turn: int = 0, within: float | None = None) -> None:
        order = _order(turn)
        self._write(({"_op_type": "delete", "_id": key, **order} for key in keys), within)

    def rebuild(self, entries: Iterable[SearchEntry]) -> int:
        """As in ``SearchEngine``. ``entries`` are read in the caller's thread, which prepares
        the next documents while the server takes the ones before."""
        index = self._indices.create()
        number = 0
        try:
            with ThreadPoolExecutor(max_workers=1) as sender:
                sent: Future[int] | None = None
                for chunk in _chunks({"_id": e.key, **document(e)} for e in entries):
                    number += sent.result() if sent else 0
                    sent = sender.submit(
                        self._bulk, chunk, client=self._patient, index=index, max_retries=3
                    )
                number += sent.result() if sent else 0
            self._indices.serve(index)
        except BaseException:
            with contextlib.suppress(EngineUnavailable):
                self._indices.discard(index)
            raise
        return number

    def fingerprints(self) -> dict[str, str]:
        with unavailable_if_unanswered("reading the index"):
            return {
                found["_id"]: found["_source"]["fingerprint"]
                for found in scan(
                    self._patient,
                    index=self._indices.alias,
                    query={"_source": ["fingerprint"]},
                    size=5_000,
                )
            }

    def health(self) -> Health:
        """One call, for the number of entries: a monitor does not wait for more."""
        try:
            with unavailable_if_unanswered("counting"):
                number = self._watched.count(index=self._indices.alias)["count"]
        except EngineUnavailable as error:
            return Health("down", self.name, detail=str(error))
        return Health("ok", self.name, entries=number)

    def discard_unfinished(self) -> None:
        for index in self._indices.being_built():
            self._indices.discard(index)

    def remove(self) -> None:
        """Remove all that this site has on the server."""
        self._indices.remove_all()

    def _write(self, actions: Iterable[dict[str, Any]], within: float | None) -> None:
        # Visible at once: a refresh is cheap for the few entries that a change touches.
        seconds = WRITING if within is None else min(within, WRITING)
        self._bulk(
            actions,
            client=self._client.options(request_timeout=seconds),
            index=self._indices.alias,
            require_alias=True,
            refresh=True,
        )

    def _bulk(
        self,
        actions: Iterable[dict[str, Any]],
        *,
        client: Elasticsearch,
        index: str,
        **options: Any,
    ) -> int:
        """Carry out actions in bulk; returns how many were. What the server cannot take now is
        raised once the rest is done; deleting what is not there is as good as deleting it."""
        number = 0
        refused: list[str] = []
        with unavailable_if_unanswered("writing"):
            for _, result in streaming_bulk(
                client,
                actions,
                index=index,
                chunk_size=CHUNK,
                max_chunk_bytes=CHUNK_BYTES,
                raise_on_error=False,
                **options,
            ):
                ((action, outcome),) = result.items()
                if outcome["status"] < 300 or (action == "delete" and "error" not in outcome):
                    number += 1
                elif outcome["status"] == CONFLICT:
                    # A later writer was quicker, and what it wrote is newer.
                    logger.info("%s was written in a later turn", outcome["_id"])
                elif outcome["status"] == 400:
                    # Trying again would not help, and must not keep the others waiting.
                    logger.error("%s is not searchable: %s", outcome["_id"], outcome["error"])
                else:
                    refused.append(f"{outcome['_id']}: {outcome['status']} {outcome['error']}")
        if refused:
            raise EngineUnavailable(f"{len(refused)} not written, the first: {refused[0]}")
        return number

    def _search(self) -> Search:
        return Search(using=self._client, index=self._indices.alias).extra(track_total_hits=True)

    def _ask(self, search: Search) -> Mapping[str, Any]:
        with unavailable_if_unanswered("searching"):
            answer: Mapping[str, Any] = self._client.search(
                index=self._indices.alias, body=search.to_dict()
            ).body
        return answer


def _order(turn: int) -> dict[str, Any]:
    """What keeps a request that was under way for long from undoing a later one."""
    return {"version": turn, "version_type": "external_gte"} if turn else {}


def _chunks(documents: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    size = 0
    for one in documents:
        chunk.append(one)
        size += sum(len(file["text"]) for file in one["attached"]["files"])
        if len(chunk) == CHUNK or size > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _add_counts(search: Search, name: str, filters: list[Query], facets: Iterable[str]) -> None:
    bucket = search.aggs.bucket(name, A("filter", queries.all_of(filters)))
    for facet in facets:
        bucket.bucket(facet, A("terms", field=facet_field(facet), size=ALL_VALUES))


def _counts(
    aggregations: Mapping[str, Any], total: int, selection: queries.Selection
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """``SearchPage.counts`` and ``SearchPage.after`` from the buckets that ``_page`` asks for.

    Ticking one more value of a facet adds the works that have it and none of those selected.
    """
    counts: dict[str, dict[str, int]] = {}
    more: dict[str, dict[str, int]] = {}
    for name, bucket in aggregations.items():
        kind, _, _ = name.partition(":")
        for facet, terms in bucket.items():
            if facet in FACET_NAMES:
                values = {b["key"]: b["doc_count"] for b in terms["buckets"]}
                (counts if kind == "counts" else more)[facet] = values
    after = {
        facet: {
            value: total + more[facet].get(value, 0)
            for value in counts[facet]
            if value not in selection[facet]
        }
        for facet in more
    }
    return {facet: values for facet, values in counts.items() if values}, after


def _rest_of(aggregations: Mapping[str, Any], total: int) -> int:
    """How many works have only some of the words, where ``_page`` was to count them."""
    some: Mapping[str, int] | None = aggregations.get("everything", {}).get("some")
    return some["doc_count"] - total if some else 0


def _knows_unfinished(answer: Mapping[str, Any]) -> bool:
    """Whether any entry has the unfinished word as it stands."""
    last: int = answer["aggregations"]["everything"]["last"]["doc_count"]
    return last > 0


def _told(hit: Hit, source: Mapping[str, Any], query: ReadQuery, highlighter: Highlighter) -> Hit:
    """A hit with the file, or else the language of another version, that has the words."""
    files = [AttachedFile(**row) for row in source.get("attached", {}).get("files", ())]
    if file := found_in(files, highlighter):
        return replace(hit, found_in=file)
    if hit.has_named(query):
        return hit
    shown = source["shown"]
    versions = [Version(**v) for v in (shown["original"], *shown.get("others", {}).values())]
    others = [version for version in versions if version.language != hit.language]
    others.sort(key=lambda version: version.language)
    return replace(hit, elsewhere=language_of_words(others, highlighter))


def _hit(found: Mapping[str, Any], reader: str, highlighter: Highlighter) -> Hit:
    shown = found["_source"]["shown"]
    version = shown.get("others", {}).get(reader) or shown["original"]
    language, summary = version["language"], version["summary"]
    return Hit(
        key=found["_source"]["key"],
        kind=shown["kind"],
        language=language,
        title=version["title"],
        summary=summary,
        url=version["url"],
        title_html=highlighter.highlight(version["title"], language),
        highlight=highlighter.highlight(version["body"], language, width=PASSAGE)
        or highlighter.highlight(summary, language, width=PASSAGE),
        languages=tuple(shown["languages"]),
        facets={name: tuple(values) for name, values in shown["facets"].items()},
        published=shown["published"],
    )
