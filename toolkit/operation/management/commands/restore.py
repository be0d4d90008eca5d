from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from search.answers import forget_engines
from search.catalogue.indexing import rebuild
from search.engines import engines
from search.engines.base import EngineUnavailable
from toolkit.operation.backups import BackupRefused, restore
from toolkit.operation.postgresql import PostgresqlFailed
from toolkit.operation.presence import InUse


class Command(BaseCommand):
    help = (
        "Put a backup in the place of what is there. The site has to be stopped. A backup that "
        "is damaged, altered or of a newer release is refused, and nothing is touched."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what `manage.py backup` made")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = restore(file.absolute())
        except InUse as error:
            raise CommandError(
                f"Nothing was restored: {error}. Stop it first: systemctl stop toolkit "
                "toolkit-worker toolkit.socket."
            ) from error
        except (BackupRefused, PostgresqlFailed, OSError) as error:
            raise CommandError(f"Nothing was restored, {file} cannot be used: {error}.") from error
        self.stdout.write(f"The site is as it was at {manifest.made_at}.")
        # The admin's own search: each kind of database has an index of its own form.
        call_command("update_index", verbosity=0)
        forget_engines()
        for engine in engines():
            try:
                self.stdout.write(f"{engine.name}: {rebuild(engine)} entries can be found.")
            except EngineUnavailable as error:
                self.stdout.write(f"{engine.name}: {error}; its index is made when it answers.")
