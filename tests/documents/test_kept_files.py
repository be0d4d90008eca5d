"""Files kept under a digest: made once, whole or not at all, within a budget."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from toolkit.documents import kept_files
from toolkit.documents.kept_files import contents, kept, size_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "files"


def used(path: Path, seconds_ago: float) -> Path:
    then = time.time() - seconds_ago
    os.utime(path, (then, then))
    return path


class TestMaking:
    def test_that_fails_leaves_nothing_and_is_tried_again(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail() -> bytes:
            raise RuntimeError("no")

        with pytest.raises(RuntimeError):
            kept("abcdef", "pdf", fail)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", lambda *_args: fail())
            with pytest.raises(RuntimeError):
                kept("abcdef", "pdf", lambda: b"half")
        assert [path for path in folder.rglob("*") if path.is_file()] == []
        assert kept("abcdef", "pdf", lambda: b"whole").read_bytes() == b"whole"

    def test_is_done_once_for_eight_who_ask_together(self) -> None:
        made: list[int] = []

        def make() -> bytes:
            made.append(1)
            time.sleep(0.1)
            return b"file"

        threads = [threading.Thread(target=kept, args=("abcdef", "pdf", make)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(made) == 1

    def test_waits_for_another_process(self, folder: Path) -> None:
        begun = multiprocessing.get_context("fork").Event()

        def make() -> bytes:
            begun.set()
            time.sleep(0.5)
            return b"theirs"

        other = multiprocessing.get_context("fork").Process(
            target=kept, args=("abcdef", "pdf", make)
        )
        other.start()
        assert begun.wait(10)
        assert kept("abcdef", "pdf", lambda: b"ours").read_bytes() == b"theirs"
        other.join()

    def test_where_nothing_can_be_written_gives_the_bytes_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[int] = []

        def full(*_args: Any) -> None:
            raise OSError(28, "No space left on device")

        def make() -> bytes:
            made.append(1)
            return b"file"

        monkeypatch.setattr(kept_files, "_write", full)
        assert contents("abcdef", "pdf", make) == b"file"
        assert len(made) == 1
        assert size_of("abcdef", "pdf") is None


class TestTheBudget:
    def test_throws_away_what_was_asked_for_longest_ago(self, settings: Any) -> None:
        settings.TOOLKIT_FILES_BUDGET = 1000
        old = used(kept("aa1", "pdf", lambda: b"x" * 400), 9_000)
        older = used(kept("bb1", "pdf", lambda: b"x" * 400), 10_000)
        kept("bb1", "pdf", lambda: b"")  # asked for again: now it is the younger one
        new = kept("cc1", "pdf", lambda: b"x" * 400)
        assert not old.exists()
        assert older.exists()
        assert new.exists()

    def test_never_throws_away_the_file_just_made(self, settings: Any) -> None:
        settings.TOOLKIT_FILES_BUDGET = 10
        assert kept("aa1", "pdf", lambda: b"x" * 400).exists()

    def test_removes_what_a_crash_left_half_made(self, folder: Path) -> None:
        (folder / "aa").mkdir(parents=True)
        fresh, left = folder / "aa" / "new.part", folder / "aa" / "old.part"
        fresh.write_bytes(b"x")
        left.write_bytes(b"x")
        used(left, 7200)
        kept("bb1", "pdf", lambda: b"x")
        assert (fresh.exists(), left.exists()) == (True, False)
