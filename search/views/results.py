"""The results page: one request, one question to the engine, one page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page, require_safe

from search.answers import REBUILDING, answer, answer_as_meant
from search.engines.base import SearchPage
from search.names import names
from search.reader import query_of, reader_language, vocabularies_of
from search.requests import (
    MAX_PAGE,
    MAX_QUERY_LENGTH,
    MAX_SELECTED,
    MAX_WORDS,
    Cut,
    SearchRequest,
    Sort,
)
from search.text.spelling import insisting
from search.views.cards import Card, cards, continued, result_cards
from search.views.facets import (
    Drop,
    address,
    chips,
    drops,
    facet_groups,
    offers,
    read_request,
)
from search.views.general import general_group
from toolkit.core.templatetags.localise import local_number
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import Vocabulary

#: Characters of a question that the heading of its answer repeats.
SHOWN_OF_QUESTION = 120

#: So many entries are shown where nothing is found.
NEAREST = 3

RETRY_AFTER = 15  # seconds: what a rebuild of a small site takes

SORTS: dict[Sort, str | Promise] = {
    Sort.RELEVANCE: _("Relevance"),
    Sort.NEWEST: _("Newest first"),
    Sort.TITLE: _("Title"),
}

_CUTS: dict[Cut, tuple[str | Promise, int]] = {
    Cut.QUERY_TOO_LONG: (
        _("Your question is longer than %(limit)s characters; the rest of it was left out."),
        MAX_QUERY_LENGTH,
    ),
    Cut.TOO_MANY_WORDS: (
        _("Only the first %(limit)s words were searched for."),
        MAX_WORDS,
    ),
    Cut.PAGE_TOO_DEEP: (
        _("Results can be turned as far as page %(limit)s. Add a filter to reach the others."),
        MAX_PAGE,
    ),
    Cut.TOO_MANY_VALUES: (
        _("At most %(limit)s filters can be used at once; the others were left out."),
        MAX_SELECTED,
    ),
}


def cut_message(cut: Cut) -> str:
    """What a cap left out, in the active language."""
    text, limit = _CUTS[cut]
    return str(text) % {"limit": local_number(limit)}


#: So many values that do not exist are named, each by so many characters.
MOST_UNKNOWN, SHOWN_OF_VALUE = 5, 60


def notices(asked: SearchRequest, page: SearchPage) -> list[tuple[str, str]]:
    """What of a request was left out or read otherwise: a code and a sentence in the active
    language for each."""
    found = [(cut.value, cut_message(cut)) for cut in asked.cuts]
    if asked.says_nothing:
        text = _("There is no word in “%(text)s”, so it narrows nothing.")
        shown = Truncator(asked.text).chars(SHOWN_OF_QUESTION)
        found.append(("no-words", str(text) % {"text": shown}))
    if page.typed:
        text = _("Nothing has “%(typed)s”. These have “%(meant)s”.")
        shown, meant = (Truncator(t).chars(SHOWN_OF_QUESTION) for t in (page.typed, asked.text))
        found.append(("respelt", str(text) % {"typed": shown, "meant": meant}))
    last = _last_page(asked, page)
    if 0 < last < asked.page and Cut.PAGE_TOO_DEEP not in asked.cuts:
        pages = ngettext("There is %(last)s page.", "There are %(last)s pages.", last)
        found.append(("page-beyond-end", pages % {"last": local_number(last)}))
    text = _("There is no “%(value)s” under “%(facet)s” here, or no longer. It was left out.")
    for facet, value in asked.unknown[:MOST_UNKNOWN]:
        shown = Truncator(value).chars(SHOWN_OF_VALUE)
        found.append(("unknown-value", str(text) % {"value": shown, "facet": FACETS[facet].title}))
    return found


@require_safe
@conditional_page
def results(request: HttpRequest) -> HttpResponse:
    """What was found, and what narrows it. 503 while the index is being made anew."""
    terms = vocabularies_of(request)
    typed = read_request(query_of(request), language=reader_language(), vocabularies=terms)
    asked, page = answer_as_meant(typed, names(terms))
    if page is REBUILDING:
        response = render(
            request,
            "search/rebuilding.html",
            {"asked": asked, "hide_header_search": True},
            status=503,
        )
        response["Retry-After"] = str(RETRY_AFTER)
        patch_cache_control(response, no_store=True)
        return response
    last = _last_page(asked, page)
    if 0 < last < asked.page:
        return HttpResponseRedirect(address(asked.on_page(last)))
    response = render(request, "search/results.html", results_context(asked, page, terms))
    # What the second engine answers, and says so, is for this moment
    patch_cache_control(response, no_cache=True, **({"no_store": True} if page.degraded else {}))
    patch_vary_headers(response, ["Cookie"])
    return response


def results_context(
    asked: SearchRequest, page: SearchPage, terms: Mapping[str, Vocabulary]
) -> dict[str, Any]:
    """Everything that the results page shows, without a query to the database."""
    groups = facet_groups(page, asked, terms)
    chosen = chips(groups)
    general = general_group(asked, page)
    ways_out = [drop for drop in drops(page, asked, groups) if drop.total] if not page.total else []
    nothing_filtered = SearchRequest(
        language=asked.language, text=asked.text, query=asked.query, sort=asked.sort
    )
    return {
        "asked": asked,
        "page_found": page,
        "groups": groups,
        "cards": result_cards(page, asked, terms),
        "general": general,
        "general_cards": cards(
            general.hits if general else (),
            language=asked.language,
            vocabularies=terms,
            asked=asked,
        ),
        "others": cards(page.others, language=asked.language, vocabularies=terms, asked=asked),
        "others_heading": others_heading(asked, page),
        "chips": chosen,
        "offers": offers(page, asked, terms),
        "clear_url": address(nothing_filtered),
        "sorts": sort_links(asked),
        "pagination": pagination(asked, _last_page(asked, page)),
        "announcement": announcement(asked, page),
        "left_out": [message for code, message in notices(asked, page) if code != "respelt"],
        "suggestion_url": address(asked.with_text(page.suggestion)) if page.suggestion else "",
        "insisting_url": (
            address(asked.with_text(insisting(page.typed, asked.text))) if page.typed else ""
        ),
        "drops": ways_out,
        "nearest": [] if general else nearest(asked, page, ways_out, terms),
        "max_query_length": MAX_QUERY_LENGTH,
        "hide_header_search": True,
    }


def nearest(
    asked: SearchRequest,
    page: SearchPage,
    ways_out: list[Drop],
    terms: Mapping[str, Vocabulary],
) -> list[Card]:
    """Where nothing is found, the entries that come closest: those with the words whatever the
    filters, else those of the narrowest way out. None where what has some of the words is listed
    anyway, or where no entry has any."""
    if page.total or page.more or not asked.selected:
        return []
    near = asked.without_filters()
    if asked.query.is_empty:
        closest = min(ways_out, key=lambda drop: drop.total, default=None)
        if closest is None:
            return []
        near = closest.asked
    found = answer(replace(near, sort=Sort.RELEVANCE, page=1, page_size=NEAREST))
    return cards(found.hits, language=asked.language, vocabularies=terms, asked=asked)


def sort_links(asked: SearchRequest) -> list[dict[str, Any]]:
    """The orders to choose from. Without words nothing is more relevant, and the newest come
    first by default."""
    current = asked.sort
    sorts = list(SORTS)
    if asked.query.is_empty:
        sorts.remove(Sort.RELEVANCE)
        current = Sort.NEWEST if current is Sort.RELEVANCE else current
    default = sorts[0]
    return [
        {
            "label": SORTS[sort],
            "url": address(asked.sorted_by(Sort.RELEVANCE if sort is default else sort)),
            "is_current": sort is current,
        }
        for sort in sorts
    ]


def announcement(asked: SearchRequest, page: SearchPage) -> SafeString:
    """The total as a sentence: shown above the results and read out when they change. The
    words keep their own direction of writing (<bdi>)."""
    if asked.text and not asked.says_nothing:
        text = ngettext(
            "%(number)s result for “%(words)s”", "%(number)s results for “%(words)s”", page.total
        )
    else:
        text = ngettext("%(number)s entry", "%(number)s entries", page.total)
    words = format_html("<bdi>{}</bdi>", Truncator(asked.text).chars(SHOWN_OF_QUESTION))
    return mark_safe(escape(text) % {"number": local_number(page.total), "words": words})  # noqa: S308


def others_heading(asked: SearchRequest, page: SearchPage) -> str:
    """What stands above those that have only some of the words; on a page that goes on with them
    it says so."""
    text = gettext("Some of the words: %(number)s more") % {"number": local_number(page.more)}
    return continued(text) if asked.offset > page.total else text


@dataclass(frozen=True)
class PageLink:
    """A link to a page of results; ``number`` is None for a gap between two."""

    number: int | None
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Pagination:
    """Links to the other pages of results."""

    links: tuple[PageLink, ...]
    previous: str
    next: str
    current: int
    last: int


def _last_page(asked: SearchRequest, page: SearchPage) -> int:
    """The number of the last page that can be asked for; 0 where nothing is listed."""
    return min(math.ceil((page.total + page.more) / asked.page_size), MAX_PAGE)


def pagination(asked: SearchRequest, last: int) -> Pagination | None:
    """The first, the last and the pages around the present one; None for a single page."""
    if last < 2:
        return None
    numbers = sorted({1, last, *range(max(1, asked.page - 1), min(last, asked.page + 1) + 1)})
    links: list[PageLink] = []
    for number in numbers:
        if links and (before := links[-1].number) and number - before > 1:
            links.append(PageLink(None))
        links.append(PageLink(number, address(asked.on_page(number)), number == asked.page))
    return Pagination(
        links=tuple(links),
        previous=address(asked.on_page(asked.page - 1)) if asked.page > 1 else "",
        next=address(asked.on_page(asked.page + 1)) if asked.page < last else "",
        current=asked.page,
        last=last,
    )
