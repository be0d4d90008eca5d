"""Addresses below /<lang>/."""

from __future__ import annotations

from django.urls import path

# With it comes the converter of forms
from toolkit.interchange import urls as _interchange_urls  # noqa: F401
from toolkit.lists import views

urlpatterns = [
    path("search/list/", views.shown_list, name="list"),
    path("search/list.<form:form>", views.list_form, name="list-form"),
]
