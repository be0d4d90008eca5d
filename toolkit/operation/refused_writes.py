"""What an editor is told when the disk is full: why, and with everything that was typed.

Django asks ``handler500`` once a request has failed, wherever it failed. Where the reason is the
disk, the answer is no dead end: it carries the whole form, ready to be sent again as soon as there
is room.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from toolkit.core import refusals
from toolkit.operation.writing import Cause, cause_of

log = logging.getLogger(__name__)

#: What forms carry beside what somebody typed.
_INTERNAL = ("csrfmiddlewaretoken", "-TOTAL_FORMS", "-INITIAL_FORMS", "_NUM_FORMS", "-ORDER")


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """The answer to a request that failed: with the cause where it is the disk, else plain."""
    cause = cause_of(error) if (error := sys.exc_info()[1]) else None
    if cause is None:
        return refusals.server_error(request)
    log.error("nothing can be written: %s", cause)
    response = _answer(request, cause)
    response["Retry-After"] = "60"
    add_never_cache_headers(response)
    return response


def _answer(request: HttpRequest, cause: Cause) -> HttpResponse:
    told = f"{_('Nothing was saved.')} {cause.told}"
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        # What Wagtail's uploads read; of any other status they show the number alone.
        return JsonResponse({"success": False, "error_message": told})
    if not request.accepts("text/html"):
        # What Wagtail's autosave reads. The form stays open with all that was typed, and its next
        # attempt follows the next change.
        answer = {"success": False, "error_code": "validation_error", "error_message": told}
        return JsonResponse(answer, status=503)
    typed = _typed(request)
    context = {
        "cause": cause.told,
        "address": request.get_full_path(),
        "typed": typed,
        "readable": [pair for pair in typed if _is_readable(*pair)],
        "files": _files(request) if typed else [],
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    return HttpResponse(render_to_string("nothing-saved.html", context), status=503)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """All fields of the form that was sent, passwords left out."""
    if request.method != "POST":
        return []
    try:
        fields = request.POST.lists()
    except Exception:  # the form itself could not be read, perhaps for want of room
        return []
    return [
        (name, str(value))
        for name, values in fields
        for value in values
        if "password" not in name.lower()
    ]


def _files(request: HttpRequest) -> list[str]:
    return [file.name or "" for _name, files in request.FILES.lists() for file in files]


def _is_readable(name: str, value: str) -> bool:
    return bool(value.strip()) and not name.endswith(_INTERNAL) and not name.startswith("action-")
