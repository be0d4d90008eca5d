from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from toolkit.wanted.models import GONE_AFTER, NAMELESS_AFTER, forget


class Command(BaseCommand):
    help = (
        f"Take names and addresses from messages about what is missing that are {NAMELESS_AFTER} "
        f"days old, and remove those of {GONE_AFTER} days. The worker does it every hour."
    )

    def handle(self, **options: Any) -> None:
        nameless, gone = forget()
        self.stdout.write(f"{nameless} without name and address now, {gone} removed.")
