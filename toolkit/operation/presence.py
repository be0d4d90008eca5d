"""Whether somebody works with the site's data: a lock that every process holds while it lives.

Servers take it when they start, commands with their first connection to the database; any number
hold it together. Restoring needs it alone, so it cannot pull the data from under a running site.
The lock is the operating system's: a process that dies, however it dies, lets go of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created

log = logging.getLogger(__name__)

#: Beside the lock while data are exchanged; one that stays tells of a restore that was cut off.
UNFINISHED = "restore-unfinished"
IN_USE, WORKER = "in-use.lock", "worker.lock"


class InUse(Exception):
    """Others work with the data. ``processes`` are their numbers, where they are known."""

    def __init__(self, processes: list[int]) -> None:
        self.processes = processes
        numbers = f" (process {', '.join(map(str, processes))})" if processes else ""
        super().__init__(f"the site is running{numbers}")


class BeingRestored(ImproperlyConfigured):
    """The data are being exchanged, or were left half exchanged."""


_held: int | None = None
_worker: int | None = None
_alone = False


def connect() -> None:
    """From now on a process that opens the database is known to work with it."""
    connection_created.connect(_opened, dispatch_uid="operation.presence")


def _opened(connection: Any, **_kwargs: Any) -> None:
    if connection.alias == "default":
        hold()


def hold() -> None:
    """Hold the lock for as long as this process lives. Raises ``BeingRestored``.

    Where the data folder cannot be written and has no lock, there is nothing to hold.
    """
    global _held
    if _alone or _held is not None:
        return
    descriptor = _open(IN_USE)
    if descriptor is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BeingRestored("The site is being restored: start it when that is done.") from None
    if (_folder() / UNFINISHED).exists():
        os.close(descriptor)
        raise BeingRestored(
            "A restore was cut off and the data are half exchanged: run `manage.py restore FILE` "
            "again."
        )
    _held = descriptor


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Have the data to this process alone. Raises ``InUse`` while any other works with them."""
    global _alone, _held
    if _held is not None:
        os.close(_held)
        _held = None
    _folder().mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_folder() / IN_USE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(_holders(os.fstat(descriptor).st_ino)) from None
        _alone = True
        yield
    finally:
        _alone = False
        os.close(descriptor)


def be_the_worker() -> None:
    """Let others know that a worker runs, for as long as this process lives."""
    global _worker
    _worker = _open(WORKER)
    if _worker is not None:
        fcntl.flock(_worker, fcntl.LOCK_SH)  # at once, but for whoever is just asking


def worker_runs() -> bool:
    """Whether a worker runs on this machine. Looking writes nothing."""
    try:
        descriptor = os.open(_folder() / WORKER, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _open(name: str) -> int | None:
    for flags in (os.O_RDONLY | os.O_CREAT, os.O_RDONLY):
        with contextlib.suppress(OSError):
            return os.open(_folder() / name, flags, 0o644)
    return None


def _holders(inode: int) -> list[int]:
    """The processes that hold the lock, as Linux lists them; none where it does not."""
    try:
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return []
    found = {int(words[4]) for line in lines if (words := line.split())[5].endswith(f":{inode}")}
    return sorted(number for number in found if number > 0)


def _folder() -> Path:
    return Path(settings.DATA_DIR)
