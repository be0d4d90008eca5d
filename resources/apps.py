from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = _("Resources")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from resources.downloads import compose_after_publishing
        from resources.models import AgreementPage

        page_published.connect(
            compose_after_publishing, sender=AgreementPage, dispatch_uid="resources.compose"
        )
