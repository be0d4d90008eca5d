"""What every engine has to answer, worked out by brute force without any engine.

Every entry is looked at for every question, on the terms of ``search.analysis``. Slow, short,
and so plain that it can be checked by reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from search.entries import SearchEntry
from search.requests import SearchRequest, Sort
from search.text import documents, reading
from search.text.documents import title_order
from search.text.queries import TextQuery
from search.text.reading import QueryPhrase, QueryWord, ReadQuery


class Text:
    """An entry's terms, by field."""

    def __init__(self, entry: SearchEntry) -> None:
        self.entry = entry
        fields = documents.document(entry)
        self.fields = {name: text.split(" ") for name, text in fields.items()}

    def has(self, part: QueryWord | QueryPhrase, language: str) -> bool:
        if isinstance(part, QueryWord):
            return self._has_word(part, language)
        rows = [(f"text_{language}", part.terms), ("words", part.folded)]
        rows += [(f"files_{language}", part.terms), ("filed", part.folded)]
        return any(self._in_a_row(name, terms) for name, terms in rows)

    def _has_word(self, word: QueryWord, language: str) -> bool:
        if set(word.terms) & set(self.fields.get(f"text_{language}", ())):
            return True
        if set(word.terms) & set(self.fields.get(f"files_{language}", ())):
            return True
        if word.folded in (*self.fields["words"], *self.fields.get("filed", ())):
            return True
        if any(value in self.entry.facets.get(facet, ()) for facet, value in word.values):
            return True
        return word.prefix and any(w.startswith(word.folded) for w in self.fields["words"])

    def _in_a_row(self, name: str, terms: Sequence[str]) -> bool:
        row, size = self.fields.get(name, []), len(terms)
        return any(row[i : i + size] == list(terms) for i in range(len(row) - size + 1))


@dataclass(frozen=True)
class Expected:
    """The answer, as far as it does not depend on an engine's scores.

    ``order`` has all keys that are listed, in order, ``more`` of them with only some of the
    words; where scores order them, ``groups`` has what must come before what: each one's
    (words, language) group, lowest first.
    """

    total: int
    more: int
    order: tuple[str, ...]
    groups: dict[str, tuple[bool, bool]] | None
    counts: dict[str, dict[str, int]]
    after: dict[str, dict[str, int]]
    drops: dict[tuple[str, str], int]
    relaxed: bool


Predicate = Callable[[Text], bool]


class Oracle:
    """Answers for a collection."""

    def __init__(self, entries: Iterable[SearchEntry]) -> None:
        self.texts = [Text(entry) for entry in entries]

    def search(self, request: SearchRequest) -> Expected:
        read = reading.read(request.query, request.language, request.named)
        relaxed, matches, has_some = self._words(read)
        found = self._found(matches, request)
        rest = [text for text in self._found(has_some, request) if text not in found]
        order, groups = self._order(found, rest, request, read)
        counts: dict[str, dict[str, int]] = {}
        after: dict[str, dict[str, int]] = {}
        for facet in {name for text in self.texts for name in text.entry.facets}:
            selected = request.selected.get(facet, ())
            others = replace(request, selected=_without(request, facet))
            here = self._found(matches, others)
            values = Counter(v for text in here for v in text.entry.facets.get(facet, ()))
            if values:
                counts[facet] = dict(values)
            if selected:
                after[facet] = {
                    value: len(self._found(matches, _ticked(request, facet, value)))
                    for value in values
                    if value not in selected
                }
        for facet in request.selected:
            after.setdefault(facet, {})
        return Expected(
            total=len(found),
            more=len(rest),
            order=order,
            groups=groups,
            counts=counts,
            after=after,
            drops={} if found else self._drops(matches, request),
            relaxed=relaxed and bool(found),
        )

    def _words(self, read: ReadQuery) -> tuple[bool, Predicate, Predicate]:
        """Whether the words are relaxed, who matches, and who does in part at least."""
        units = [*read.required, *read.phrases]

        def number(text: Text) -> int:
            if any(text.has(part, read.language) for part in read.excluded):
                return -1
            return sum(text.has(unit, read.language) for unit in units)

        numbers = {id(text): number(text) for text in self.texts}
        most = max(numbers.values(), default=-1)

        def has_some(text: Text) -> bool:
            return numbers[id(text)] >= min(len(units), 1)

        if not units or most == len(units):
            return False, lambda text: numbers[id(text)] >= len(units), has_some
        word = read.unfinished
        if word and not word.prefix and not any(t.has(word, read.language) for t in self.texts):
            return self._words(read.going_on())
        return True, has_some, has_some

    def _found(self, matches: Predicate, request: SearchRequest) -> list[Text]:
        return [
            text
            for text in self.texts
            if matches(text)
            and all(
                text.entry.facets.get(facet, frozenset()) & set(values)
                for facet, values in request.selected.items()
            )
        ]

    def _order(
        self, found: list[Text], rest: list[Text], request: SearchRequest, read: ReadQuery
    ) -> tuple[tuple[str, ...], dict[str, tuple[bool, bool]] | None]:
        def newest(text: Text) -> tuple[int, str]:
            day = text.entry.published
            return (-day.toordinal() if day else 0, text.entry.key)

        def title(text: Text) -> tuple[str, str]:
            shown = text.entry.version_for(request.language)
            return (title_order(shown, request.language), text.entry.key)

        by = title if request.sort is Sort.TITLE else newest
        order = tuple(t.entry.key for part in (found, rest) for t in sorted(part, key=by))
        if request.sort is not Sort.RELEVANCE or not read.is_ranked:
            return order, None
        return order, {
            text.entry.key: (is_rest, request.language not in text.entry.versions)
            for is_rest, part in enumerate((found, rest))
            for text in part
        }

    def _drops(self, matches: Predicate, request: SearchRequest) -> dict[tuple[str, str], int]:
        drops: dict[tuple[str, str], int] = {}
        for facet, values in request.selected.items():
            for value in values:
                rest = tuple(v for v in values if v != value)
                selected = {**request.selected, facet: rest} if rest else _without(request, facet)
                drops[facet, value] = len(self._found(matches, replace(request, selected=selected)))
        if not request.query.is_empty:
            everything = replace(request, query=TextQuery())
            drops["q", ""] = len(self._found(lambda text: True, everything))
        return drops


def _without(request: SearchRequest, facet: str) -> dict[str, tuple[str, ...]]:
    return {name: values for name, values in request.selected.items() if name != facet}


def _ticked(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    values = (*request.selected.get(facet, ()), value)
    return replace(request, selected={**request.selected, facet: values})
