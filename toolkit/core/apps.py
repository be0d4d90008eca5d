from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "toolkit.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from toolkit.core import plain_texts, public_state, uploads

        plain_texts.connect()
        public_state.connect()
        uploads.show_others_where_one_cannot_be_drawn()
