"""The list of who is told what is new, for administrators: whoever asks them to be forgotten."""

from __future__ import annotations

from typing import Any

from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from toolkit.alerts.models import Alert


class AskedByReaders(ModelPermissionPolicy):
    """Readers ask for mails, nobody else for them; they are looked at and deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in {"add", "change"} and super().user_has_permission(user, action)


class AlertViewSet(ModelViewSet):
    model = Alert
    name = "alerts"
    icon = "mail"
    menu_hook = "register_reports_menu_item"
    add_to_admin_menu = True
    menu_order = 910
    permission_policy = AskedByReaders(Alert)
    copy_view_enabled = False
    list_display = ["email", "language", "created_at", "confirmed_at", "mailed_at", "failures"]
    list_filter = {"language": ["exact"], "confirmed_at": ["isnull"]}
    search_fields = ["email"]
    list_per_page = 50
    form_fields = ["language"]
