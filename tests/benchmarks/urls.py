"""The site's addresses, and Wagtail's own search beside them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from wagtail.models import Page

from toolkit.urls import urlpatterns as site


def wagtail_search(request: HttpRequest) -> HttpResponse:
    found = Page.objects.live().search(request.GET["q"])
    return render(request, "bench/wagtail_search.html", {"found": Paginator(found, 20).get_page(1)})


urlpatterns = [path("bench-search/", wagtail_search), *site]
