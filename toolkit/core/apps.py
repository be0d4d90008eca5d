from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "toolkit.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from toolkit.core import public_state, uploads

        public_state.connect()
        uploads.show_others_where_one_cannot_be_drawn()
