from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from wagtail import hooks

from toolkit.wanted.viewsets import WantedViewSet


@hooks.register("register_admin_viewset")
def what_readers_miss() -> WantedViewSet:
    return WantedViewSet()


@hooks.register("register_permissions")
def rights() -> Any:
    """What administrators may give to groups."""
    return Permission.objects.filter(content_type__app_label="wanted").exclude(
        codename="add_wanted"
    )
