"""What ``collectstatic`` makes for a server, and makes again on an upgrade."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from pytest_django.fixtures import Settings


@pytest.fixture
def gather(settings: Settings, tmp_path: Path) -> Path:
    """The folder of the sources; what is gathered from it comes to lie in ``static``."""
    source = tmp_path / "source"
    source.mkdir()
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "toolkit.operation.static_files.StaticFiles"},
    }
    return source


def compressed(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.br")}


class TestStaticFiles:
    def test_are_compressed_under_the_names_that_pages_ask_for_and_only_once(
        self, gather: Path, tmp_path: Path
    ) -> None:
        """Catches: an upgrade that compresses everything anew, and one that leaves a changed file
        uncompressed."""
        (gather / "site.css").write_text("a { color: black }\n" * 100)
        (gather / "old.js").write_text("let kept = 1;\n" * 100)
        call_command("collectstatic", interactive=False, verbosity=0)
        first = compressed(tmp_path / "static")
        assert f"{Path(staticfiles_storage.url('site.css')).name}.br" in first
        assert len(first) == 2

        (gather / "site.css").write_text("a { color: white }\n" * 100)
        call_command("collectstatic", interactive=False, verbosity=0)
        second = compressed(tmp_path / "static")
        assert {name: second[name] for name in first} == first
        assert f"{Path(staticfiles_storage.url('site.css')).name}.br" in second.keys() - first
