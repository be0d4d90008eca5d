"""The page on which readers say what they did not find."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from search.reader import query_of, reader_language, vocabularies_of
from search.views.descriptions import describe, kept_search
from search.views.facets import address, read_request
from toolkit.core.open_forms import is_from_elsewhere
from toolkit.core.refusals import form_expired, try_again
from toolkit.people.throttling import Claim, Limit, take
from toolkit.people.visitors import visitor_address
from toolkit.wanted.forms import WantedForm
from toolkit.wanted.models import NAMELESS_AFTER

log = logging.getLogger(__name__)

MESSAGES = Limit("messages about what is missing", tries=10, minutes=60)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def wanted(request: HttpRequest) -> HttpResponse:
    """The form, with the search that led here (the query string); a message that is taken is
    answered by a redirect, one that is not with all that was typed."""
    if request.method == "POST":
        return _take(request)
    asked = read_request(
        query_of(request), language=reader_language(), vocabularies=vocabularies_of(request)
    )
    search = asked.on_page(1).query_string()
    return _form(request, WantedForm(initial={"text": asked.text, "search": search}), search)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "wanted/sent.html")


def _take(request: HttpRequest) -> HttpResponse:
    if is_from_elsewhere(request):
        return form_expired(request, "a message from a page of another site")
    form = WantedForm(request.POST)
    if not form.is_valid():
        return _form(request, form, form.cleaned_data.get("search", ""))
    if form.is_by_a_program:
        log.info("a message was by a program: %s", visitor_address(request))
    elif wait := take(Claim(MESSAGES, visitor_address(request))):
        form.add_error(None, try_again(wait))
        response = _form(request, form, form.data.get("search", ""), status=429)
        response["Retry-After"] = str(wait)
        return response
    else:
        form.kept(language=reader_language())
    return HttpResponseRedirect(reverse("wanted-sent"))


def _form(
    request: HttpRequest, form: WantedForm, search: str, *, status: int = 200
) -> HttpResponse:
    terms = vocabularies_of(request)
    asked = kept_search(search, language=reader_language(), vocabularies=terms)
    context = {
        "form": form,
        "described": describe(asked, terms),
        "search_url": f"{reverse('search:results')}{address(asked)}",
        "days": NAMELESS_AFTER,
    }
    return render(request, "wanted/form.html", context, status=status)
