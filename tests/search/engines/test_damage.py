"""Bits flipped in the embedded index: found wherever they are, told, and mended."""

from __future__ import annotations

import datetime
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from search import answers
from search.catalogue import indexing, repairing
from search.engines import engines
from search.engines.embedded import EmbeddedEngine
from search.models import IndexState
from search.requests import SearchRequest
from tests.factories.pages import CaseStudyPageFactory, make_site
from tests.factories.standing import Ground, Stood

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ["store", "term", "idx", "pos", "fast", "fieldnorm", "del"]


def make_entries() -> None:
    """Twenty entries, one of which is gone; all of them were in the index."""
    with transaction.atomic():
        home = make_site()
        pages = [
            CaseStudyPageFactory(parent=home, title=f"Library {n}", lessons="<p>words</p>" * 50)
            for n in range(20)
        ]
    indexing.rebuild(engines()[0])
    pages[0].unpublish()


def part(folder: Path, kind: str) -> Path:
    """A file of a segment that is in use; those of earlier ones lie beside it until a merge."""
    segments = json.loads((folder / "meta.json").read_text())["segments"]
    names = {segment["segment_id"].replace("-", "") for segment in segments}
    (path,) = (path for path in folder.glob(f"*.{kind}") if path.name.split(".")[0] in names)
    return path


def flip(path: Path, *, place: float = 0.3) -> None:
    """Turn a bit, as a failing disk does: the file's size and time stay."""
    before = path.stat()
    with path.open("r+b") as file:
        at = int(before.st_size * place)
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 4]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def check(*options: str) -> str:
    out = io.StringIO()
    call_command("search", "check", *options, stdout=out)
    return out.getvalue()


@pytest.mark.once  # the files of an index are the same beside every database
class TestAFlippedBit:
    @pytest.fixture(scope="class")
    @classmethod
    def standing_entries(cls, ground: Ground) -> Iterator[Stood[None]]:
        with ground.committed(make_entries) as stood:
            yield stood

    @pytest.fixture
    def folder(self, standing_entries: Stood[None], own_index: None) -> Path:
        """The served index."""
        standing_entries.use_copy_of_index()
        (engine,) = engines()
        assert isinstance(engine, EmbeddedEngine)
        (path,) = (path for path in engine.generations.directory.iterdir() if path.is_dir())
        return path

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_found_and_mended_in_every_kind_of_file(self, folder: Path, kind: str) -> None:
        """Three bits in a .store made some searches fail for good, and nothing found them."""
        assert "equals the database" in check()
        path = part(folder, kind)
        flip(path)
        with pytest.raises(CommandError, match="damaged"):
            check()
        assert "equals the database" in check("--fix")
        assert answers.answer(SearchRequest.of("library")).total == 19

    def test_is_told_by_health_which_has_it_mended(
        self, folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started: list[bool] = []
        monkeypatch.setattr(answers, "rebuild_elsewhere", lambda: started.append(True))
        path = part(folder, "pos")  # health reads one stored entry, and no place of a word
        flip(path)
        health, _behind = answers.readiness()
        assert (health.status, health.is_damaged) == ("degraded", True)
        assert path.name in health.detail
        assert started
        assert client.get("/readyz").json()["status"] == "degraded"

    def test_is_reason_enough_for_the_repair(self, folder: Path) -> None:
        """The process that was started for a damaged index looked at one search, found it
        answered, and went away."""
        path = part(folder, "store")
        flip(path)
        out = io.StringIO()
        call_command("search", "rebuild", "--lost", stdout=out)
        assert "19 entries" in out.getvalue()

    def test_met_by_a_search_is_a_page_that_says_so(
        self, folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever comes out of a damaged file: no reader's 500."""
        started: list[bool] = []
        monkeypatch.setattr(answers, "rebuild_elsewhere", lambda: started.append(True))
        for path in folder.glob("*.store"):
            for place in range(40):
                flip(path, place=place / 45)
        response = client.get("/en/search/?q=library")
        assert response.status_code == 503
        assert started


class TestARepair:
    @pytest.fixture
    def started(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """The processes that were started; each fails at once."""
        started: list[Any] = []

        class Failing:
            def __init__(self, command: list[str], **options: Any) -> None:
                started.append(command)

        monkeypatch.setattr(subprocess, "Popen", Failing)
        monkeypatch.setattr(repairing, "_started_at", None)
        return started

    def test_that_fails_is_not_started_by_every_search(self, started: list[Any]) -> None:
        for _ in range(5):
            assert answers.answer(SearchRequest.of("x")) is answers.REBUILDING
        assert len(started) == 1

    def test_that_failed_is_left_for_a_while_by_every_process(
        self, started: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its error is kept, and tried again later and later."""
        (engine,) = engines()

        def full(entries: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(engine, "rebuild", full)
        for attempts in (1, 2):
            with pytest.raises(CommandError, match="No space left"):
                call_command("search", "rebuild")
            state = IndexState.objects.get(engine="embedded")
            assert (state.attempts, "No space left" in state.error) == (attempts, True)
        assert not repairing.rebuild_elsewhere()
        _health, behind = answers.readiness()
        assert (behind.status, behind.cause) == ("degraded", "no space left")
        late = timezone.now() - datetime.timedelta(seconds=2 * repairing.FIRST_PAUSE + 1)
        IndexState.objects.update(attempted_at=late)
        assert repairing.rebuild_elsewhere()
        assert len(started) == 1
        monkeypatch.undo()
        call_command("search", "rebuild", stdout=io.StringIO())
        assert answers.readiness()[1].status == "ok"

    def test_that_was_killed_is_a_failure_too(self) -> None:
        """Nobody was there to write down how it ended."""
        (engine,) = engines()
        with pytest.raises(KeyboardInterrupt), repairing.attempt(engine):
            raise KeyboardInterrupt
        assert repairing.failed()[0].error == repairing.UNFINISHED
        assert not repairing.may_try_again()
