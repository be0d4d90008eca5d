from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from toolkit.taxonomy.editing_rights import grant_rights
from toolkit.taxonomy.loading import VocabularyError, load_vocabularies


class Command(BaseCommand):
    help = (
        "Load the controlled vocabularies. Creates what is missing and leaves what editors "
        "changed; can run again at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--update",
            action="store_true",
            help="write the files' labels and notes over those in the database",
        )

    def handle(self, *args: Any, update: bool = False, **options: Any) -> None:
        try:
            for loaded in load_vocabularies(update=update):
                if options["verbosity"] > 0:
                    self.stdout.write(f"  {loaded}")
        except VocabularyError as error:
            raise CommandError(str(error)) from error
        for line in grant_rights():
            if options["verbosity"] > 0:
                self.stdout.write(f"  {line}")
