"""Where editors are told of files that could not be read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from laces.components import Component
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.documents.models import Document
from wagtail.documents.permissions import permission_policy
from wagtail.models import ReferenceIndex

from toolkit.attached.reports import UnreadFilesView, told, unread_among, unread_files


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("reports/files/", UnreadFilesView.as_view(), name="unread_files"),
        path(
            "reports/files/results/",
            UnreadFilesView.as_view(results_only=True),
            name="unread_files_results",
        ),
    ]


class UnreadFilesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return permission_policy.user_has_permission(request.user, "change")


@hooks.register("register_reports_menu_item")
def in_the_menu() -> MenuItem:
    return UnreadFilesItem(
        gettext_lazy("Files that cannot be read"),
        reverse("unread_files"),
        name="unread-files",
        icon_name="doc-full",
        order=950,
    )


@hooks.register("before_edit_page")
def at_the_entry(request: HttpRequest, page: Any) -> None:
    """Whoever opens an entry is told of its files that could not be read."""
    if request.method != "GET":
        return
    attached = ReferenceIndex.get_references_for_object(page).filter(
        to_content_type__app_label=Document._meta.app_label,
        to_content_type__model=Document._meta.model_name,
    )
    numbers = [int(number) for number in set(attached.values_list("to_object_id", flat=True))]
    for trouble in unread_among(numbers) if numbers else []:
        said = format_html("{}: {}", trouble.document.title, told(trouble))
        may_change = permission_policy.user_has_permission_for_instance(
            request.user, "change", trouble.document
        )
        there = reverse("wagtaildocs:edit", args=[trouble.pk])
        buttons = [messages.button(there, _("Edit file"))] if may_change else []
        messages.warning(request, said, buttons=buttons)


class UnreadFilesPanel(Component):
    """How many files of an editor's could not be read."""

    order = 30
    template_name = "attached/admin/unread-files-panel.html"

    def __init__(self, number: int) -> None:
        self._number = number

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"number": self._number}


@hooks.register("construct_homepage_panels")
def at_home(request: HttpRequest, panels: list[Any]) -> None:
    may_change = permission_policy.user_has_permission(request.user, "change")
    if may_change and (number := unread_files(request.user).count()):
        panels.append(UnreadFilesPanel(number))
