"""``manage.py publish_scheduled``: what a worker does every few seconds, once and now."""

from __future__ import annotations

from typing import Any

from wagtail.management.commands.publish_scheduled import Command as WagtailCommand

from toolkit.editing.schedule import publish_and_expire


class Command(WagtailCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        """One page that cannot be published keeps no other waiting."""
        if options["dryrun"]:
            super().handle(*args, **options)
        else:
            publish_and_expire()
