from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WantedConfig(AppConfig):
    name = "toolkit.wanted"
    label = "wanted"
    verbose_name = _("what readers miss")
    default_auto_field = "django.db.models.BigAutoField"
