"""What a reader is told instead of a page: forbidden, too often, a form that has lost its key,
an error of ours. In the site's face and the reader's language, saying what can be done.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import defaults

log = logging.getLogger(__name__)


def refused(
    request: HttpRequest, status: int, title: str, advice: str, *, sign_in: bool = False
) -> HttpResponse:
    """A page of one heading and one paragraph, with a way to sign in if wanted; kept by no
    cache."""
    context = {"title": title, "advice": advice, "sign_in": sign_in}
    response = render(request, "refused.html", context, status=status)
    add_never_cache_headers(response)
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: for others than this reader."""
    return refused(
        request,
        403,
        _("This is not open to you"),
        _("It is meant for certain people. If you are one of them, sign in with your account."),
        sign_in=True,
    )


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of Django's guard against forged forms: mostly a page that was open for too long, or
    a browser that keeps no cookies."""
    log.info("a form was refused: %s", reason)
    return refused(
        request,
        403,
        _("This form could not be taken"),
        _(
            "It was open for too long, or your browser keeps no cookies for this site. "
            "Go back, load the page anew and send the form once more."
        ),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than a form may hold."""
    return refused(
        request,
        413,
        _("This is more than can be taken at once"),
        _(
            "Nothing was saved. Go back: what you typed still stands in the form. Divide a long "
            "text between several pages, and make large files smaller."
        ),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: Django's bare page, unless it was a form that holds too much. A page in the site's
    face needs the name of the host, which may be what is bad."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    return defaults.bad_request(request, exception)


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """429: tried too often; ``Retry-After`` says in seconds when it may be tried again."""
    response = refused(request, 429, _("Too many attempts"), try_again(seconds))
    response["Retry-After"] = str(seconds)
    return response


def try_again(seconds: int) -> str:
    """When something that was tried too often may be tried again, in the reader's words."""
    minutes = -(-seconds // 60)
    return ngettext(
        "That was tried too often. Please try again in one minute.",
        "That was tried too often. Please try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """500, in seven languages at once: whatever failed may fail again, so that the page asks
    for nothing but its style, and can do without."""
    try:
        style = static("css/toolkit.css")
    except Exception:
        style = ""
    return HttpResponse(render_to_string("500.html", {"style": style}), status=500)
