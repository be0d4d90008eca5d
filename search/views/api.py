"""Search as JSON, for anyone: what the results page shows, from the same code.

Described by ``search/openapi.yaml``, which is served beside it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from search.answers import REBUILDING, answer_as_meant
from search.engines.base import FoundIn, Hit, SearchPage
from search.names import names
from search.reader import query_of, reader_language
from search.requests import SearchRequest
from search.views.facets import FacetValue, facet_groups, offers, read_request
from search.views.general import general_group
from search.views.proposals import AS_SENT, LONGEST, proposals, proposed_answer
from search.views.results import RETRY_AFTER, notices
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies

View = Callable[[HttpRequest], HttpResponse]

DESCRIPTION = Path(__file__).with_name("openapi.yaml")
ALLOWED = "GET, HEAD, OPTIONS"


def cross_origin(view: View) -> View:
    """Let scripts of any site read the answer (CORS); nothing here depends on who asks. It is for
    programs: a search engine that was led here lists none of it."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = ALLOWED
            response["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
            response["Access-Control-Max-Age"] = "86400"
        elif request.method not in ("GET", "HEAD"):
            response = _error(
                405,
                "method-not-allowed",
                _("Nothing is changed here: ask with one of %(methods)s.") % {"methods": ALLOWED},
            )
            response["Allow"] = ALLOWED
        else:
            response = view(request)
            response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def in_language(view: View) -> View:
    """Answer in the language of ``lang=``, else of Accept-Language; 400 for an unknown one."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("lang")
        if wanted is None:
            wanted = reader_language()
        known = [code for code, _name in settings.LANGUAGES]
        if wanted not in known:
            return _error(
                400,
                "unknown-language",
                _("There is no language “%(lang)s” here. lang= may be one of: %(known)s.")
                % {"lang": wanted[:20], "known": ", ".join(known)},
            )
        with translation.override(wanted):
            response = view(request)
        response["Content-Language"] = wanted
        return response

    return wrapped


@csrf_exempt
@cross_origin
@conditional_page
@in_language
def search(request: HttpRequest) -> HttpResponse:
    """``/api/v1/search``: hits and facets of the search that the query string asks for."""
    terms = vocabularies()
    typed = read_request(query_of(request), language=reader_language(), vocabularies=terms)
    asked, page = answer_as_meant(typed, names(terms))
    if page is REBUILDING:
        return _rebuilding()
    response = JsonResponse(_search_answer(asked, page, terms), json_dumps_params=AS_SENT)
    patch_cache_control(response, no_cache=True, **({"no_store": True} if page.degraded else {}))
    return response


@csrf_exempt
@cross_origin
@conditional_page
@in_language
def suggest(request: HttpRequest) -> HttpResponse:
    """``/api/v1/suggest``: how what was typed may go on, in ``MOST_BYTES`` at most.

    ``format=opensearch`` answers as browsers' search boxes expect it.
    """
    text = " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    language = reader_language()
    if request.GET.get("format") == "opensearch":
        found = proposals(text, language=language).completions
        response = JsonResponse(
            [text[:LONGEST], [completion.text for completion in found]],
            safe=False,
            content_type="application/x-suggestions+json",
            json_dumps_params=AS_SENT,
        )
    else:
        proposed = proposals(text, language=language, terms=vocabularies())
        response = JsonResponse(proposed_answer(text, proposed), json_dumps_params=AS_SENT)
    patch_cache_control(response, public=True, max_age=60)
    return response


@csrf_exempt
@cross_origin
@conditional_page
def description(request: HttpRequest) -> HttpResponse:
    """``/api/v1/openapi.json``: what the above take and give, as OpenAPI."""
    return JsonResponse(openapi(), json_dumps_params=AS_SENT)


@csrf_exempt
@cross_origin
@in_language
def unknown(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked for below ``/api/v1/``: told as JSON, as all is here."""
    # Else Django would lead on to the address below a language, which has no more to say
    request.urlconf = __name__  # type: ignore[attr-defined]
    text = _("There is nothing at this address. %(description)s says what there is.")
    message = text % {"description": reverse("api-description")}
    return _error(404, "unknown-address", message)


@functools.cache
def openapi() -> dict[str, Any]:
    """The OpenAPI description as a dictionary."""
    loaded: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text("utf-8"))
    return loaded


urlpatterns = [
    path("search", search, name="api-search"),
    path("suggest", suggest, name="api-suggest"),
    path("openapi.json", description, name="api-description"),
    re_path("", unknown),
]


def _search_answer(
    asked: SearchRequest, page: SearchPage, terms: dict[str, Vocabulary]
) -> dict[str, Any]:
    groups = facet_groups(page, asked, terms)
    general = general_group(asked, page)
    return {
        "total": page.total,
        "more": page.more,
        "page": asked.page,
        "page_size": asked.page_size,
        "relaxed": page.relaxed,
        "suggestion": page.suggestion,
        "respelt": {"from": page.typed, "to": asked.text} if page.typed else None,
        "degraded": page.degraded,
        "notices": [{"code": code, "message": message} for code, message in notices(asked, page)],
        "named": [
            {"facet": offer.facet, "value": offer.value, "label": offer.label, "total": offer.count}
            for offer in offers(page, asked, terms)
        ],
        "hits": [_hit(hit) for hit in page.hits],
        "others": [_hit(hit) for hit in page.others],
        "general": {
            "total": general.total if general else 0,
            "hits": [_hit(hit) for hit in general.hits] if general else [],
        },
        "facets": {
            **{name: [] for name in FACETS},
            **{group.name: [_value(value) for value in group.walk()] for group in groups},
        },
        "drops": [
            {"facet": facet, "value": value, "total": total}
            for (facet, value), total in page.drops.items()
        ],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "key": hit.key,
        "kind": hit.kind,
        "title": hit.title,
        "summary": hit.summary,
        "language": hit.language,
        "languages": list(hit.languages),
        "url": hit.url,
        "highlight": hit.highlight,
        "published": hit.published or None,
        "found_in": _file(hit.found_in) if hit.found_in else None,
    }


def _file(found: FoundIn) -> dict[str, Any]:
    return {
        "title": found.title,
        "language": found.language,
        "url": found.url,
        "format": found.format,
        "size": found.size,
        "highlight": found.highlight,
    }


def _value(value: FacetValue) -> dict[str, Any]:
    return {
        "value": value.value,
        "label": value.label,
        "count": value.count,
        "after": value.count if value.after is None and not value.selected else value.after,
        "selected": value.selected,
        "parent": value.parent or None,
    }


def _error(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse(
        {"error": {"code": code, "message": message}}, status=status, json_dumps_params=AS_SENT
    )


def _rebuilding() -> JsonResponse:
    response = _error(
        503,
        "rebuilding",
        _("The index is being made anew. Nothing is lost; ask again in a moment."),
    )
    response["Retry-After"] = str(RETRY_AFTER)
    patch_cache_control(response, no_store=True)
    return response
