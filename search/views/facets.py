"""The facets of the search, drawn for one answer.

``facet_groups`` turns the counts of a ``SearchPage`` into what a page and the JSON show: labels
in the reader's language, values as trees, and for every value the address that ticks or unticks
it. Which facets there are is said in ``toolkit.taxonomy.facets``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings

from search.engines.base import SearchPage
from search.names import names
from search.requests import SearchRequest
from toolkit.core.collation import filing_key
from toolkit.taxonomy.facets import FACETS, Facet, canonical
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

MOST_OFFERED = 6  # values offered for what the words name
LONG = 10  # so many values of a list are shown before the rest is folded


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet, ready to be shown.

    ``count`` is the number of works with this value under the words and all other facets;
    ``after`` is the total once it is ticked as well, None where that equals ``count``;
    ``total`` is the present one.
    """

    facet: str
    value: str
    label: str
    count: int
    selected: bool
    asked: SearchRequest = field(repr=False, compare=False)
    after: int | None = None
    total: int = 0
    parent: str = ""
    number: str = ""
    language: str = ""  # of ``own_name``
    own_name: str = ""
    children: tuple[FacetValue, ...] = ()

    @property
    def url(self) -> str:
        """The query string, with its question mark, of the search with this value toggled."""
        return address(self.asked.toggled(self.facet, self.value))

    @property
    def promised(self) -> int:
        """The total once this value is ticked as well."""
        return self.count if self.after is None else self.after

    @property
    def has_selected_child(self) -> bool:
        return any(child.selected or child.has_selected_child for child in self.children)

    @property
    def is_idle(self) -> bool:
        """Whether a click on it, or on whatever is below it, would leave the result as it is."""
        changes = self.selected or self.promised != self.total
        return not changes and all(child.is_idle for child in self.children)

    def walk(self) -> Iterator[FacetValue]:
        """This value, then all narrower ones shown below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Folded:
    """A list of values in three parts: ``shown`` at once; the ``rest`` of those that change the
    result; the ``idle`` ones, which do not. What is selected, or has something selected below it,
    is always shown."""

    shown: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]
    idle: tuple[FacetValue, ...]


def folded(values: Iterable[FacetValue]) -> Folded:
    """Values as they are folded, each part in its order. A single one is not worth a fold."""
    listed = list(values)
    idle = tuple(value for value in listed if value.is_idle)
    moving = [value for value in listed if not value.is_idle]
    first = len(moving) if len(moving) == LONG + 1 else LONG
    shown, rest = moving[:first], list[FacetValue]()
    for value in moving[first:]:
        (shown if value.selected or value.has_selected_child else rest).append(value)
    return Folded(tuple(shown), tuple(rest), idle)


@dataclass(frozen=True)
class FacetSection:
    """Values under one heading: an edition of a strategy. Other facets have one, unnamed."""

    code: str
    title: str
    values: tuple[FacetValue, ...]

    @property
    def has_selected(self) -> bool:
        return any(value.selected or value.has_selected_child for value in self.values)


@dataclass(frozen=True)
class FacetGroup:
    """A facet with the values that one answer has."""

    name: str
    title: str
    sections: tuple[FacetSection, ...]
    narrower: str = ""
    size: int = 0
    starts_open: bool = False
    selected: tuple[FacetValue, ...] = field(default=())

    @property
    def is_long(self) -> bool:
        return self.size > LONG

    @property
    def is_open(self) -> bool:
        """Whether its values are shown at once: those of a facet that starts open, where one of
        them would change the result."""
        return self.starts_open and not all(
            value.is_idle for section in self.sections for value in section.values
        )

    def walk(self) -> Iterator[FacetValue]:
        """Every value shown, each parent before its children."""
        for section in self.sections:
            for value in section.values:
                yield from value.walk()


def facet_groups(
    page: SearchPage,
    request: SearchRequest,
    vocabularies: Mapping[str, Vocabulary],
    *,
    names: Iterable[str] = tuple(FACETS),
) -> list[FacetGroup]:
    """The facets of an answer, in the order of the page.

    Values without an entry are left out unless they are selected; a facet without any value
    is left out whole. ``vocabularies`` is what ``toolkit.taxonomy.vocabularies`` returns, so
    that all labels cost one query.
    """
    groups = (_group(FACETS[name], page, request, vocabularies) for name in names)
    return [group for group in groups if group.size]


def _group(
    facet: Facet,
    page: SearchPage,
    request: SearchRequest,
    vocabularies: Mapping[str, Vocabulary],
) -> FacetGroup:
    counts = page.counts.get(facet.name, {})
    after = page.after.get(facet.name, {})
    selected = request.selected.get(facet.name, ())
    terms = vocabularies[facet.name].terms
    shown = {
        code: term for code, term in terms.items() if counts.get(code, 0) > 0 or code in selected
    }
    below: dict[str, list[TermValue]] = {}
    for term in shown.values():
        below.setdefault(_nearest(term, terms, shown), []).append(term)

    def by_name(term: TermValue) -> tuple[bytes, str]:
        return (filing_key(term.label(request.language), request.language), term.value)

    def ordered(values: list[TermValue], *, narrower: bool) -> list[TermValue]:
        if not facet.ordered:
            return sorted(values, key=lambda term: (-counts.get(term.value, 0), by_name(term)))
        if facet.by_name and narrower:
            return sorted(values, key=by_name)
        return values

    def drawn(term: TermValue) -> FacetValue:
        is_selected = term.value in selected
        return FacetValue(
            facet=facet.name,
            value=term.value,
            label=term.label(request.language),
            count=counts.get(term.value, 0),
            selected=is_selected,
            asked=request,
            after=None if is_selected else after.get(term.value),
            total=page.total,
            parent=term.parent,
            number=term.number,
            language="" if facet.model else term.value,
            own_name="" if facet.model else _own_name(term, request.language),
            children=tuple(
                drawn(child) for child in ordered(below.get(term.value, []), narrower=True)
            ),
        )

    top = [drawn(term) for term in ordered(below.get("", []), narrower=False)]
    if facet.grouped_by:
        headings = vocabularies[facet.grouped_by]
        sections = _under_headings(top, terms, request.language, headings)
    else:
        sections = (FacetSection("", "", tuple(top)),)
    group = FacetGroup(
        facet.name,
        str(facet.title),
        sections,
        narrower=str(facet.narrower),
        size=len(shown),
        starts_open=facet.starts_open,
    )
    chosen = {value.value: value for value in group.walk() if value.selected}
    return replace(group, selected=tuple(chosen[code] for code in selected if code in chosen))


def _own_name(term: TermValue, reader: str) -> str:
    """What a language calls itself, "" in that very language."""
    return "" if term.value == reader else dict(settings.LANGUAGES)[term.value]


def _nearest(
    term: TermValue, terms: Mapping[str, TermValue], shown: Mapping[str, TermValue]
) -> str:
    """The nearest wider term that is shown, "" for none."""
    parent, seen = term.parent, {term.value}
    while parent and parent not in shown:
        if parent in seen or parent not in terms:
            return ""
        seen.add(parent)
        parent = terms[parent].parent
    return parent


def _under_headings(
    values: list[FacetValue],
    terms: Mapping[str, TermValue],
    language: str,
    headings: Vocabulary,
) -> tuple[FacetSection, ...]:
    """Values under what groups them (directions under strategies), the newest edition first."""
    grouped: dict[str, list[FacetValue]] = {}
    for value in values:
        grouped.setdefault(terms[value.value].group, []).append(value)
    return tuple(
        FacetSection(
            code,
            heading.label(language) if (heading := headings.get(code)) else code,
            tuple(grouped[code]),
        )
        for code in sorted(grouped, reverse=True)  # codes begin with the first year
    )


# --- from the address, and back to it ---------------------------------------------------


def known_values(vocabularies: Mapping[str, Vocabulary]) -> dict[str, frozenset[str]]:
    """Facet → the values that exist."""
    return {name: frozenset(vocabularies[name].terms) for name in FACETS}


def read_request(
    query: Mapping[str, list[str]], *, language: str, vocabularies: Mapping[str, Vocabulary]
) -> SearchRequest:
    """The search that a query string asks for, whatever way its values are written."""
    cleaned = {name: [canonical(name, value) for value in values] for name, values in query.items()}
    return SearchRequest.from_query(
        cleaned,
        language=language,
        known=known_values(vocabularies),
        names=names(vocabularies),
    )


def address(request: SearchRequest) -> str:
    """The relative address of a search on its own page, "?" for one that asks for nothing."""
    return f"?{request.query_string()}"


@dataclass(frozen=True)
class Chip:
    """A selected filter, and the address of the search without it."""

    title: str
    label: str
    url: str


def chips(groups: Iterable[FacetGroup]) -> list[Chip]:
    """All selected filters, in the order of the facets."""
    return [
        Chip(group.title, value.label, value.url) for group in groups for value in group.selected
    ]


@dataclass(frozen=True)
class Offer:
    """A value that the words name: ticking it leaves ``count`` of the results."""

    facet: str
    value: str
    title: str
    label: str
    count: int
    url: str


def offers(
    page: SearchPage, request: SearchRequest, vocabularies: Mapping[str, Vocabulary]
) -> list[Offer]:
    """What the words name and would narrow the results, as filters of one click each. Of a name
    that several vocabularies have, the controlled ones are offered, not the tag."""
    values: dict[tuple[str, str], None] = {}
    for named in request.named:
        controlled = [value for value in named.values if value[0] != "tag"]
        values.update(dict.fromkeys(controlled or named.values))
    found = []
    for facet, value in values:
        count = page.counts.get(facet, {}).get(value, 0)
        term = vocabularies[facet].get(value)
        if term and facet not in request.selected and 0 < count < page.total:
            title, label = str(FACETS[facet].title), term.label(request.language)
            url = address(request.toggled(facet, value))
            found.append(Offer(facet, value, title, label, count, url))
    return found[:MOST_OFFERED]


@dataclass(frozen=True)
class Drop:
    """A way out of an empty result: the search without one of its parts, and what that finds."""

    title: str
    label: str
    total: int
    asked: SearchRequest

    @property
    def url(self) -> str:
        return address(self.asked)


def drops(page: SearchPage, request: SearchRequest, groups: Iterable[FacetGroup]) -> list[Drop]:
    """What leaving out each filter, or the words, would give; the most helpful first."""
    found: list[Drop] = []
    for group in groups:
        for value in group.selected:
            total = page.drops.get((group.name, value.value))
            if total is not None:
                rest = request.toggled(value.facet, value.value)
                found.append(Drop(group.title, value.label, total, rest))
    if (total := page.drops.get(("q", ""))) is not None and request.text:
        found.append(Drop("", request.text, total, request.without_words()))
    return sorted(found, key=lambda drop: -drop.total)
