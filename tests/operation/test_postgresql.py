"""Backups of PostgreSQL, and the move there."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.operation.sites import SiteInFolder
from tests.servers import require_postgresql

WITHDRAW = """
CaseStudyPage.objects.get().unpublish()
CaseStudyPageFactory(parent=HomePage.objects.get(), title="Floating libraries")
"""


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    url = require_postgresql().replace("postgresql://", "postgres://", 1)
    name = f"test_operation_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class TestPostgresql:
    def test_takes_a_sqlite_site_over_and_is_backed_up_and_restored(
        self, site: SiteInFolder, backup: Path, database: str, tmp_path: Path
    ) -> None:
        """Catches: a move that loses rows, or numbers that are given out twice after it; a
        restore that another program's open connection makes wait for ever, or that goes half."""
        moved = replace(site, more={"DATABASE_URL": database})
        assert (
            "needs a backup made by this very release"
            in moved.manage("restore", str(backup)).stderr
        )
        moved.does("migrate", "--verbosity", "0")
        rows = """
from django.apps import apps
print({m._meta.label: m._base_manager.count() for m in apps.get_models(include_auto_created=True)
       if m._meta.managed and m._meta.app_label not in
          ("wagtailsearch", "contenttypes", "auth", "search", "core")})
"""
        before = site.script(rows)
        moved.does("restore", str(backup))
        assert moved.script(rows) == before
        assert moved.script("print(found('libraries'))") == "['Mobile libraries']"
        moved.script("CaseStudyPageFactory(parent=HomePage.objects.get(), title='A third one')")

        own = tmp_path / "postgresql.tar.gz"
        moved.script("CaseStudyPage.objects.get(title='A third one').delete()")
        moved.does("backup", str(own))
        moved.script(WITHDRAW)
        with psycopg.connect(database):
            assert "the site is running" in moved.manage("restore", str(own)).stderr
        moved.does("restore", str(own))
        assert moved.script("print(found('libraries'))") == "['Mobile libraries']"
        # Over a running number: what is made next gets one of its own
        moved.script(WITHDRAW)
