"""A site that is made once and copied for every test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.operation.sites import PASSWORD, SiteInFolder


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[SiteInFolder, Path]:
    """A site with one entry, one uploaded file and an administrator, and a backup of it."""
    folder = tmp_path_factory.mktemp("made")
    site = SiteInFolder(folder / "data")
    site.does("set_up", "--no-starter")
    site.script(
        f"""
home = make_site()
CaseStudyPageFactory(parent=home, title="Mobile libraries", slug="mobile")
from django.contrib.auth.models import User
User.objects.create_superuser("editor", "editor@toolkit.example", {PASSWORD!r})
"""
    )
    (site.data / "media" / "documents").mkdir(parents=True)
    (site.data / "media" / "documents" / "plan.txt").write_text("the plan")
    backup = folder / "backup.tar.gz"
    site.does("backup", str(backup))
    return site, backup


@pytest.fixture
def site(made: tuple[SiteInFolder, Path], tmp_path: Path) -> SiteInFolder:
    shutil.copytree(made[0].data, tmp_path / "data")
    return SiteInFolder(tmp_path / "data")


@pytest.fixture
def backup(made: tuple[SiteInFolder, Path]) -> Path:
    return made[1]
