from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EditingConfig(AppConfig):
    name = "toolkit.editing"
    label = "editing"
    verbose_name = _("Editing")
