"""The pages on which readers ask to be told what is new, confirm it, and stop it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from search.reader import query_of, reader_language, vocabularies_of
from search.views.descriptions import describe, kept_search
from search.views.facets import address, read_request
from toolkit.alerts import telling
from toolkit.alerts.forms import AlertForm
from toolkit.alerts.models import UNCONFIRMED_GONE_AFTER, Alert, key_of
from toolkit.core.open_forms import is_from_elsewhere
from toolkit.core.refusals import form_expired, try_again
from toolkit.people.throttling import Claim, Limit, take
from toolkit.people.visitors import visitor_address

log = logging.getLogger(__name__)

#: A workshop sits behind one address.
ASKED_FROM = Limit("mails about what is new, asked for from one address", tries=30, minutes=60)
ASKED_FOR = Limit("mails about what is new, asked for one address", tries=5, minutes=24 * 60)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form, with the search that led here (the query string). Whoever the address is of, the
    answer is the same; what is wrong is answered with all that was typed."""
    if not settings.TOOLKIT_SENDS_MAIL:
        raise Http404
    if request.method == "POST":
        return _take(request)
    asked = read_request(
        query_of(request), language=reader_language(), vocabularies=vocabularies_of(request)
    )
    search = asked.on_page(1).query_string()
    return _form(request, AlertForm(initial={"search": search}), search)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "alerts/sent.html", {"days": UNCONFIRMED_GONE_AFTER})


def _take(request: HttpRequest) -> HttpResponse:
    if is_from_elsewhere(request):
        return form_expired(request, "a form from a page of another site")
    form = AlertForm(request.POST)
    search = form.data.get("search", "")
    if not form.is_valid():
        return _form(request, form, search)
    email = form.cleaned_data["email"]
    if form.is_by_a_program:
        log.info("an address was given by a program: %s", visitor_address(request))
    elif wait := take(Claim(ASKED_FOR, email), Claim(ASKED_FROM, visitor_address(request))):
        form.add_error(None, try_again(wait))
        response = _form(request, form, search, status=429)
        response["Retry-After"] = str(wait)
        return response
    else:
        asked = kept_search(
            search, language=reader_language(), vocabularies=vocabularies_of(request)
        )
        Alert.ask(email, search=asked.query_string(), language=reader_language())
    return HttpResponseRedirect(reverse("alert-sent"))


def _form(request: HttpRequest, form: AlertForm, search: str, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "days": UNCONFIRMED_GONE_AFTER, **_search(request, search)}
    return render(request, "alerts/form.html", context, status=status)


def _search(request: HttpRequest, search: str) -> dict[str, Any]:
    """What a template says of a search."""
    terms = vocabularies_of(request)
    asked = kept_search(search, language=reader_language(), vocabularies=terms)
    return {
        "described": describe(asked, terms),
        "search_url": f"{reverse('search:results')}{address(asked)}",
    }


# --- behind a secret address --------------------------------------------------------------


def _secret(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages whose address is the secret itself: no cache keeps them, no link from them says
    where it stood. A wrong address is no page of ours. The forms ask for no token against
    forgery: whoever could forge them would have to know the address."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def shown(request: HttpRequest, number: UUID, key: str) -> HttpResponse:
        if not constant_time_compare(key_of(number), key):
            response = render(request, "alerts/gone.html", {"is_wrong": True}, status=404)
        else:
            response = view(request, Alert.objects.filter(pk=number).first())
        add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return shown


@_secret
def alert(request: HttpRequest, found: Alert | None) -> HttpResponse:
    """The page that a mail leads to. It takes a press on its button to confirm: programs that
    look through mails follow links, too."""
    if found is None:
        return render(request, "alerts/gone.html", status=410)
    if request.method == "POST":
        telling.confirm(found)
        return HttpResponseRedirect(reverse("alert", args=[found.pk, found.key]))
    return render(request, "alerts/alert.html", {"alert": found, **_search(request, found.search)})


@_secret
def stop(request: HttpRequest, found: Alert | None) -> HttpResponse:
    """Stops the mails and deletes the address: by the button of the page, or by a mail program,
    which sends a form without any cookie (RFC 8058). What is stopped already stays so."""
    if request.method == "POST":
        if found is not None:
            found.delete()
        return render(request, "alerts/stopped.html")
    if found is None:
        return render(request, "alerts/gone.html", status=410)
    return render(request, "alerts/stop.html", {"alert": found, **_search(request, found.search)})
