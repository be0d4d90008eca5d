"""The list of what readers miss, among the reports of the admin."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import FieldPanel
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from toolkit.core.spreadsheets import harmless_cell
from toolkit.wanted.models import Wanted

_SAID = ("text", "association", "email", "search", "language", "created_at")


class WrittenByReaders(ModelPermissionPolicy):
    """What readers write is not written by editors."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "add" and super().user_has_permission(user, action)


class WantedIndexView(IndexView):
    export_filename = "missing"

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        return harmless_cell(super().preprocess_field_value(field, value, export_format))


class WantedViewSet(ModelViewSet):
    model = Wanted
    name = "wanted"
    icon = "help"
    menu_hook = "register_reports_menu_item"
    add_to_admin_menu = True
    menu_order = 900
    permission_policy = WrittenByReaders(Wanted)
    index_view_class = WantedIndexView
    copy_view_enabled = False
    list_display = ["__str__", "language", "association", "created_at", "dealt_with"]
    list_filter = ["dealt_with", "language"]
    list_export = [*_SAID, "dealt_with", "note"]
    list_per_page = 50
    panels = [
        *(FieldPanel(name, read_only=True) for name in _SAID),
        FieldPanel("dealt_with"),
        FieldPanel("note"),
    ]
