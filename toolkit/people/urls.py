"""Accounts: ``urlpatterns`` stand below /<lang>/, ``admin_urlpatterns`` before Wagtail's own, of
which they take a few places: throttled, and otherwise the same."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.cache import never_cache

from toolkit.people import passwords, sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("_util/login/", sign_in.SignIn.as_view()),  # Wagtail's bare form stands there
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("new-password/", never_cache(passwords.Reset.as_view()), name="reset"),
    path("new-password/sent/", passwords.ResetSent.as_view(), name="reset-sent"),
    path("new-password/done/", passwords.ResetDone.as_view(), name="reset-done"),
    path(
        "new-password/<uidb64>/<token>/",
        passwords.ResetConfirm.as_view(),
        name="reset-confirm",
    ),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        passwords.password_of_page,
    ),
]

admin_urlpatterns = [
    path("admin/login/", sign_in.AdminSignIn.as_view()),
    path("admin/password_reset/", passwords.AdminReset.as_view()),
    path("admin/password_reset/confirm/<uidb64>/<token>/", passwords.AdminResetConfirm.as_view()),
    path("documents/authenticate_with_password/<int:restriction_id>/", passwords.password_of_file),
]
