from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from toolkit.starter.collection_files import CollectionError
from toolkit.starter.loading import load_starter


class Command(BaseCommand):
    help = (
        "Load the starter collection: the page trees of all languages and the first entries. "
        "Adds what is missing; leaves what editors changed or removed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--update",
            action="store_true",
            help="write the collection's files over the pages, and bring removed ones back",
        )

    def handle(self, *args: Any, update: bool = False, **options: Any) -> None:
        loud = options["verbosity"] > 0
        try:
            report = load_starter(
                update=update, say=lambda line: self.stdout.write(f"  {line}") if loud else None
            )
        except CollectionError as error:
            raise CommandError(str(error)) from error
        if loud:
            self.stdout.write(f"  {report}")
