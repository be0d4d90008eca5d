"""An editor whose change touches many entries is told that search follows in a while."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from search.catalogue.indexing import left_to_the_worker
from toolkit.core.templatetags.localise import local_number


def tell_what_follows(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Add a message to the next page of the admin where a request left entries to the worker."""

    def respond(request: HttpRequest) -> HttpResponse:
        left_to_the_worker.set(0)
        response = get_response(request)
        number = left_to_the_worker.get()
        if number and request.method == "POST":
            text = ngettext(
                "The search index is being brought up to date: %(number)s entry follows in a "
                "few minutes.",
                "The search index is being brought up to date: %(number)s entries follow in a "
                "few minutes.",
                number,
            )
            messages.info(request, text % {"number": local_number(number)}, fail_silently=True)
        return response

    return respond
