"""The site's addresses, and beside them Wagtail's own search doing the same work."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from search.engines.base import Hit, SearchPage
from search.reader import query_of, reader_language, vocabularies_of
from search.text import reading
from search.text.highlighting import Highlighter
from search.views.facets import read_request
from search.views.results import results_context
from toolkit.core.sanitising import plain_text
from toolkit.taxonomy.works import EntryPage, classifications
from toolkit.urls import urlpatterns as site


def wagtail_search(request: HttpRequest) -> HttpResponse:
    """The results page with everything on it, found and counted by Wagtail's database search:
    the total, twenty hits with what matched marked, and how many entries each value has."""
    language, terms = reader_language(), vocabularies_of(request)
    asked = read_request(query_of(request), language=language, vocabularies=terms)
    found = list(EntryPage.objects.live().search(asked.text))
    classified = classifications(page.pk for page in found)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for values in classified.values():
        for name, codes in values.items():
            known = codes if name not in terms else terms[name].widened(codes)
            counts[name].update(known)
    marks = Highlighter(reading.read(asked.query, language))
    hits = []
    for page in found[:20]:
        page = page.specific
        body = plain_text(str(page.search_text()))
        passage = marks.highlight(body, language, width=240)
        hits.append(
            Hit(
                key=str(page.translation_key),
                kind=page.search_kind,
                language=page.locale.language_code,
                title=page.title,
                summary=page.summary,
                url=page.get_url() or "",
                title_html=marks.highlight(page.title, language),
                highlight=passage or marks.highlight(page.summary, language, width=240),
                facets={name: tuple(codes) for name, codes in classified[page.pk].items()},
            )
        )
    answer = SearchPage(total=len(found), hits=tuple(hits), counts=counts)
    return render(request, "search/results.html", results_context(asked, answer, terms))


urlpatterns = [path("bench-search/", wagtail_search), *site]
