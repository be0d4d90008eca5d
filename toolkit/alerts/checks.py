"""System checks: readers can only be told by mail where mail goes out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register("alerts", deploy=True)
def mail_goes_out(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """There is a mail server (W001), and the sender is one that others accept (W002)."""
    if not settings.TOOLKIT_SENDS_MAIL:
        return [
            Warning(
                "No mail is set up, so readers cannot ask to be told when something new is found.",
                hint="Write EMAIL_URL and DEFAULT_FROM_EMAIL into the settings.",
                id="alerts.W001",
            )
        ]
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        return [
            Warning(
                f"Mails come from {settings.DEFAULT_FROM_EMAIL}, which mail servers refuse.",
                hint="Write an address of your own into DEFAULT_FROM_EMAIL.",
                id="alerts.W002",
            )
        ]
    return []
