from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from laces.components import Component
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.userbar import AdminItem, ContentCheckerItem, EditPageItem
from wagtail.log_actions import LogActionRegistry, LogFormatter

from toolkit.editing import schedule, sessions
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


@hooks.register("construct_wagtail_userbar")
def lead_to_the_admin_once(request: HttpRequest, items: list[Any], page: Any) -> None:
    """The bar at the head of the page leads into the form and into the admin already; a preview,
    which shows what readers see, has none."""
    if not getattr(request, "is_preview", False):
        items[:] = [item for item in items if not isinstance(item, AdminItem | EditPageItem)]


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


@hooks.register("register_log_actions")
def refused_on_schedule(actions: LogActionRegistry) -> None:
    """What a page's history says of it."""

    @actions.register_action(schedule.REFUSED)
    class RefusedOnSchedule(LogFormatter):
        label = _("Not published on schedule")

        def format_message(self, entry: Any) -> str:
            return _not_published(entry.data.get("reason", ""))


@hooks.register("before_edit_page")
def tell_of_what_was_refused(request: HttpRequest, page: Any) -> None:
    """Whoever opens a page that was to be online by now is told why it is not."""
    if request.method == "GET" and (why := schedule.refused_lately(page)):
        messages.warning(request, _not_published(why))


@hooks.register("construct_homepage_panels")
def refused_on_schedule_at_home(request: HttpRequest, panels: list[Any]) -> None:
    if refused := schedule.all_refused_lately(request.user):
        panels.append(RefusedOnSchedulePanel(refused))


class RefusedOnSchedulePanel(Component):
    """The pages of an editor that were to be online by now, and are not."""

    order = 20
    template_name = "editing/admin/refused-on-schedule.html"

    def __init__(self, refused: list[tuple[Any, str]]) -> None:
        self._refused = refused

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"refused": self._refused}


def _not_published(why: str) -> str:
    return gettext("This page was not published on schedule. %(reason)s") % {"reason": why}
