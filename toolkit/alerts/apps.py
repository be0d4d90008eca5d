from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "toolkit.alerts"
    label = "alerts"
    verbose_name = _("mails about what is new")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from toolkit.alerts import checks  # noqa: F401
