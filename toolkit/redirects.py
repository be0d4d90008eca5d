"""Leads from where a page was to where it is: Wagtail's redirects, with what they leave behind.

A moved page takes along the addresses below it (``/old/download/docx/``) and the query string.
No redirect leads to what is not there, to what is not published, or round in a circle.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http import HttpResponsePermanentRedirect as Permanent
from django.http import HttpResponseRedirect as Temporary
from django.utils.encoding import escape_uri_path
from wagtail.contrib.redirects.middleware import RedirectMiddleware, get_redirect
from wagtail.contrib.redirects.models import Redirect

from toolkit.core.sanitising import composed

DEEPEST = 8  # parts of an address: pages stand three deep, and a download two below
MOST_STEPS = 5  # from one redirect to the next


class MovedPageMiddleware(RedirectMiddleware):
    """Looks for a redirect where there is no page."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        found = _target(request) or _composed(request)
        if found is None:
            return response
        target, is_permanent = found
        moved: HttpResponse = Permanent(target) if is_permanent else Temporary(target)
        # A browser that keeps a permanent redirect for ever goes round in a circle when the
        # page comes back to where it was.
        moved["Cache-Control"] = "no-cache"
        return moved


def _composed(request: HttpRequest) -> tuple[str, bool] | None:
    """The same address in the form in which addresses of pages are stored, NFC; None where it has
    it already."""
    path = composed(request.path)
    if path == request.path:
        return None
    query = request.META.get("QUERY_STRING", "")
    return f"{escape_uri_path(path)}{'?' if query else ''}{query}", True


def _target(request: HttpRequest) -> tuple[str, bool] | None:
    """Where the address asked for leads now, and whether for good."""
    path = Redirect.normalise_path(request.path, decode_unicode=False)
    query = request.META.get("QUERY_STRING", "")
    exact = get_redirect(request, f"{path}?{query}") if query else None
    if exact is not None:
        return _checked(request, exact, "")
    whole = get_redirect(request, path)
    if whole is not None:
        return _checked(request, whole, query)
    parts = path.strip("/").split("/")
    if len(parts) > DEEPEST:
        return None
    for length in range(len(parts) - 1, 1, -1):
        above = get_redirect(request, "/" + "/".join(parts[:length]))
        if above is not None and above.redirect_page_id and not above.redirect_page_route_path:
            return _checked(request, above, query, below=parts[length:])
    return None


def _checked(
    request: HttpRequest, found: Redirect, query: str, below: list[str] | None = None
) -> tuple[str, bool] | None:
    if found.redirect_page_id:
        target = _address_of_page(request, found.redirect_page, below or [], found)
    else:
        target = _end_of_chain(request, found)
    if not target or urlsplit(target).path == request.path:
        return None
    if query:
        target += ("&" if "?" in target else "?") + query
    return target, found.is_permanent


def _address_of_page(
    request: HttpRequest, page: Any, below: list[str], found: Redirect
) -> str | None:
    """The address of a page, or of something below it; None where nobody would find it."""
    if not page.live or not page.get_url(request):
        return None
    if not below:
        return str(found.link)
    try:
        page.specific.route(request, below)
    except Http404:
        return None
    return f"{page.get_url(request)}{'/'.join(below)}/"


def _end_of_chain(request: HttpRequest, found: Redirect) -> str | None:
    """Where a redirect to an address leads in the end; None where it leads round in a circle."""
    target = str(found.link or "")
    seen = {found.pk}
    for _step in range(MOST_STEPS):
        parts = urlsplit(target)
        if parts.netloc and parts.netloc != request.get_host():
            return target  # another site: its own affair
        following = get_redirect(request, Redirect.normalise_path(parts.path, decode_unicode=False))
        if following is None:
            return target
        if following.pk in seen:
            return None
        if following.redirect_page_id:
            return _address_of_page(request, following.redirect_page, [], following)
        seen.add(following.pk)
        target = str(following.link or "")
    return None
