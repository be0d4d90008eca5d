"""What a monitor is told."""

from __future__ import annotations

import datetime
import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from search.answers import forget_engines
from search.catalogue import indexing
from search.engines import engines
from search.models import PendingChange
from tests.factories.pages import CaseStudyPageFactory, make_site
from toolkit import health
from toolkit.alerts.models import Alert
from toolkit.operation import writing


class TestHealthz:
    def test_says_that_the_process_answers_without_asking_the_database(
        self, client: Client
    ) -> None:
        response = client.get("/healthz")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})

    def test_answers_a_monitor_that_knows_neither_name_nor_https(
        self, client: Client, settings: Settings
    ) -> None:
        """Catches: the host check or the redirect to https before the answer."""
        settings.ALLOWED_HOSTS = ["toolkit.example"]
        settings.SECURE_SSL_REDIRECT = True
        for host in ("127.0.0.1:8000", "10.0.0.7", "bad host", ""):
            assert client.get("/healthz", headers={"host": host}).status_code == 200
        assert client.post("/healthz").status_code == 405


PROMISED = health.AT_MOST


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test machine under load may take longer; what is promised has a test of its own."""
    monkeypatch.setattr(health, "AT_MOST", 30.0)


@pytest.fixture
def no_rebuild(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    begun: list[bool] = []

    def begin() -> bool:
        begun.append(True)
        return True

    monkeypatch.setattr(health, "rebuild_elsewhere", begin)
    return begun


@pytest.mark.django_db(transaction=True)
class TestReadyz:
    def test_is_ok_with_an_index(self, client: Client) -> None:
        CaseStudyPageFactory(parent=make_site())
        indexing.rebuild(engines()[0])
        response = client.get("/readyz")
        answer = response.json()
        assert (response.status_code, answer["status"]) == (200, "ok")
        assert (answer["search"]["engine"], answer["search"]["entries"]) == ("embedded", 1)

    def test_is_down_without_one_and_has_it_made(
        self, client: Client, no_rebuild: list[bool]
    ) -> None:
        """Catches: an index that is lost until somebody searches, which behind a load balancer
        is never."""
        response = client.get("/readyz")
        assert (response.status_code, response.json()["status"]) == (503, "down")
        assert no_rebuild

    def test_is_degraded_while_the_embedded_index_answers_for_elasticsearch(
        self, client: Client, settings: Settings
    ) -> None:
        indexing.rebuild(engines()[0])
        settings.SEARCH_ENGINE = "elasticsearch"
        settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
        forget_engines()
        response = client.get("/readyz")
        assert (response.status_code, response.json()["status"]) == (200, "degraded")

    def test_keeps_the_password_of_a_server_to_itself(
        self, client: Client, settings: Settings, no_rebuild: list[bool]
    ) -> None:
        settings.SEARCH_ENGINE = "elasticsearch"
        settings.ELASTICSEARCH_URL = "http://elastic:geheim@127.0.0.1:9"
        forget_engines()
        assert "geheim" not in client.get("/readyz").content.decode()

    def test_tells_strangers_the_words_alone(self, client: Client) -> None:
        """Catches: paths, accounts and servers told to whoever asks through the proxy."""
        indexing.rebuild(engines()[0])
        outside = [
            client.get("/readyz", headers={"x-forwarded-for": "127.0.0.1"}).json(),
            client.get("/readyz", REMOTE_ADDR="93.184.216.34").json(),
        ]
        for answer in outside:
            assert answer["database"] == {"status": "ok"}
            assert set(answer["search"]) == {"status"}

    def test_says_why_files_cannot_be_written_and_still_serves(
        self, client: Client, settings: Settings
    ) -> None:
        """Catches: readers sent away because nobody can upload."""
        indexing.rebuild(engines()[0])
        settings.MEDIA_ROOT = "/dev/null/nowhere"
        response = client.get("/readyz")
        assert (response.status_code, response.json()["status"]) == (200, "degraded")
        assert "permission denied: /dev/null is no folder" in response.json()["storage"]["detail"]

    def test_writes_nothing(self, client: Client, settings: Settings) -> None:
        """Catches: a file saved and removed at every question, or litter that stays."""
        indexing.rebuild(engines()[0])
        folders = [Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR)]
        for folder in folders:
            folder.mkdir(exist_ok=True)
            past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC).timestamp()
            os.utime(folder, (past, past))
        client.get("/readyz")
        if connection.vendor == "sqlite":
            folders.pop()  # the database's own log comes and goes there
        assert {folder.stat().st_mtime for folder in folders} == {past}

    def test_tells_of_changes_that_no_index_knows(self, client: Client) -> None:
        """Catches: "ok" over published pages that nobody finds."""
        indexing.rebuild(engines()[0])
        PendingChange.objects.create(engine="embedded", key="x")
        PendingChange.objects.update(at=timezone.now() - datetime.timedelta(minutes=3))
        answer = client.get("/readyz").json()
        assert answer["status"] == "degraded"
        assert answer["search"]["pending"] == 1
        assert answer["search"]["pending_since"]

    def test_tells_of_a_database_that_is_older_than_the_release(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Catches: an upgrade without `set_up` that looks well."""
        indexing.rebuild(engines()[0])
        monkeypatch.setattr(health, "_newest_migrations", lambda: frozenset({("pages", "9999_x")}))
        answer = client.get("/readyz").json()
        assert (answer["status"], answer["database"]["status"]) == ("degraded", "degraded")
        assert "set_up" in answer["database"]["detail"]

    def test_tells_of_mails_that_do_not_go_out_and_of_no_address(self, client: Client) -> None:
        """Catches: readers who wait for a mail, and an operator who does not know."""
        indexing.rebuild(engines()[0])
        assert client.get("/readyz").json()["mail"] == {"status": "ok"}
        alert = Alert.objects.create(email="reader@example.org", language="en")
        Alert.objects.update(failures=1, error="SMTPAuthenticationError 535")
        response = client.get("/readyz")
        assert (response.status_code, response.json()["mail"]["status"]) == (200, "degraded")
        assert "SMTPAuthenticationError 535" in response.json()["mail"]["detail"]
        assert alert.email not in response.content.decode()

    def test_serves_readers_before_the_tables_of_mails_are_there(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        indexing.rebuild(engines()[0])

        def missing() -> Any:
            raise DatabaseError("no such table: alerts_alert")

        monkeypatch.setattr(health.telling, "state", missing)
        response = client.get("/readyz")
        assert (response.status_code, response.json()["status"]) == (200, "degraded")

    def test_answers_within_two_seconds_whatever_hangs(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Catches: a hanging server that makes the monitor wait for each part in turn, and a
        thread more for every question."""
        monkeypatch.setattr(health, "AT_MOST", PROMISED)
        end = threading.Event()

        def hang(*_args: Any) -> Any:
            end.wait(20)
            raise DatabaseError("too late")

        for part in ("_database", "_search", "_storage"):
            monkeypatch.setattr(health, part, hang)
        try:
            for _time in range(2):
                begun = time.monotonic()
                response = client.get("/readyz")
                assert time.monotonic() - begun < 2 + 3  # the load of a test machine
                assert (response.status_code, response.json()["status"]) == (503, "down")
                assert "no answer" in response.json()["database"]["detail"]
            hanging = [t for t in threading.enumerate() if t.name.startswith("readyz ")]
            assert len(hanging) == 3
        finally:
            end.set()
            for thread in hanging:
                thread.join()

    def test_stays_json_and_mails_nobody_in_every_failure(
        self,
        client: Client,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Catches: a traceback for a monitor, and a mail for each of its questions."""
        settings.ADMINS = [("Operator", "operator@toolkit.example")]

        def fail() -> Any:
            raise RuntimeError("boom")

        for part in ("_database", "_search", "_storage", "_backup"):
            monkeypatch.setattr(health, part, fail)
        with caplog.at_level(logging.ERROR):
            response = client.get("/readyz")
        assert response.status_code == 503
        assert json.loads(response.content)["database"]["detail"] == "RuntimeError: boom"
        assert not caplog.records
        assert not mail.outbox


class TestHindrance:
    def test_names_who_owns_what_cannot_be_written(
        self, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Catches: "down" without a word about whose files they are."""
        monkeypatch.setattr(writing, "database_files", list)
        settings.DATA_DIR = settings.SEARCH_INDEX_DIR = settings.MEDIA_ROOT = tmp_path
        assert writing.hindrance() is None
        monkeypatch.setattr(writing.os, "access", lambda *_args: False)
        assert str(writing.hindrance()).startswith(f"permission denied: {tmp_path} belongs to ")

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (OSError(28, "No space left on device"), "no space left"),
            (OSError(30, "Read-only file system"), "read-only"),
            (DatabaseError("database or disk is full"), "no space left"),
            (DatabaseError("attempt to write a readonly database"), "read-only"),
            (PermissionError(13, "Permission denied"), "permission denied"),
            (DatabaseError("no such table"), None),
            (FileNotFoundError(2, "No such file"), None),
        ],
    )
    def test_knows_the_cause_of_a_failed_change(
        self, error: Exception, code: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Catches: a full disk told as "something went wrong"; a fault of ours told as a disk."""
        monkeypatch.setattr(writing, "hindrance", lambda: None)
        cause = writing.cause_of(error)
        assert (cause.code if cause else None) == code
