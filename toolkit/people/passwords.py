"""A new password by mail, and the shared passwords of private pages and files: how often each
may be asked for or guessed.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordResetForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django_tasks import task
from wagtail.admin.views import account as wagtail_account
from wagtail.documents.views.serve import authenticate_with_password as file_password
from wagtail.views import authenticate_with_password as page_password

from toolkit.core.refusals import too_often, try_again
from toolkit.people.sign_in import open_again
from toolkit.people.throttling import Claim, Limit, give_back, seconds_to_wait, take
from toolkit.people.visitors import visitor_address

log = logging.getLogger(__name__)

MAILS_TO = Limit("mails to one address", tries=3, minutes=60)
MAILS_FROM = Limit("mails asked for from one address", tries=10, minutes=60)
SHARED = Limit("shared password", tries=10, minutes=15)


class _ThrottledReset:
    """Whether there is such an account, the answer is the same and takes as long: the mail is
    left to a task, and what is counted is the address that was typed."""

    request: HttpRequest
    email_template_name: str
    subject_template_name: str

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        mail = form.cleaned_data["email"]
        wait = take(
            Claim(MAILS_TO, mail), Claim(MAILS_FROM, address := visitor_address(self.request))
        )
        if wait:
            log.warning("no mail with a new password for %d s: asked for from %s", wait, address)
            form.add_error(None, try_again(wait))
            response: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
            response.status_code = 429
            response["Retry-After"] = str(wait)
            return response
        send_reset_mail.enqueue(
            mail=mail,
            language=get_language() or settings.LANGUAGE_CODE,
            root=settings.TOOLKIT_SITE_ROOT or self.request.build_absolute_uri("/"),
            templates=[self.subject_template_name, self.email_template_name],
        )
        return super(auth_views.PasswordResetView, self).form_valid(form)  # type: ignore[misc,no-any-return]


class _OpensAgain:
    """Whoever sets a new password is the owner: what a stranger tried counts no longer."""

    request: HttpRequest
    user: Any

    def form_valid(self, form: Any) -> HttpResponse:
        open_again(self.request, self.user.get_username())
        return super().form_valid(form)  # type: ignore[misc,no-any-return]


class Reset(_ThrottledReset, auth_views.PasswordResetView):
    template_name = "people/reset.html"
    email_template_name = "people/reset_mail.txt"
    subject_template_name = "people/reset_subject.txt"
    success_url = reverse_lazy("reset-sent")


class ResetSent(TemplateView):
    template_name = "people/reset_sent.html"


class ResetConfirm(_OpensAgain, auth_views.PasswordResetConfirmView):
    template_name = "people/reset_confirm.html"
    success_url = reverse_lazy("reset-done")


class ResetDone(TemplateView):
    template_name = "people/reset_done.html"


class AdminReset(_ThrottledReset, wagtail_account.PasswordResetView):
    """Wagtail's, throttled."""


class AdminResetConfirm(_OpensAgain, wagtail_account.PasswordResetConfirmView):
    """Wagtail's."""


@task(backend="worker")
def send_reset_mail(mail: str, language: str, root: str, templates: list[str]) -> None:
    """Send a link to set a new password to every account of this mail address; to none where
    there is none. ``root`` is the site's address, which the operator named: what a request
    says of its host must not decide where the link leads. ``templates`` are those of the
    subject and of the text."""
    subject, text = templates
    site = urlsplit(root)
    with override(language):
        form = PasswordResetForm({"email": mail})
        if form.is_valid():
            form.save(
                domain_override=site.netloc,
                use_https=site.scheme == "https",
                subject_template_name=subject,
                email_template_name=text,
                extra_email_context={"site_name": _("Collaboration Toolkit")},
            )


def password_of_page(
    request: HttpRequest, page_view_restriction_id: int, page_id: int
) -> HttpResponse:
    """Wagtail's view of the form before a page with a shared password, throttled."""
    return _throttled(
        request,
        f"page {page_view_restriction_id}",
        lambda: page_password(request, page_view_restriction_id, page_id),
    )


def password_of_file(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """The same before a file of a private collection."""
    return _throttled(
        request, f"collection {restriction_id}", lambda: file_password(request, restriction_id)
    )


def _throttled(request: HttpRequest, what: str, answer: Any) -> HttpResponse:
    """By place and address. Not by place alone: a stranger could keep all readers out, and who
    has ten thousand addresses has better means."""
    claim = Claim(SHARED, f"{what} {visitor_address(request)}")
    wait = take(claim) if request.method == "POST" else seconds_to_wait(claim)
    if wait:
        log.warning("shared password of %s refused for %d s: %s", what, wait, claim.about)
        return too_often(request, wait)
    response: HttpResponse = answer()
    if request.method == "POST" and response.status_code == 302:
        give_back(claim)
    return response
