from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttachedConfig(AppConfig):
    name = "toolkit.attached"
    label = "attached"
    verbose_name = _("words of files")
    default_auto_field = "django.db.models.BigAutoField"
