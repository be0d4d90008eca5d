"""Addresses below /<lang>/."""

from __future__ import annotations

from django.urls import path

from toolkit.alerts import views

urlpatterns = [
    path("search/alert/", views.ask, name="alert-ask"),
    path("search/alert/sent/", views.sent, name="alert-sent"),
    path("alerts/<uuid:number>/<str:key>/", views.alert, name="alert"),
    path("alerts/<uuid:number>/<str:key>/stop/", views.stop, name="alert-stop"),
]
