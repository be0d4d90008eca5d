"""Signing in, in the site's face and in the admin's, and how often it may be tried.

Three counts, each of which closes for its own time (decision 0014): wrong passwords for one
account from one address, from one address for whatever accounts, and for one account from
anywhere. The last would let a stranger lock an administrator out; so a browser that has signed
in to the account before carries a cookie that says so, and is counted by itself alone.
"""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm as AdminForm
from wagtail.admin.views.account import LoginView as AdminView

from toolkit.core.refusals import try_again
from toolkit.people.throttling import Claim, Limit, forget, give_back, take
from toolkit.people.visitors import visitor_address

log = logging.getLogger(__name__)

HERE = Limit("sign-in from here", tries=10, minutes=15)
ADDRESS = Limit("sign-in by address", tries=50, minutes=15)
ACCOUNT = Limit("sign-in to account", tries=100, minutes=60)
BROWSER = Limit("sign-in from a known browser", tries=10, minutes=15)

KNOWN = "known"  # the cookie's name
KNOWN_FOR = 365 * 24 * 3600  # seconds


class ThrottledBackend(ModelBackend):
    """Asks for a try before it asks for the password: what is refused costs no hash."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """The user; None for a wrong name or password.

        Raises ``PermissionDenied`` where it was tried too often; the request then says in
        ``sign_in_wait`` for how many seconds. Without a request (a command) nothing is counted.
        """
        if request is None or username is None or password is None:
            return super().authenticate(request, username=username, password=password, **kwargs)
        claims = claims_for(request, username)
        if wait := take(*claims):
            request.sign_in_wait = wait  # type: ignore[attr-defined]
            log.warning(
                "sign-in refused for %d s: account %.60r from %s",
                wait,
                username,
                visitor_address(request),
            )
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is None:
            log.info("wrong password: account %.60r from %s", username, visitor_address(request))
            return None
        give_back(*claims)
        forget(*(claim for claim in claims if claim.limit in (HERE, BROWSER)))
        return user


def claims_for(request: HttpRequest, name: str) -> list[Claim]:
    """What a try to sign in with this name from this browser counts for."""
    if browser := _known_browser(request, name):
        return [Claim(BROWSER, f"{browser} {name}")]
    address = visitor_address(request)
    return [Claim(HERE, f"{address} {name}"), Claim(ADDRESS, address), Claim(ACCOUNT, name)]


def open_again(request: HttpRequest, name: str) -> None:
    """The owner has shown by mail who they are: the account is open again, here as well."""
    forget(Claim(ACCOUNT, name), Claim(HERE, f"{visitor_address(request)} {name}"))


class _SaysHowLong:
    """A form that tells a refused try from a wrong one."""

    request: Any

    def get_invalid_login_error(self) -> forms.ValidationError:
        if wait := getattr(self.request, "sign_in_wait", 0):
            return forms.ValidationError(try_again(wait), code="too_often")
        return super().get_invalid_login_error()  # type: ignore[misc,no-any-return]


class SignInForm(_SaysHowLong, AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": _(
            "There is no account with this name and this password. "
            "Capitals and small letters are different."
        ),
    }

    remember = forms.BooleanField(required=False, label=_("Keep me signed in on this computer"))


class AdminSignInForm(_SaysHowLong, AdminForm):
    """Wagtail's form (``WAGTAILADMIN_USER_LOGIN_FORM``)."""


class _Throttled:
    """A sign-in view that answers 429 while closed, and marks the browser once it is in."""

    request: HttpRequest

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if wait := getattr(self.request, "sign_in_wait", 0):
            response.status_code = 429
            response["Retry-After"] = str(wait)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        if not form.cleaned_data.get("remember"):
            self.request.session.set_expiry(0)  # until the browser is closed: PCs are shared
        _mark_browser(self.request, response, form.get_user().get_username())
        return response


class SignIn(_Throttled, LoginView):
    """The site's own sign-in page. Leads back to where the reader came from, else whoever
    works here to the admin and everybody else to the home page."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm

    def get_default_redirect_url(self) -> str:
        if self.request.user.has_perm("wagtailadmin.access_admin"):
            return reverse("wagtailadmin_home")
        return reverse("wagtail_serve", args=[""])


class AdminSignIn(_Throttled, AdminView):
    """Wagtail's, throttled."""


class SignOut(LogoutView):
    """Ends the session, and takes its cookie away: pages without one come from the cache. An
    address that is only opened ends nothing, and leads to where the button is."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.get_default_redirect_url())

    def get_default_redirect_url(self) -> str:
        return reverse("wagtail_serve", args=[""])


def _known_browser(request: HttpRequest, name: str) -> str:
    """The number of the browser, if it has signed in to this account before; else ""."""
    browser, known = _read_mark(request)
    return browser if _mark(name) in known else ""


def _mark_browser(request: HttpRequest, response: HttpResponse, name: str) -> None:
    browser, known = _read_mark(request)
    marks = [_mark(name), *(mark for mark in known if mark != _mark(name))]
    response.set_cookie(
        KNOWN,
        signing.dumps([browser or get_random_string(16), marks[:5]], salt=KNOWN),
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _read_mark(request: HttpRequest) -> tuple[str, list[str]]:
    """The browser's number, and the marks of the accounts that it has signed in to."""
    try:
        browser, known = signing.loads(
            request.COOKIES.get(KNOWN, ""), salt=KNOWN, max_age=KNOWN_FOR
        )
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return browser, known


def _mark(name: str) -> str:
    """A digest: whoever uses the browser next does not read who was here."""
    return salted_hmac(KNOWN, name).hexdigest()[:20]
