"""Building a lost index anew by itself: in a process of its own, not again and again, and with
its failure kept for whoever looks after the site."""

from __future__ import annotations

import datetime
import fcntl
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from search.engines import engines
from search.engines.base import EngineUnavailable, RebuildRunning, SearchEngine
from search.models import IndexState
from toolkit.core import leases

log = logging.getLogger(__name__)

#: Seconds until a failed rebuild is tried again; twice as many after each further failure.
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3600.0
#: What stands in the database while an attempt is under way, and stays if it is killed.
UNFINISHED = "the rebuild ended before it was done"

#: When this process last started one: holds where not even the database can be written.
_started_at: float | None = None


@contextmanager
def attempt(engine: SearchEngine) -> Iterator[None]:
    """Keep how a rebuild goes. Whatever it raises becomes ``EngineUnavailable``."""
    state, _ = IndexState.objects.get_or_create(engine=engine.name)
    _keep(engine, attempts=state.attempts + 1, attempted_at=timezone.now(), error=UNFINISHED)
    try:
        yield
    except RebuildRunning:
        _keep(engine, attempts=state.attempts, error=state.error)
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        _keep(engine, error=reason)
        if isinstance(error, EngineUnavailable):
            raise
        log.exception("%s could not be rebuilt", engine.name)
        raise EngineUnavailable(reason) from error
    _keep(engine, attempts=0, error="")


def _keep(engine: SearchEngine, **values: object) -> None:
    try:
        IndexState.objects.filter(engine=engine.name).update(**values)
    except DatabaseError as error:
        log.warning("how the rebuild of %s went cannot be kept: %s", engine.name, error)


def refused(engine: SearchEngine, why: str) -> None:
    """Keep why an engine takes no changes; "" once it took one."""
    try:
        IndexState.objects.get_or_create(engine=engine.name)
        IndexState.objects.filter(engine=engine.name).exclude(refused=why).update(refused=why)
    except DatabaseError as error:
        log.warning("why %s takes no changes cannot be kept: %s", engine.name, error)


def failed() -> list[IndexState]:
    """The engines whose last rebuild ended badly (and is not being tried again just now)."""
    return [
        state
        for state in IndexState.objects.exclude(error="")
        if not leases.is_held(f"rebuild:{state.engine}")
    ]


def may_try_again() -> bool:
    """Whether enough time has gone by since the last failure."""
    now = timezone.now()
    for state in IndexState.objects.exclude(error=""):
        pause = min(FIRST_PAUSE * 2 ** min(state.attempts - 1, 10), LONGEST_PAUSE)
        if state.attempted_at and now - state.attempted_at < datetime.timedelta(seconds=pause):
            return False
    return True


def rebuild_elsewhere() -> bool:
    """Start a rebuild of the lost indexes in a process of its own; False if one is under way, or
    failed a while ago.

    The page that noticed the loss answers at once and says what is going on. Never raises.
    """
    try:
        return _start()
    except (OSError, DatabaseError) as error:
        log.error("a lost search index cannot be rebuilt: %s", error)
        return False


def _start() -> bool:
    global _started_at
    now = time.monotonic()
    if _started_at is not None and now - _started_at < FIRST_PAUSE:
        return False
    if any(leases.is_held(f"rebuild:{engine.name}") for engine in engines()):
        return False
    if not may_try_again():
        return False
    _started_at = now
    directory = settings.SEARCH_INDEX_DIR
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "repair.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        manage = str(settings.BASE_DIR / "manage.py")
        with (directory / "repair.log").open("w") as out:
            # The child inherits the lock and gives it back when it ends, however it ends.
            subprocess.Popen(  # noqa: S603
                [sys.executable, manage, "search", "rebuild", "--lost"],
                pass_fds=[lock.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    return True
