"""What the worker does: each duty by itself, so that one that fails keeps no other waiting."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone
from django_tasks import DEFAULT_TASK_QUEUE_NAME, TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, Revision

from search.catalogue.indexing import apply_in_passing
from search.catalogue.tidying import tidy_indexes
from search.models import PendingChange
from toolkit.alerts import models as alerts
from toolkit.alerts import telling
from toolkit.attached.waiting import read_waiting
from toolkit.core.leases import is_held, lease
from toolkit.editing import schedule
from toolkit.wanted import models as wanted

log = logging.getLogger(__name__)

BACKEND = "worker"
#: Seconds of one look at the index; what is left follows at the next.
INDEXING = 20.0
#: Seconds between two looks at what is scheduled, and at tasks whose worker died.
SCHEDULE, RECOVERY = 10.0, 60.0
#: A worker's sign of life, in seconds; a task of one that gave none is done again.
ALIVE = 60.0
#: Seconds between two looks at files that nobody has read, and of one look.
FILES, READING = 2.0, 10.0
#: Seconds between two looks at what saves have left behind in an index.
TIDYING = 60.0
#: Seconds between two looks at mails to readers: somebody waits for the first.
MAILING = 10.0
#: How long the results of tasks are kept.
KEPT_DAYS = 7


class Duties:
    """All that a worker does, by its name (unique among the workers)."""

    def __init__(self, *, worker: str) -> None:
        self._worker = worker
        self._last: dict[str, float] = {}

    def look(self) -> None:
        """Do whatever is due."""
        self._do(apply_what_is_pending, every=0)
        self._do(publish_and_expire, every=SCHEDULE)
        self._do(self._do_tasks, every=0)
        self._do(take_up_again, every=RECOVERY)
        self._do(read_files, every=FILES)
        self._do(tidy_indexes, every=TIDYING)
        self._do(tell_readers, every=MAILING)
        self._do(notice_what_is_new, every=3600)
        self._do(forget_old_results, every=3600)
        self._do(forget_readers, every=3600)

    def _do(self, duty: Callable[[], None], *, every: float) -> None:
        now = time.monotonic()
        if now - self._last.get(duty.__name__, -every) < every:
            return
        self._last[duty.__name__] = now
        try:
            duty()
        except Exception:
            # The database restarts, a disk is full: the next look may do better
            log.exception("%s failed", duty.__name__)
            self._last[duty.__name__] = now + 5

    def _do_tasks(self) -> None:
        # Asked before, because taking one costs the database's write lock
        while DBTaskResult.objects.ready().filter(backend_name=BACKEND).exists():
            with lease(f"worker:{self._worker}", seconds=ALIVE, kept_alive=True):
                Worker(
                    queue_names=[DEFAULT_TASK_QUEUE_NAME],
                    interval=0,
                    batch=True,
                    backend_name=BACKEND,
                    startup_delay=False,
                    max_tasks=1,
                    worker_id=self._worker,
                    excluded_queue_names=[],
                ).run()


def apply_what_is_pending() -> None:
    """Tell the indexes what they still have to learn."""
    if PendingChange.objects.exists():
        apply_in_passing(within=INDEXING)


def publish_and_expire() -> None:
    """Publish what is scheduled for a moment that has come, and unpublish what has expired."""
    now = timezone.now()
    due = Revision.objects.filter(approved_go_live_at__lt=now).exists()
    if due or Page.objects.filter(live=True, expire_at__lt=now).exists():
        with lease("publishing", seconds=60, kept_alive=True) as held:
            if held is not None:
                schedule.publish_and_expire()


def take_up_again() -> None:
    """Do tasks again whose worker died over them."""
    long_ago = timezone.now() - datetime.timedelta(seconds=ALIVE)
    for task in DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, backend_name=BACKEND, started_at__lt=long_ago
    ):
        if not is_held(f"worker:{(task.worker_ids or ['-'])[-1]}"):
            log.warning("task %s is done again, its worker died", task.task_path)
            DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING).update(
                status=TaskResultStatus.READY
            )


def tell_readers() -> None:
    """Send readers the mails that are due."""
    telling.tell_if_due()


def notice_what_is_new() -> None:
    """Write down what everybody may read by now, also while nobody asks for it."""
    telling.notice()


def read_files() -> None:
    """Read the files that were uploaded, for their words."""
    read_waiting(within=READING)


def forget_readers() -> None:
    """Remove what readers gave of themselves, when the time that they were told is over."""
    wanted.forget()
    alerts.forget()


def forget_old_results() -> None:
    """Remove the results of tasks that are done."""
    before = timezone.now() - datetime.timedelta(days=KEPT_DAYS)
    DBTaskResult.objects.finished().filter(Q(finished_at__lt=before)).delete()
