"""Signing in beside a form that is open: the form asks who is there, and for a new token."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render


def session(request: HttpRequest) -> JsonResponse:
    """A token for the forms of whoever is signed in; 403 for a script of somebody who is not,
    as any address of the admin answers."""
    return JsonResponse({"token": get_token(request)})


def signed_in(request: HttpRequest) -> HttpResponse:
    """Where signing in beside a form ends: tells the form, and closes."""
    return render(request, "editing/signed_in.html")
