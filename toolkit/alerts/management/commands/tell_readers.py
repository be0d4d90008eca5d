from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from toolkit.alerts.telling import NotNow, tell


class Command(BaseCommand):
    help = (
        "Send readers the mails that they asked for about what is new, as far as they are due: "
        "at most one a week for each search. Fit for a timer, once an hour or a day; the worker "
        "does the same by itself."
    )

    def handle(self, **options: Any) -> None:
        try:
            outcome = tell()
        except NotNow as reason:
            raise CommandError(f"{reason} Nothing is lost: try again later.") from None
        self.stdout.write(
            f"{outcome.answered} answers and {outcome.told} mails about what is new were sent, "
            f"{outcome.failed} failed."
        )
