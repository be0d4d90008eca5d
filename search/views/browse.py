"""Pages of the vocabularies: one for each term, and one for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page, require_safe

from search.answers import REBUILDING, answer
from search.engines.base import SearchPage
from search.reader import reader_language, vocabularies_of
from search.requests import SearchRequest, Sort
from search.views.cards import cards
from search.views.facets import address
from search.views.general import General, general_group
from toolkit.core.collation import filing_key
from toolkit.taxonomy.facets import FACETS, Facet, canonical
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

#: Vocabulary that groups the values of a facet → that facet. A strategy is no facet of its own:
#: its page shows the entries of its directions.
GROUPED = {facet.grouped_by: facet for facet in FACETS.values() if facet.grouped_by}
#: Vocabularies whose terms have pages.
WITH_PAGES = (*(facet.name for facet in FACETS.values() if facet.has_pages), *GROUPED)


@dataclass(frozen=True)
class TermLink:
    """A term as a link to its page; ``count`` is the number of its entries."""

    label: str
    url: str
    number: str = ""
    note: str = ""
    count: int | None = None
    children: tuple[TermLink, ...] = field(default=())


def term_url(vocabulary: str, value: str) -> str:
    """The path of a term's page in the active language."""
    return reverse("search:term", args=[vocabulary, value])


def _link(
    vocabulary: str,
    term: TermValue,
    language: str,
    counts: Mapping[str, int] | None = None,
    **more: str | tuple[TermLink, ...],
) -> TermLink:
    return TermLink(
        label=term.label(language),
        url=term_url(vocabulary, term.value),
        number=term.number,
        count=None if counts is None else counts.get(term.value, 0),
        **more,  # type: ignore[arg-type]
    )


@require_safe
@conditional_page
def browse(request: HttpRequest) -> HttpResponse:
    """All vocabularies with their first level of terms, and how many entries each has."""
    language = reader_language()
    terms = vocabularies_of(request)
    page = answer(SearchRequest(language=language, sort=Sort.NEWEST, page_size=1))
    sections = []
    for facet in FACETS.values():
        if not facet.browsed:
            continue
        name = facet.grouped_by or facet.name
        counts = None if facet.grouped_by or page is REBUILDING else page.counts.get(name, {})
        top = [term for term in terms[name] if not term.parent]
        if facet.grouped_by:
            top.reverse()  # the newest edition first
        links = [
            _link(
                name,
                term,
                language,
                counts,
                note=term.scope_note(language),
                children=_grouped(facet, term.value, terms[facet.name], language, page),
            )
            for term in top
        ]
        if name == "kind":
            links = [link for link in links if link.count != 0]  # some are still to come
        if links:
            sections.append({"name": name, "title": facet.browsed, "links": links})
    response = render(
        request, "search/browse.html", {"sections": sections, "is_rebuilding": page is REBUILDING}
    )
    patch_cache_control(response, no_cache=True)
    return response


def _grouped(
    facet: Facet, group: str, known: Vocabulary, language: str, page: SearchPage
) -> tuple[TermLink, ...]:
    """The top terms of a facet in one of its groups; none where nothing groups it."""
    if not facet.grouped_by:
        return ()
    counts = None if page is REBUILDING else page.counts.get(facet.name, {})
    return tuple(_link(facet.name, term, language, counts) for term in _top_of(group, known))


def _top_of(group: str, known: Vocabulary) -> list[TermValue]:
    return [term for term in known if term.group == group and not term.parent]


@require_safe
@conditional_page
def term(request: HttpRequest, facet: str, value: str) -> HttpResponse:
    """One term: what it covers, what is wider, narrower and equal, and its entries.

    Raises ``Http404`` for what is no term; "5B" leads to "5.b".
    """
    if facet not in WITH_PAGES:
        raise Http404
    code = canonical(facet, value)
    terms = vocabularies_of(request)
    found = terms[facet].get(code)
    if not found:
        raise Http404
    if code != value:
        return HttpResponseRedirect(term_url(facet, code))
    language = reader_language()
    selected = _selection(facet, code, terms)
    asked = SearchRequest(language=language, selected=selected, sort=Sort.NEWEST)
    page = answer(asked) if selected else SearchPage(total=0, hits=(), counts={})
    shown = GROUPED[facet] if facet in GROUPED else FACETS[facet]
    known = terms[shown.name]
    narrower = _top_of(code, known) if facet in GROUPED else known.children(code)
    counts = None if page is REBUILDING else page.counts.get(shown.name, {})
    links = [_link(shown.name, child, language, counts) for child in narrower]
    if shown.by_name:
        # Two hundred countries without an entry would hide those that have one
        links = [link for link in links if link.count]
        links.sort(key=lambda link: filing_key(link.label, language))
    general = None if page is REBUILDING else general_group(asked, page)
    narrower_title = shown.heading if facet in GROUPED else shown.narrower
    response = render(
        request,
        "search/term.html",
        {
            "term": found,
            "title": found.label(language),
            "scope_note": found.scope_note(language),
            "vocabulary": facet,
            "vocabulary_title": _("Strategy") if facet in GROUPED else shown.title,
            "wider": _wider(facet, found, terms, language),
            "narrower": links,
            "narrower_title": narrower_title,
            "equal": _equal(facet, code, terms, language),
            "cards": cards(page.hits, language=language, vocabularies=terms),
            "total": page.total,
            "general": general,
            "general_cards": cards(
                general.hits if general else (), language=language, vocabularies=terms
            ),
            "general_url": reverse("search:results") + general.url if general else "",
            "partners": _partners(asked, page, general, terms),
            "is_rebuilding": page is REBUILDING,
            "search_url": f"{reverse('search:results')}?{urlencode(selected, doseq=True)}",
        },
    )
    patch_cache_control(response, no_cache=True)
    return response


def _partners(
    asked: SearchRequest,
    page: SearchPage,
    general: General | None,
    terms: Mapping[str, Vocabulary],
) -> list[TermLink]:
    """Whom an advocate in a region works with: each leads to the search for both. Without numbers,
    as those of the region and of what holds for every one are told apart there."""
    if general is None:
        return []
    counts = (page.counts.get("partner", {}), general.page.counts.get("partner", {}))
    return [
        TermLink(
            label=partner.label(asked.language),
            url=reverse("search:results")
            + address(replace(asked, sort=Sort.RELEVANCE).toggled("partner", partner.value)),
        )
        for partner in terms["partner"]
        if any(partner.value in found for found in counts)
    ]


def _selection(
    facet: str, code: str, terms: Mapping[str, Vocabulary]
) -> dict[str, tuple[str, ...]]:
    """The facet values whose entries a term's page shows; none for an empty strategy."""
    if facet not in GROUPED:
        return {facet: (code,)}
    shown = GROUPED[facet].name
    values = tuple(term.value for term in _top_of(code, terms[shown]))
    return {shown: values} if values else {}


def _wider(
    facet: str, found: TermValue, terms: Mapping[str, Vocabulary], language: str
) -> list[TermLink]:
    """All that is wider than a term, the widest first."""
    codes = reversed(terms[facet].ancestors(found.value))
    links = [_link(facet, wide, language) for code in codes if (wide := terms[facet].get(code))]
    group = FACETS[facet].grouped_by if facet in FACETS else ""
    if group and (heading := terms[group].get(found.group)):
        links.insert(0, _link(group, heading, language))
    return links


def _equal(facet: str, code: str, terms: Mapping[str, Vocabulary], language: str) -> list[TermLink]:
    """The same idea in other editions of a strategy, the newest first."""
    known = terms[facet]
    others = [other for value in known.equal.get(code, ()) if (other := known.get(value))]
    links = []
    for other in sorted(others, key=lambda term: (term.group, term.value), reverse=True):
        group = terms[FACETS[facet].grouped_by].get(other.group)
        links.append(_link(facet, other, language, note=group.label(language) if group else ""))
    return links
