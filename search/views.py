"""The results page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from search.answers import answer
from search.requests import SearchRequest


def results(request: HttpRequest) -> HttpResponse:
    wanted = SearchRequest.of(request.GET.get("q", ""), language=get_language() or "en")
    return render(request, "search/results.html", {"request_made": wanted, "page": answer(wanted)})
