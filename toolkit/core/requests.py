"""Requests that no view can do anything with, answered before one tries.

PostgreSQL refuses a question with a NUL in it, wherever a view asks one: for a file, a redirect,
a tag that begins so. And a body is written to the disk while it is read, which happens before it
is known what it is for. And what is sent is read in the form in which texts are stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict

from toolkit.core import refusals
from toolkit.core.sanitising import composed

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BoundedRequestMiddleware:
    """Nothing is found at an address with control characters, in a query a NUL is a space, and
    only who is signed in sends more than a form full of text. Comes after those that tell who
    that is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _CONTROL.search(request.path_info):
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "%20")
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length[:20]) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            is_signed_in = request.user.is_authenticated
            if not is_signed_in or int(length[:20]) > settings.TOOLKIT_MAX_REQUEST:
                return refusals.too_large(request)
        return self.get_response(request)


class ComposedTextMiddleware:
    """What is asked and sent is read in NFC, names of files among it: a form then finds what is
    stored, and takes "é" for a letter however a keyboard wrote it. Passwords are left alone: they
    are compared with what once was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%" in request.META.get("QUERY_STRING", ""):
            request.GET = _composed(request.GET)  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Read a form once it is known that it may be sent at all."""
        if request.method == "POST":
            request.POST = _composed(request.POST)  # type: ignore[assignment]
            for _name, files in request.FILES.lists():
                for file in files:
                    file.name = composed(file.name or "")


def _composed(sent: QueryDict) -> QueryDict:
    """The same parameters in NFC; the very same where they are already."""
    changed: QueryDict | None = None
    for name, values in sent.lists():
        if "password" not in name:
            texts = [composed(value) for value in values]
            if texts != values:
                changed = sent.copy() if changed is None else changed
                changed.setlist(name, texts)
    return sent if changed is None else changed
