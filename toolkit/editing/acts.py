"""What editors do in the admin happens whole or not at all, and what a rule forbids is said.

Wagtail checks a page's rules in its forms. Copying, publishing by the dozen, approving and
translating reach the same rules without a form, where they are exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from wagtail.admin import messages

REFUSALS = (ValidationError, ProtectedError, RestrictedError)
SHOWN = 5  # names in a message


class WholeActsMiddleware:
    """Each act of somebody who is signed in to the admin is one transaction.

    Last of all middleware: what stands before it (session, sign-in, messages) is kept whatever
    becomes of the act.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        in_admin = request.path.startswith(reverse("wagtailadmin_home"))
        if request.method != "POST" or not in_admin or request.user.is_anonymous:
            return None
        try:
            with transaction.atomic():
                response: HttpResponseBase = view(request, *args, **kwargs)
            return response
        except REFUSALS as error:
            return refused(request, error)


def refused(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """The answer to an act that a rule forbids: back to where it was asked for, with the reason."""
    message = _("Nothing was changed. %(reason)s") % {"reason": reason(error)}
    if request.accepts("text/html") and request.headers.get("X-Requested-With") is None:
        messages.error(request, message)
        return redirect(_back(request))
    answer = {"success": False, "error_code": "validation_error", "error_message": message}
    return JsonResponse(answer, status=400)


def _back(request: HttpRequest) -> str:
    asked_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(
        asked_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return asked_from
    return reverse("wagtailadmin_home")


def reason(error: Exception) -> str:
    """Why an act is refused, in the words of the rule, with the page that it is about."""
    if isinstance(error, ProtectedError):
        return _in_use(error.protected_objects)
    if isinstance(error, RestrictedError):
        return _in_use(error.restricted_objects)
    about = getattr(error, "about", None)
    texts = getattr(error, "messages", [str(error)])
    if hasattr(error, "error_dict"):
        texts = [
            f"{_field_name(about, field)}{' '.join(found)}"
            for field, found in error.message_dict.items()  # type: ignore[attr-defined]
        ]
    text = " ".join(texts)
    return f"“{about}”: {text}" if about else text


def _in_use(objects: Iterable[Any]) -> str:
    names = sorted({str(one) for one in objects})
    more = [_("%(number)d more") % {"number": len(names) - SHOWN}] if names[SHOWN:] else []
    return _("It is still in use: %(names)s.") % {
        "names": get_text_list([*names[:SHOWN], *more], _("and"))
    }


def _field_name(about: Any, field: str) -> str:
    try:
        return f"{capfirst(about._meta.get_field(field).verbose_name)}: " if about else ""
    except FieldDoesNotExist:
        return ""
