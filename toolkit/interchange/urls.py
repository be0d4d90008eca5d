"""Addresses of results and entries in every form, below /<lang>/. No page of Wagtail's has
a full stop in its address."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from toolkit.interchange import views
from toolkit.interchange.forms import CODES, CODES_OF_ONE


class FormConverter(StringConverter):
    regex = CODES


class FormOfOneConverter(StringConverter):
    regex = CODES_OF_ONE


register_converter(FormConverter, "form")
register_converter(FormOfOneConverter, "form_of_one")

urlpatterns = [
    path("search/results.<form:form>", views.results, name="results-form"),
    path("cite/<uuid:key>.<form_of_one:form>", views.entry, name="entry-form"),
]
