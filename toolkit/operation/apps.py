from __future__ import annotations

from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "toolkit.operation"
    label = "operation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from toolkit.operation import presence

        presence.connect()
