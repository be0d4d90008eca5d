"""A file is read in a process of its own, which cannot do harm and always ends."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.attached import files
from tests.rules import for_each
from toolkit.attached import apart
from toolkit.attached.apart import Outcome, read_apart
from toolkit.attached.parsing.words import MOST_CHARACTERS

#: What a confined process does → whether it can.
_TRIES = """
import json, os, resource, socket, subprocess, sys
from toolkit.attached.parsing.__main__ import confine
confine()
def can(act):
    try:
        act()
    except (OSError, MemoryError):
        return False
    return True
def write():
    with open(sys.argv[1], "w") as file:
        file.write("harm")
print(json.dumps({
    "memory": can(lambda: bytearray(1_000_000_000)),
    "files": can(write),
    "cpu": resource.getrlimit(resource.RLIMIT_CPU)[0],
    "processes": resource.getrlimit(resource.RLIMIT_NPROC)[0],
    "secrets": sorted(name for name in os.environ if "KEY" in name or "URL" in name),
}))
"""


def read(content: bytes, kind: str, **more: float) -> Outcome:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return read_apart(file, kind, **more)


def children() -> list[int]:
    """Processes of this one."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(os.getpid())], capture_output=True)
    return [int(number) for number in found.stdout.split()][:-1]  # without ps itself


def is_alive(number: int) -> bool:
    try:
        told = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] not in "ZX"


class TestAFileReadApart:
    def test_gives_its_words(self) -> None:
        assert read(files.docx(files.paragraph("Toner &amp; ink")), "docx") == Outcome(
            "Toner & ink"
        )

    def test_says_that_it_has_more_of_them(self) -> None:
        found = read(b"word " * MOST_CHARACTERS, "txt")
        assert found.is_cut
        assert len(found.text) <= MOST_CHARACTERS

    @for_each(["a PDF with a password", "a billion laughs", "a file cut off"])
    def test_or_the_reason_why_not(self, name: str) -> None:
        kind, content, reason = files.hostile()[name]
        assert read(content, kind) == Outcome(reason=reason)

    def test_may_grow_no_larger_than_it_may(self) -> None:
        assert read(files.growing_pdf(), "pdf").reason in {"large", "memory"}

    def test_is_ended_where_it_does_not_end(self) -> None:
        """Ten million strokes on a page would keep it busy for hours."""
        before = children()
        assert read(files.drawn_pdf(b"(a) Tj " * 2_000_000), "pdf", seconds=2) == Outcome(
            reason="time"
        )
        assert children() == before

    def test_is_no_failure_where_the_service_was_stopped(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An upgrade while a file was read would have called the file broken."""
        self._stands_in(monkeypatch, "os.kill(os.getpid(), signal.SIGTERM)")
        assert read(b"", "txt") == Outcome(is_open=True)

    @for_each([("SIGXCPU", "time"), ("SIGKILL", "ended"), ("SIGSEGV", "crashed")])
    def test_is_told_of_by_how_it_ended(self, case: tuple[str, str]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            self._stands_in(patch, f"os.kill(os.getpid(), signal.{case[0]})")
            assert read(b"", "txt") == Outcome(reason=case[1])

    @for_each(
        [
            "print('no JSON')", "print('[]')", "print('{}')", "print('{\"text\": 3}')",
            "sys.exit(3)", "print('[' * 100_000)", "os.close(1); os.close(2)",
            "print('x' * 9_000_000)", "print('{\"reason\": \"<b>made up</b>\"}')",
        ]
    )  # fmt: skip
    def test_is_believed_nothing_that_it_cannot_say(self, act: str) -> None:
        """Whoever takes over the process may say what he likes."""
        with pytest.MonkeyPatch.context() as patch:
            self._stands_in(patch, act)
            assert read(b"", "txt") == Outcome(reason="crashed")

    def test_is_believed_no_more_words_than_are_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._stands_in(monkeypatch, "print('{\"text\": \"' + 'x' * 300_000 + '\\\\u0000\"}')")
        found = read(b"", "txt")
        assert found == Outcome("x" * MOST_CHARACTERS, is_cut=True)

    def test_leaves_no_process_of_its_own_behind(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        told = tmp_path / "pid"
        self._stands_in(
            monkeypatch,
            "child = subprocess.Popen(['sleep', '600']); "
            f"open({str(told)!r}, 'w').write(str(child.pid)); print('{{}}')",
        )
        read(b"", "txt", seconds=10)
        deadline = time.monotonic() + 30
        while is_alive(int(told.read_text())) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_alive(int(told.read_text()))

    def _stands_in(self, patch: pytest.MonkeyPatch, act: str) -> None:
        """Another program in the place of the one that reads: what one can become."""
        started = subprocess.Popen

        def start(command: list[str], **more: object) -> subprocess.Popen[bytes]:
            assert command[1:3] == ["-m", "toolkit.attached.parsing"]
            program = f"import os, signal, subprocess, sys; {act}"
            return started([sys.executable, "-c", program], **more)  # type: ignore[call-overload, no-any-return]

        patch.setattr(apart.subprocess, "Popen", start)


class TestItsProcess:
    def test_can_do_no_harm(self, tmp_path: Path) -> None:
        import json

        there = tmp_path / "harm"
        env = {"LANG": "C.UTF-8"}
        done = subprocess.run(
            [sys.executable, "-c", _TRIES, str(there)],
            cwd=settings.BASE_DIR,
            env=env,
            capture_output=True,
            check=True,
        )
        assert json.loads(done.stdout) == {
            "memory": False, "files": False, "cpu": 12, "processes": 0, "secrets": [],
        }  # fmt: skip
        assert not there.exists() or there.read_text() == ""
