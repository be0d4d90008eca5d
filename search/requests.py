"""What a reader asks for: a query string, cleaned and bounded, as one frozen value."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from search.text.queries import TextQuery, parse_query
from search.text.reading import Named, read
from toolkit.taxonomy.facets import FACETS

MAX_QUERY_LENGTH = 1_000
MAX_WORDS = 128
MAX_PAGE = 50
PAGE_SIZE = 20
MAX_SELECTED = 60

#: Facets by the name of their parameter; the order is the order on the page.
FACET_NAMES = tuple(FACETS)


class Sort(enum.StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    TITLE = "title"


class Cut(enum.StrEnum):
    """What was over a cap and left out; the page says so in the reader's language."""

    QUERY_TOO_LONG = "query-too-long"
    TOO_MANY_WORDS = "too-many-words"
    PAGE_TOO_DEEP = "page-too-deep"
    TOO_MANY_VALUES = "too-many-values"


#: A query and the reader's language → what its words name.
NamesIn = Callable[[TextQuery, str], tuple[Named, ...]]


def no_names(query: TextQuery, language: str) -> tuple[Named, ...]:
    """Where there are no vocabularies, nothing is the name of anything."""
    return ()


@dataclass(frozen=True)
class SearchRequest:
    """A search, valid by construction.

    ``language`` is the reader's; ``named`` is what words of the query are names of;
    ``selected`` maps facet names to known values only, ``unknown`` are the facets and values that
    were asked for and do not exist; ``page`` counts from 1; ``cuts`` says which caps were hit.
    """

    language: str
    text: str = ""
    query: TextQuery = field(default_factory=TextQuery)
    named: tuple[Named, ...] = ()
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = PAGE_SIZE
    cuts: tuple[Cut, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size

    @property
    def says_nothing(self) -> bool:
        """Whether something was typed that has no word in it, and so everything is found."""
        return bool(self.text) and read(self.query, self.language).is_empty

    @classmethod
    def of(cls, text: str = "", *, language: str = "en", **fields: object) -> SearchRequest:
        """A request from words alone, for callers that have no query string."""
        return cls(language=language, text=text, query=parse_query(text), **fields)  # type: ignore[arg-type]

    @classmethod
    def from_query(
        cls,
        query: Mapping[str, list[str]],
        *,
        language: str,
        known: Mapping[str, Collection[str]],
        names: NamesIn = no_names,
        page_size: int = PAGE_SIZE,
    ) -> SearchRequest:
        """Read a query string (parameter → list of values).

        ``known`` holds the values that exist, by facet: unknown facets, sorts and pages are
        ignored, unknown values told in ``unknown``, what is over a cap is cut and told in
        ``cuts``. ``names`` tells what a query read in a language names (``search.names``).
        """
        cuts: list[Cut] = []
        text = " ".join(next(iter(query.get("q", [])), "").replace("\x00", " ").split())
        if len(text) > MAX_QUERY_LENGTH:
            text = text[:MAX_QUERY_LENGTH].rsplit(" ", 1)[0]
            cuts.append(Cut.QUERY_TOO_LONG)
        parsed = parse_query(text)
        if parsed.length > MAX_WORDS:
            parsed = parsed.first(MAX_WORDS)
            cuts.append(Cut.TOO_MANY_WORDS)

        selected: dict[str, tuple[str, ...]] = {}
        unknown: list[tuple[str, str]] = []
        room = MAX_SELECTED
        for name in FACET_NAMES:
            asked = list(dict.fromkeys(filter(None, query.get(name, []))))
            values = [value for value in asked if value in known.get(name, ())]
            unknown += [(name, value) for value in asked if value not in known.get(name, ())]
            if len(values) > room:
                values = values[:room]
                cuts.append(Cut.TOO_MANY_VALUES)
            room -= len(values)
            if values:
                selected[name] = tuple(values)

        sort = next(iter(query.get("sort", [])), "")
        page_text = next(iter(query.get("page", [])), "1")
        page = (
            int(page_text)
            if page_text.isascii() and page_text.isdigit() and len(page_text) < 10
            else 1
        )
        if page > MAX_PAGE:
            page = MAX_PAGE
            cuts.append(Cut.PAGE_TOO_DEEP)
        return cls(
            language=language,
            text=text,
            query=parsed,
            named=names(parsed, language),
            selected=selected,
            sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
            page=max(page, 1),
            page_size=page_size,
            cuts=tuple(dict.fromkeys(cuts)),
            unknown=tuple(unknown),
        )

    def query_string(self) -> str:
        """The address of this search after ``?``; defaults are left out, "" for no choice."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += [(name, v) for name in FACET_NAMES for v in self.selected.get(name, ())]
        if self.sort is not Sort.RELEVANCE:
            pairs.append(("sort", self.sort.value))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return urlencode(pairs)

    def toggled(self, facet: str, value: str) -> SearchRequest:
        """The same search with one value ticked or unticked, from its first page."""
        values = self.selected.get(facet, ())
        values = tuple(v for v in values if v != value) if value in values else (*values, value)
        selected = {**self.selected, facet: values}
        if not values:
            del selected[facet]
        return replace(self, selected=selected, page=1, cuts=(), unknown=())

    def without_words(self) -> SearchRequest:
        return replace(self, text="", query=TextQuery(), named=(), page=1, cuts=(), unknown=())

    def with_text(self, text: str, *, names: NamesIn = no_names) -> SearchRequest:
        """The same search for other words, from its first page."""
        query = parse_query(text)
        named = names(query, self.language)
        return replace(self, text=text, query=query, named=named, page=1, cuts=(), unknown=())

    def without_filters(self) -> SearchRequest:
        return replace(self, selected={}, page=1, cuts=(), unknown=())

    def on_page(self, page: int) -> SearchRequest:
        return replace(self, page=page, cuts=(), unknown=())

    def sorted_by(self, sort: Sort) -> SearchRequest:
        return replace(self, sort=sort, page=1, cuts=(), unknown=())
