from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from toolkit.operation.backups import BackupRefused, back_up
from toolkit.operation.postgresql import PostgresqlFailed
from toolkit.operation.writing import cause_of


class Command(BaseCommand):
    help = (
        "Write the database and all uploaded files into one file, while the site runs. "
        "`manage.py restore FILE` puts it back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="the file to make, or a folder in which it gets a name"
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            metavar="N",
            help="remove the oldest in the folder beyond this number",
        )

    def handle(self, *args: Any, file: Path, keep: int, **options: Any) -> None:
        try:
            made = back_up(file.absolute(), keep=keep)
        except (BackupRefused, PostgresqlFailed) as error:
            raise CommandError(f"No backup was made: {error}.") from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"No backup was made: {cause_of(error) or error}.") from error
        self.stdout.write(f"{made}: {made.stat().st_size / 1_000_000:.1f} MB")
