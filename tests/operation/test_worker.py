"""``manage.py worker``: what is scheduled happens, tasks are done, no duty stops another."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult
from wagtail.models import PageLogEntry

from search.answers import current_engine
from search.catalogue import indexing
from search.engines import engines
from search.requests import SearchRequest
from tests.factories.pages import CaseStudyPageFactory, make_site
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
