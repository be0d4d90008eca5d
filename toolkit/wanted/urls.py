"""Addresses below /<lang>/."""

from __future__ import annotations

from django.urls import path

from toolkit.wanted import views

urlpatterns = [
    path("search/missing/", views.wanted, name="wanted"),
    path("search/missing/sent/", views.sent, name="wanted-sent"),
]
