from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxonomyConfig(AppConfig):
    name = "toolkit.taxonomy"
    label = "taxonomy"
    verbose_name = _("Vocabularies")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from toolkit.taxonomy import lifecycle, signals  # noqa: F401

        lifecycle.connect()
