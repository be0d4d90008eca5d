from __future__ import annotations

from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "toolkit.importing"
    label = "importing"
    default_auto_field = "django.db.models.BigAutoField"
