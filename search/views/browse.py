"""Pages of the vocabularies: one for each term, and one for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page, require_safe

from search.answers import REBUILDING, answer
from search.engines.base import SearchPage
from search.reader import reader_language, vocabularies_of
from search.requests import SearchRequest, Sort
from search.views.cards import cards
from search.views.facets import FACETS, canonical
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

#: Vocabularies whose terms have pages, in the order of /browse/, with what a list of them
#: is called. A strategy is no facet of its own: its page shows the entries of its directions.
BROWSED: dict[str, str | Promise] = {
    "kind": _("Kinds"),
    "region": _("Regions"),
    "partner": _("Partner types"),
    "strategy": _("Strategies and their directions"),
    "sdg": _("Sustainable Development Goals"),
    "role": _("Roles of libraries"),
}
WITH_PAGES = (*BROWSED, "direction")


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
    for name, title in BROWSED.items():
        counts = page.counts.get(name, {})
        top = [term for term in terms[name] if not term.parent]
        if name == "strategy":
            top = list(reversed(top))
        links = [
            _link(
                name,
                term,
                language,
                None if name == "strategy" or page is REBUILDING else counts,
                note=term.scope_note(language),
                children=_directions(term.value, terms["direction"], language, page)
                if name == "strategy"
                else (),
            )
            for term in top
        ]
        if name == "kind":
            links = [link for link in links if link.count != 0]  # some are still to come
        if links:
            sections.append({"name": name, "title": title, "links": links})
    response = render(
        request, "search/browse.html", {"sections": sections, "is_rebuilding": page is REBUILDING}
    )
    patch_cache_control(response, no_cache=True)
    return response


def _directions(
    strategy: str, directions: Vocabulary, language: str, page: SearchPage
) -> tuple[TermLink, ...]:
    counts = None if page is REBUILDING else page.counts.get("direction", {})
    return tuple(
        _link("direction", term, language, counts)
        for term in directions
        if term.group == strategy and not term.parent
    )


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
    narrower_facet = "direction" if facet == "strategy" else facet
    narrower = [
        child
        for child in terms[narrower_facet]
        if (
            child.group == code and not child.parent
            if facet == "strategy"
            else child.parent == code
        )
    ]
    counts = page.counts.get(narrower_facet, {})
    links = [
        _link(narrower_facet, child, language, None if page is REBUILDING else counts)
        for child in narrower
    ]
    if facet == "region":
        # Two hundred countries without an entry would hide those that have one
        links = sorted((link for link in links if link.count), key=lambda link: link.label)
    narrower_title = FACETS[facet].narrower if facet in FACETS else _("Strategic directions")
    response = render(
        request,
        "search/term.html",
        {
            "term": found,
            "title": found.label(language),
            "scope_note": found.scope_note(language),
            "vocabulary": facet,
            "vocabulary_title": FACETS[facet].title if facet in FACETS else _("Strategy"),
            "wider": _wider(facet, found, terms, language),
            "narrower": links,
            "narrower_title": narrower_title,
            "equal": _equal(facet, code, terms, language),
            "cards": cards(page.hits, language=language, vocabularies=terms),
            "total": page.total,
            "is_rebuilding": page is REBUILDING,
            "search_url": f"{reverse('search:results')}?{urlencode(selected, doseq=True)}",
        },
    )
    patch_cache_control(response, no_cache=True)
    return response


def _selection(
    facet: str, code: str, terms: Mapping[str, Vocabulary]
) -> dict[str, tuple[str, ...]]:
    """The facet values whose entries a term's page shows; none for an empty strategy."""
    if facet != "strategy":
        return {facet: (code,)}
    directions = tuple(
        term.value for term in terms["direction"] if term.group == code and not term.parent
    )
    return {"direction": directions} if directions else {}


def _wider(
    facet: str, found: TermValue, terms: Mapping[str, Vocabulary], language: str
) -> list[TermLink]:
    """All that is wider than a term, the widest first."""
    codes = reversed(terms[facet].ancestors(found.value))
    links = [_link(facet, wide, language) for code in codes if (wide := terms[facet].get(code))]
    if facet == "direction" and (strategy := terms["strategy"].get(found.group)):
        links.insert(0, _link("strategy", strategy, language))
    return links


def _equal(facet: str, code: str, terms: Mapping[str, Vocabulary], language: str) -> list[TermLink]:
    """The same idea in other editions of a strategy, the newest first."""
    if facet != "direction":
        return []
    known = terms["direction"]
    others = [other for value in known.equal.get(code, ()) if (other := known.get(value))]
    links = []
    for other in sorted(others, key=lambda term: (term.group, term.value), reverse=True):
        strategy = terms["strategy"].get(other.group)
        links.append(
            _link("direction", other, language, note=strategy.label(language) if strategy else "")
        )
    return links
