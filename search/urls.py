"""Addresses of the search pages and of the vocabularies, below /<lang>/."""

from __future__ import annotations

from django.urls import path

from search.views import browse, help, opensearch, results, totals

app_name = "search"
urlpatterns = [
    path("search/", results.results, name="results"),
    path("search/help/", help.how_it_works, name="help"),
    path("search/count/", totals.count, name="count"),
    path("search/opensearch.xml", opensearch.description, name="opensearch"),
    path("browse/", browse.browse, name="browse"),
    path("browse/<slug:facet>/<str:value>/", browse.term, name="term"),
]
