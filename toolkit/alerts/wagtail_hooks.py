from __future__ import annotations

from wagtail import hooks

from toolkit.alerts.viewsets import AlertViewSet


@hooks.register("register_admin_viewset")
def who_is_told() -> AlertViewSet:
    return AlertViewSet()
