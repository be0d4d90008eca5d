"""Addresses of the search pages and of the vocabularies, below /<lang>/."""

from __future__ import annotations

from django.urls import path

from search import opensearch, terms, views

app_name = "search"
urlpatterns = [
    path("search/", views.results, name="results"),
    path("search/opensearch.xml", opensearch.description, name="opensearch"),
    path("browse/", terms.browse, name="browse"),
    path("browse/<slug:facet>/<str:value>/", terms.term, name="term"),
]
