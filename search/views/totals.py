"""How many entries a search would find, for the button that applies it."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import ngettext
from django.views.decorators.http import conditional_page, require_safe

from search.answers import REBUILDING, answer_as_meant
from search.names import names
from search.reader import query_of, reader_language, vocabularies_of
from search.views.facets import read_request
from toolkit.core.templatetags.localise import local_number

RETRY_AFTER = 15  # seconds


@require_safe
@conditional_page
def count(request: HttpRequest) -> HttpResponse:
    """The total of the results page with the same query string, as JSON: ``total``, and what its
    ``button`` says in the active language. 503 while the index is being made anew."""
    terms = vocabularies_of(request)
    typed = read_request(query_of(request), language=reader_language(), vocabularies=terms)
    _asked, page = answer_as_meant(replace(typed, page=1, page_size=1), names(terms))
    if page is REBUILDING:
        response: HttpResponse = HttpResponse(status=503, headers={"Retry-After": str(RETRY_AFTER)})
        patch_cache_control(response, no_store=True)
        return response
    button = ngettext("Show %(number)s result", "Show %(number)s results", page.total)
    response = JsonResponse(
        {"total": page.total, "button": button % {"number": local_number(page.total)}},
        json_dumps_params={"ensure_ascii": False},
    )
    patch_cache_control(response, no_cache=True, **({"no_store": True} if page.degraded else {}))
    return response
