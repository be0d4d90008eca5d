"""Addresses without a language: the site's own leads to a home page in one that the reader
understands, and those of the icons to the icons."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language_from_request, get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from toolkit.core.models import open_to_all
from toolkit.pages.models import HomePage

ICON_KEPT = 86_400  # seconds; its address changes with its content


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """A redirect to the first language of the reader's whose home page is published, else to the
    site's own, else to any that is; to the reader's first where none is."""
    homes = set(
        open_to_all(HomePage.objects.filter(depth=2)).values_list(
            "locale__language_code", flat=True
        )
    )
    wanted = [*_understood(request), settings.LANGUAGE_CODE, *sorted(homes)]
    language = next((code for code in wanted if code in homes), wanted[0])
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponseRedirect(f"/{language}/" + (f"?{query}" if query else ""))
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Where browsers and feed readers look that were not told by a page."""
    return _kept(static("img/favicon.svg"))


@require_safe
def touch_icon(request: HttpRequest) -> HttpResponse:
    """Where telephones look for what stands on their home screen: they draw no SVG."""
    return _kept(static("img/touch-icon.png"))


def _kept(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    patch_cache_control(response, public=True, max_age=ICON_KEPT)
    return response


def _understood(request: HttpRequest) -> Iterator[str]:
    yield get_language_from_request(request)
    for name, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            yield get_supported_language_variant(name)
        except LookupError:
            continue
