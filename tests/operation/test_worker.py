"""``manage.py worker``: what is scheduled happens, tasks are done, no duty stops another."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings
from wagtail.models import Page, PageLogEntry, Revision

from search.answers import current_engine
from search.catalogue import indexing
from search.engines import engines
from search.requests import SearchRequest
from tests.factories.pages import CaseStudyPageFactory, ExercisePageFactory, make_site
from toolkit.alerts.models import UNCONFIRMED_GONE_AFTER, Alert
from toolkit.core import leases
from toolkit.operation import duties
from toolkit.pages.models import HomePage

pytestmark = pytest.mark.django_db(transaction=True)


@task(backend="worker")
def double(number: int) -> int:
    return 2 * number


@task(backend="worker")
def fail() -> None:
    raise ValueError("a task of ours is broken")


@pytest.fixture
def home() -> HomePage:
    home = make_site()
    indexing.rebuild(engines()[0])
    return home


def titles() -> list[str]:
    return sorted(hit.title for hit in current_engine().search(SearchRequest.of("")).hits)


class TestWhatIsScheduled:
    def test_is_published_and_expires_and_is_found_accordingly(self, home: HomePage) -> None:
        """Nothing called publish_scheduled: pages stayed drafts, and expired ones stayed live."""
        page = CaseStudyPageFactory(parent=home, title="Later", live=False)
        page.go_live_at = timezone.now() + datetime.timedelta(hours=1)
        page.save_revision().publish()
        call_command("worker", "--once")
        assert titles() == []
        with time_machine.travel(timezone.now() + datetime.timedelta(hours=2)):
            call_command("worker", "--once")
            assert titles() == ["Later"]
        type(page).objects.update(expire_at=timezone.now() - datetime.timedelta(seconds=1))
        call_command("worker", "--once")
        assert titles() == []

    def test_breaks_a_rule_by_now_and_stops_no_other(
        self, home: HomePage, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The first page that could not be published kept all that came after it from going
        online, at every look anew; and nobody was told."""
        boss = User.objects.create_superuser("boss")
        hour = timezone.now() + datetime.timedelta(hours=1)
        pages = []
        for minutes, number in ((0, 7), (1, 8)):
            page = ExercisePageFactory(
                parent=home, title=f"Exercise <{number}>", number=number, live=False
            )
            page.go_live_at = hour + datetime.timedelta(minutes=minutes)
            page.save_revision(user=boss).publish()
            pages.append(page)
        taken = ExercisePageFactory(parent=home, title="Taken", number=9)
        type(taken).objects.filter(pk=taken.pk).update(number=7)
        with time_machine.travel(hour + datetime.timedelta(hours=1)):
            call_command("worker", "--once")
            assert [Page.objects.get(pk=page.pk).live for page in pages] == [False, True]
            assert "not published on schedule: Exercise <7>" in caplog.text
            caplog.clear()
            call_command("publish_scheduled")
            assert caplog.text == ""  # told once
            client = Client()
            client.force_login(boss)
            edit = reverse("wagtailadmin_pages:edit", args=[pages[0].pk])
            history = reverse("wagtailadmin_pages:history", args=[pages[0].pk])
            for address in (reverse("wagtailadmin_home"), edit, history):
                told = client.get(address).content.decode()
                assert "has this number" in told, address
                assert "<7>" not in told, address
                assert "&amp;lt;7" not in told, address
            # as soon as somebody worked on it, it is a draft like others
            pages[0].refresh_from_db()
            pages[0].save_revision(user=boss, clean=False)
            for address in (reverse("wagtailadmin_home"), edit):
                assert "has this number" not in client.get(address).content.decode()

    def test_fails_and_is_tried_again(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A database that was locked for a moment must not cost a page its publication."""
        page = CaseStudyPageFactory(parent=home, title="Later", live=False)
        page.go_live_at = timezone.now() + datetime.timedelta(hours=1)
        page.save_revision().publish()
        with time_machine.travel(timezone.now() + datetime.timedelta(hours=2)):
            with monkeypatch.context() as broken:
                broken.setattr(Revision, "publish", mock.Mock(side_effect=OperationalError))
                call_command("worker", "--once")
            assert titles() == []
            call_command("worker", "--once")
            assert titles() == ["Later"]

    def test_is_left_to_the_worker_that_is_at_it(self, home: HomePage) -> None:
        """Two workers would publish a page twice, and tell of it twice."""
        page = CaseStudyPageFactory(parent=home, title="Soon over")
        type(page).objects.update(expire_at=timezone.now() - datetime.timedelta(seconds=1))
        with leases.lease("publishing", seconds=60):
            call_command("worker", "--once")
            assert titles() == ["Soon over"]
        call_command("worker", "--once")
        call_command("worker", "--once")
        expired = PageLogEntry.objects.filter(action="wagtail.unpublish.scheduled")
        assert expired.count() == 1


class TestTasks:
    def test_are_done_also_after_one_that_fails(self) -> None:
        broken, sound = fail.enqueue(), double.enqueue(21)
        call_command("worker", "--once")
        sound.refresh()
        broken.refresh()
        assert sound.return_value == 42
        assert broken.status == TaskResultStatus.FAILED

    def test_of_a_worker_that_died_are_done_again(self) -> None:
        """A task kept the mark of its worker for ever, and was never done."""
        result = double.enqueue(21)
        DBTaskResult.objects.update(
            status=TaskResultStatus.RUNNING,
            worker_ids=["dead"],
            started_at=timezone.now() - datetime.timedelta(minutes=5),
        )
        call_command("worker", "--once")
        call_command("worker", "--once")
        result.refresh()
        assert result.return_value == 42


class TestMailsToReaders:
    def test_go_out_and_what_nobody_confirmed_is_forgotten(self, home: HomePage) -> None:
        Alert.objects.create(email="reader@example.org", language="en")
        call_command("worker", "--once")
        assert [message.to for message in mail.outbox] == [["reader@example.org"]]
        later = timezone.now() + datetime.timedelta(days=UNCONFIRMED_GONE_AFTER + 1)
        with time_machine.travel(later):
            call_command("worker", "--once")
        assert len(mail.outbox) == 1
        assert not Alert.objects.exists()

    def test_are_no_mails_of_a_site_that_sends_none(
        self, home: HomePage, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.TOOLKIT_SENDS_MAIL = False
        Alert.objects.create(email="reader@example.org", language="en")
        call_command("worker", "--once")
        assert not mail.outbox
        assert "failed" not in caplog.text


def test_a_duty_that_fails_keeps_no_other_waiting(
    home: HomePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(duties, "apply_what_is_pending", full)
    result = double.enqueue(1)
    duties.Duties(worker="w").look()
    result.refresh()
    assert result.return_value == 2
