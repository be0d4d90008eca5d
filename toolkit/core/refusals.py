"""What a reader is told instead of a page: forbidden, too often, a form that has lost its key,
an error of ours. In the site's face and the reader's language, saying what can be done.
"""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

log = logging.getLogger(__name__)


def refused(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    """A page of one heading and one paragraph, kept by no cache."""
    response = render(request, "refused.html", {"title": title, "advice": advice}, status=status)
    add_never_cache_headers(response)
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: for others than this reader."""
    return refused(
        request,
        403,
        _("This is not open to you"),
        _("It is meant for certain people. If you are one of them, sign in with your account."),
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


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """503: for a while only."""
    response = refused(
        request,
        503,
        _("Back in a moment"),
        _("The site is busy with its own upkeep. Nothing is lost; please try again in a minute."),
    )
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """500, in seven languages at once: whatever failed may fail again, so it asks for nothing
    but the template itself."""
    return HttpResponse(render_to_string("500.html"), status=500)
