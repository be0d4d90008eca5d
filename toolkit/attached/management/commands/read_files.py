"""``manage.py read_files``: read the files that nobody has looked into yet."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from toolkit.attached.models import FileText, not_read_yet
from toolkit.attached.waiting import read_waiting


class Command(BaseCommand):
    help = (
        "Read the files that editors uploaded, for their words, as the worker does by itself. "
        "With --again also those that could not be read before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="try again what could not be read")

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        if again:
            FileText.objects.failed().update(
                state=FileText.State.WAITING, tries=0, at=timezone.now()
            )
        number = read_waiting(within=float("inf"))
        left = not_read_yet().count()
        failed = FileText.objects.failed().count()
        self.stdout.write(f"{number} files looked at, {left} still wait, {failed} cannot be read.")
