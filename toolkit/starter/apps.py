from __future__ import annotations

from django.apps import AppConfig


class StarterConfig(AppConfig):
    name = "toolkit.starter"
    label = "starter"
    default_auto_field = "django.db.models.BigAutoField"
