"""What editors upload is read by the worker, once, and what cannot be is written down."""

from __future__ import annotations

import datetime
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.documents.models import Document

from tests.attached.files import attach, composed, docx, hostile, paragraph
from toolkit.attached import waiting
from toolkit.attached.apart import Outcome, read_apart
from toolkit.attached.models import FileText, trouble_with
from toolkit.core import leases

pytestmark = pytest.mark.django_db(transaction=True)

WAITING, READ, FAILED, LEFT = FileText.State


@pytest.fixture(autouse=True)
def place(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def words(document: Document) -> FileText:
    return FileText.objects.get(document=document.pk)


class TestFiles:
    def test_are_read_by_the_worker_without_a_lock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        document = attach(composed("docx", "Toner and ink"), "plan.docx")

        def apart(*args: object) -> Outcome:
            assert not connection.in_atomic_block
            return read_apart(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(waiting, "read_apart", apart)
        call_command("worker", "--once")
        kept = words(document)
        assert (kept.state, kept.reason, kept.is_cut) == (READ, "", False)
        assert "Toner and ink" in kept.text
        assert kept.file == document.file.name

    def test_are_read_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        attach(b"Toner", "a.txt")
        attach(b"Toner", "b.txt")  # the same words again
        attach(b"Toner", "c.zip")
        with mock.patch.object(waiting, "read_apart", wraps=read_apart) as reading:
            assert waiting.read_waiting(within=60) == 3
            assert waiting.read_waiting(within=60) == 0
        assert reading.call_count == 1
        assert sorted(FileText.objects.values_list("state", "text")) == [
            (LEFT, ""), (READ, "Toner"), (READ, "Toner"),
        ]  # fmt: skip

    def test_that_were_replaced_are_read_again_and_say_nothing_until_then(self) -> None:
        document = attach(b"Toner", "a.txt")
        waiting.read_waiting(within=60)
        document.file = ContentFile(b"Ink", name="a.txt")
        document.save()
        assert not FileText.objects.read().exists()
        waiting.read_waiting(within=60)
        assert FileText.objects.read().get().text == "Ink"

    def test_go_with_their_document(self) -> None:
        document = attach(b"Toner", "a.txt")
        waiting.read_waiting(within=60)
        document.delete()
        assert not FileText.objects.exists()

    def test_that_go_while_they_are_read_are_forgotten(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = attach(b"Toner", "a.txt")

        def apart(*args: object) -> Outcome:
            Document.objects.filter(pk=document.pk).delete()
            return Outcome("Toner")

        monkeypatch.setattr(waiting, "read_apart", apart)
        assert waiting.read_waiting(within=60) == 1
        assert not FileText.objects.exists()

    def test_are_left_to_the_worker_that_is_at_it(self) -> None:
        attach(b"Toner", "a.txt")
        with leases.lease("files", seconds=60):
            assert waiting.read_waiting(within=60) == 0

    def test_give_others_their_turn(self) -> None:
        attach(b"Toner", "a.txt")
        assert waiting.read_waiting(within=0) == 0
        assert waiting.read_waiting(within=60) == 1


class TestAFileThatCannotBeRead:
    def test_keeps_no_other_waiting_and_says_why(self) -> None:
        kind, content, _reason = hostile()["a zip bomb"]
        bomb = attach(content, f"bomb.{kind}")
        sound = attach(docx(paragraph("Toner")), "sound.docx")
        waiting.read_waiting(within=60)
        assert words(sound).text == "Toner"
        assert (words(bomb).state, words(bomb).reason) == (FAILED, "large")
        trouble = trouble_with(bomb)
        assert trouble is not None
        assert "Divide it" in str(trouble.remedy)
        assert trouble_with(sound) is None
        assert waiting.read_waiting(within=60) == 0

    def test_may_be_missing(self) -> None:
        document = attach(b"Toner", "a.txt")
        default_storage.delete(document.file.name)
        waiting.read_waiting(within=60)
        assert words(document).reason == "missing"

    def test_may_be_larger_than_what_is_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(waiting, "MOST_BYTES", 3)
        document = attach(b"Toner", "a.txt")
        waiting.read_waiting(within=60)
        assert words(document).reason == "large"

    def test_over_which_workers_die_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file that ends whoever reads it must not end every worker for ever."""
        document = attach(b"Toner", "a.txt")
        died = mock.Mock(side_effect=KeyboardInterrupt)
        monkeypatch.setattr(waiting, "read_apart", died)
        now = timezone.now()
        for minutes in range(0, 120, 15):
            with time_machine.travel(now + datetime.timedelta(minutes=minutes)):
                try:
                    waiting.read_waiting(within=60)
                    waiting.read_waiting(within=60)  # not at once again
                except KeyboardInterrupt:
                    pass
        assert died.call_count == waiting.MOST_TRIES
        assert words(document).reason == "crashed"

    def test_whose_storage_is_away_is_tried_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        document = attach(b"Toner", "a.txt")
        with monkeypatch.context() as away:
            away.setattr(Document, "open_file", mock.Mock(side_effect=ConnectionError))
            waiting.read_waiting(within=60)
            assert words(document).state == WAITING
        with time_machine.travel(timezone.now() + datetime.timedelta(minutes=waiting.PAUSE + 1)):
            waiting.read_waiting(within=60)
        assert words(document).text == "Toner"

    def test_is_tried_again_where_the_service_was_stopped(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = attach(b"Toner", "a.txt")
        with monkeypatch.context() as stopped:
            stopped.setattr(waiting, "read_apart", lambda *_args: Outcome(is_open=True))
            waiting.read_waiting(within=60)
        assert words(document).state == WAITING
        with time_machine.travel(timezone.now() + datetime.timedelta(minutes=waiting.PAUSE + 1)):
            waiting.read_waiting(within=60)
        assert words(document).text == "Toner"

    def test_is_tried_again_when_the_operator_says_so(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        document = attach(b"Toner", "a.txt")
        waiting._fail(document, document.file.name, "txt", "", "time")
        call_command("read_files")
        assert words(document).state == FAILED
        call_command("read_files", "--again")
        assert words(document).text == "Toner"
        assert "1 files looked at, 0 still wait, 0 cannot be read." in capsys.readouterr().out
