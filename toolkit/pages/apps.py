from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "toolkit.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from toolkit.pages import menus

        menus.connect()
