from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.userbar import ContentCheckerItem

from toolkit.editing import sessions
from toolkit.editing.content_checks import PageContentChecks
from toolkit.editing.translations import (
    TranslatePageView,
    UpdateCompleteTranslationsView,
    refuse_to_publish,
)


@hooks.register("construct_wagtail_userbar")
def check_what_editors_write(request: HttpRequest, items: list[Any], page: Any) -> None:
    """Our checks stand in the place of Wagtail's."""
    for place, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[place] = PageContentChecks(in_editor=item.in_editor)


@hooks.register("insert_global_admin_js")
def sign_in_beside_the_form() -> str:
    return render_to_string("editing/signed_out.html")


@hooks.register("before_edit_page", order=-1)
def complete_before_published(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Asked before Wagtail Localize shows its own editor."""
    return refuse_to_publish(request, page)


@hooks.register("register_admin_urls", order=-1)
def addresses() -> list[URLPattern]:
    """Our own; those that replace a package's stand before it."""
    return [
        path("editing/session/", sessions.session, name="editing_session"),
        path("editing/signed-in/", sessions.signed_in, name="editing_signed_in"),
        path(
            "localize/submit/page/<int:page_id>/",
            TranslatePageView.as_view(),
            name="translate_page",
        ),
        path(
            "localize/update/<int:translation_source_id>/",
            UpdateCompleteTranslationsView.as_view(),
            name="update_complete_translations",
        ),
    ]
