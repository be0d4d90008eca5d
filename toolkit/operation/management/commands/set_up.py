"""Everything between an empty folder and a site that serves: ``manage.py set_up``."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Site

from search.catalogue.indexing import apply_changes, rebuild
from search.engines import engines
from search.engines.base import EngineUnavailable
from search.engines.identity import identity
from toolkit.starter.collection_files import COLLECTION

VOCABULARIES = Path(settings.BASE_DIR) / "toolkit" / "taxonomy" / "data"


class Command(BaseCommand):
    help = (
        "Migrations, vocabularies, starter collection, first administrator, index. Can run "
        "again at any time: it does what is missing and keeps all data."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-starter", action="store_true", help="without the collection")

    def handle(self, *, no_starter: bool, verbosity: int, **options: Any) -> None:
        _close(settings.DATA_DIR)
        self._migrate(verbosity)
        for engine in engines():
            if engine.health().status == "down":
                self.stdout.write(f"Building the {engine.name} index …")
                try:
                    rebuild(engine)
                except EngineUnavailable as error:
                    self.stderr.write(f"It is not built yet: {error}")
        stamp = settings.DATA_DIR / "loaded"
        # Another database beside the same folder has nothing loaded yet.
        loaded = _digest(*([] if no_starter else [COLLECTION]), VOCABULARIES)
        present = f"{loaded} {identity()}"
        if not stamp.exists() or stamp.read_text() != present:
            self.stdout.write("Loading the vocabularies …")
            call_command("load_vocabularies", verbosity=verbosity)
            if not no_starter:
                self.stdout.write("Loading the starter collection …")
                call_command("load_starter", verbosity=verbosity)
            stamp.write_text(present)
        name_site(str(settings.TOOLKIT_SITE_ROOT))
        call_command("ensure_admin")
        apply_changes()  # also what was left by a process that died

    def _migrate(self, verbosity: int) -> None:
        """Ask first what there is to do: it spares a second call the whole of ``migrate``."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", interactive=False, verbosity=0)


def name_site(address: str) -> None:
    """Let the site that Wagtail knows have the operator's address ("" leaves it as it is):
    previews, mails and the admin's links begin with it."""
    site = Site.objects.filter(is_default_site=True).first()
    if not address or site is None:
        return
    parts = urlsplit(address)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if (site.hostname, site.port) != (name, port):
        site.hostname, site.port = name, port
        site.save()


def _close(folder: Path) -> None:
    """Nobody else on the machine looks into the data folder: it holds accounts and drafts. What
    an operator granted to a group stays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (folder, *folder.iterdir()):
        mode = path.stat().st_mode
        if mode & 0o007:
            path.chmod(mode & ~0o007)


def _digest(*folders: Path) -> str:
    """A digest of all files in the folders: what was loaded is loaded again when they change."""
    digest = hashlib.blake2b(digest_size=16)
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
