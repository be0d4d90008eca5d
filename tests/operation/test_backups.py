"""Backups that can be trusted, and restoring that cannot destroy."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.server import serving
from tests.operation.sites import ROOT, SETUP, SiteInFolder

NOTHING_RESTORED = "Nothing was restored"


WITHDRAW = """
CaseStudyPage.objects.get().unpublish()
CaseStudyPageFactory(parent=HomePage.objects.get(), title="Floating libraries")
"""


class TestBackup:
    def test_is_for_its_owner_alone_and_told_to_the_monitor(
        self, site: SiteInFolder, tmp_path: Path
    ) -> None:
        """Catches: every password's digest readable by all; nobody knows that backups ended."""
        folder = tmp_path / "backups"
        folder.mkdir()
        for day in range(3):
            (folder / f"toolkit-2020010{day + 1}-000000.tar.gz").write_bytes(b"old")
        site.does("backup", str(folder), "--keep", "2")
        names = sorted(path.name for path in folder.iterdir())
        assert names[0] == "toolkit-20200103-000000.tar.gz"
        assert len(names) == 2
        assert (folder / names[1]).stat().st_mode & 0o777 == 0o600
        said = site.script("from toolkit.operation.backup_records import last_backup\n"
                           "print(last_backup().file)")  # fmt: skip
        assert said == str(folder / names[1])

    @pytest.mark.parametrize("place", [0, 100, 400_000], ids=["head", "schema", "pages"])
    def test_is_not_made_of_a_damaged_database_but_put_in_its_place(
        self, site: SiteInFolder, backup: Path, tmp_path: Path, place: int
    ) -> None:
        """Catches: good backups pushed out by copies of a broken file; a restore that asks the
        very database that it is to replace."""
        database = site.data / "db.sqlite3"
        with database.open("r+b") as file:
            file.seek(place)
            file.write(b"\xff" * 40_000)
        told = site.manage("search", "check").stderr
        assert ("The database is damaged" in told) or "Traceback" not in told
        done = site.manage("backup", str(tmp_path / "b.tar.gz"))
        assert done.returncode
        assert "No backup was made" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "b.tar.gz").exists()
        site.does("restore", str(backup))
        assert site.script("print(found('libraries'))") == "['Mobile libraries']"

    def test_overwrites_nothing(self, site: SiteInFolder, backup: Path) -> None:
        """Catches: a slip of the hand that replaces the only good backup."""
        before = backup.read_bytes()
        assert "is there already" in site.manage("backup", str(backup)).stderr
        assert backup.read_bytes() == before


class TestRestore:
    def test_brings_back_database_files_and_index(self, site: SiteInFolder, backup: Path) -> None:
        """Catches: the old index that goes on serving entries which the database withdrew."""
        site.script(WITHDRAW)
        assert site.script("print(found('libraries'))") == "['Floating libraries']"
        plan = site.data / "media" / "documents" / "plan.txt"
        plan.write_text("another plan")
        (site.data / "media" / "new.txt").write_text("new")

        site.does("restore", str(backup))

        assert site.script("print(found('libraries'))") == "['Mobile libraries']"
        assert plan.read_text() == "the plan"
        assert not (site.data / "media" / "new.txt").exists()
        (kept,) = site.data.glob("replaced-*")
        assert (kept / "media" / "documents" / "plan.txt").read_text() == "another plan"

    def test_over_a_killed_site_gives_a_sound_database(
        self, site: SiteInFolder, backup: Path
    ) -> None:
        """Catches: the log of the old database read into the new one, which is then malformed."""
        process = subprocess.Popen(
            [sys.executable, "-c", SETUP + WITHDRAW + "print('done', flush=True)\ninput()"],
            cwd=ROOT,
            env=site.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert b"done" in process.stdout.readline()
        # An open connection, so that the log stays
        with sqlite3.connect(site.data / "db.sqlite3") as reader:
            reader.execute("SELECT count(*) FROM wagtailcore_page").fetchone()
            process.send_signal(signal.SIGKILL)
            process.wait()
            shutil.copy(site.data / "db.sqlite3-wal", site.data.parent / "wal")
        reader.close()
        shutil.copy(site.data.parent / "wal", site.data / "db.sqlite3-wal")
        assert (site.data / "db.sqlite3-wal").stat().st_size > 0

        site.does("restore", str(backup))

        with sqlite3.connect(site.data / "db.sqlite3") as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        database.close()
        assert site.script("print(found('libraries'))") == "['Mobile libraries']"

    def test_waits_for_nobody_and_pulls_nothing_from_under_a_running_site(
        self, site: SiteInFolder, backup: Path
    ) -> None:
        """Catches: data exchanged while servers write them."""
        with serving(site.data) as running:
            before = site.contents()
            done = site.manage("restore", str(backup))
            assert done.returncode
            assert f"{NOTHING_RESTORED}: the site is running" in done.stderr
            assert site.contents() == before
            assert running.get("/en/").status == 200

    def test_refuses_what_is_not_whole_and_touches_nothing(
        self, site: SiteInFolder, backup: Path, tmp_path: Path
    ) -> None:
        """Catches: half a backup put in the place of a whole site."""
        files = []
        for number, spoil in enumerate(SPOILT):
            files.append(str(tmp_path / f"{number}.tar.gz"))
            spoil(backup, Path(files[-1]))
        before = site.contents()
        script = f"""
from django.core.management import CommandError, call_command
for file in {files!r}:
    try:
        call_command("restore", file)
    except CommandError as error:
        print(error)
"""
        said = site.script(script).splitlines()
        assert len(said) == len(files)
        assert all(line.startswith(NOTHING_RESTORED) for line in said), said
        assert site.contents() == before

    def test_that_fails_on_the_way_leaves_what_was_there(
        self, site: SiteInFolder, backup: Path
    ) -> None:
        """Catches: a disk that fills up between the old database and the new one."""
        before = site.contents()
        script = f"""
import shutil
from pathlib import Path
from toolkit.operation import backups
real = shutil.move
def failing(step):
    moves = []
    def move(*arguments):
        moves.append(arguments)
        if len(moves) == step:
            raise OSError(28, "No space left on device")
        return real(*arguments)
    return move
for step in (1, 2, 3, 4):
    backups.shutil.move = failing(step)
    try:
        backups.restore(Path({str(backup)!r}))
    except OSError as error:
        print(error)
print(found("libraries"))
"""
        said = site.script(script).splitlines()
        assert [("No space left" in line) for line in said[:4]] == [True] * 4
        assert said[4] == "['Mobile libraries']"
        assert site.contents() == before

    def test_that_was_cut_off_keeps_the_site_from_starting(
        self, site: SiteInFolder, backup: Path
    ) -> None:
        """Catches: an empty database made in the place of one that had just been moved away."""
        (site.data / "restore-unfinished").touch()
        done = site.manage("search", "check")
        assert done.returncode
        assert "run `manage.py restore FILE` again" in done.stderr
        site.does("restore", str(backup))
        assert site.script("print(found('libraries'))") == "['Mobile libraries']"


class TestAnIndex:
    def test_of_another_database_is_never_served(self, site: SiteInFolder, tmp_path: Path) -> None:
        """Catches: a database exchanged by hand, over an index that knows other entries."""
        other = SiteInFolder(tmp_path / "other")
        shutil.copytree(site.data, other.data)
        other.script(
            """
from search.engines.identity import new_identity
new_identity()
CaseStudyPage.objects.all().delete()
CaseStudyPageFactory(parent=HomePage.objects.get(), title="A library boat")
"""
        )
        shutil.copy(other.data / "db.sqlite3", site.data / "db.sqlite3")
        assert site.script("print(found('libraries'))") == "[]"
        end = time.monotonic() + 60  # that search has had it made anew
        while (found := site.script("print(found('library'))")) == "[]" and time.monotonic() < end:
            time.sleep(0.5)
        assert found == "['A library boat']"


def _cut(backup: Path, spoilt: Path) -> None:
    spoilt.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])


def _cut_late(backup: Path, spoilt: Path) -> None:
    """The archive ends where a file ends: all that is there is whole."""
    with tarfile.open(backup) as old, tarfile.open(spoilt, "w:gz") as new:
        for entry in old.getmembers()[:-1]:
            new.addfile(entry, old.extractfile(entry))


def _flip(backup: Path, spoilt: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 3] ^= 0x10
    spoilt.write_bytes(content)


def _swap(backup: Path, spoilt: Path) -> None:
    """A file was exchanged, and the archive packed anew."""
    with tarfile.open(backup) as old, tarfile.open(spoilt, "w:gz") as new:
        for entry in old.getmembers():
            content = old.extractfile(entry).read()  # type: ignore[union-attr]
            if entry.name.endswith("plan.txt"):
                content = b"Das Plan"
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))


def _newer(backup: Path, spoilt: Path) -> None:
    with tarfile.open(backup) as old, tarfile.open(spoilt, "w:gz") as new:
        for entry in old.getmembers():
            content = old.extractfile(entry).read()  # type: ignore[union-attr]
            if entry.name == "manifest.json":
                manifest = json.loads(content)
                manifest["migrations"].append("pages.9999_of_the_future")
                content = json.dumps(manifest).encode()
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))


def _no_backup(backup: Path, spoilt: Path) -> None:
    spoilt.write_bytes(gzip.compress(b"not a backup"))


SPOILT: list[Callable[[Path, Path], None]] = [
    _cut,
    _cut_late,
    _flip,
    _swap,
    _newer,
    _no_backup,
]
