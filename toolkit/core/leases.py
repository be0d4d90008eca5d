"""Who may do what only one may do at a time, over all processes and hosts: a lease.

A lease is a row that names its holder. It ends when it is given back, when its time is over,
and, on the machine of its holder, as soon as that process is gone: asking costs one query and
nobody ever waits for a lock of the database (docs/decisions/0009-indexing-without-locks.md).
"""

from __future__ import annotations

import datetime
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, connection
from django.utils import timezone

from toolkit.core.models import Lease

log = logging.getLogger(__name__)

_PROC = Path("/proc")


@dataclass
class Held:
    """A lease in hand. ``turn`` grows with every holder: what is written in an earlier turn and
    arrives late can be told by it."""

    name: str
    holder: str
    turn: int
    seconds: float
    _since: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until another may take it."""
        return self._since + self.seconds - time.monotonic()

    def renew(self) -> bool:
        """Begin its time anew; False if another has it by now."""
        since = time.monotonic()
        until = timezone.now() + datetime.timedelta(seconds=self.seconds)
        if not self._row().update(until=until):
            return False
        self._since = since
        return True

    def is_ours(self) -> bool:
        return self._row().exists()

    def give_back(self) -> None:
        """Let another take it. What cannot be written now ends with its time."""
        try:
            self._row().update(holder="", until=timezone.now())
        except DatabaseError as error:
            log.warning("the lease %s ends by itself: %s", self.name, error)

    def _row(self):  # type: ignore[no-untyped-def]
        return Lease.objects.filter(name=self.name, holder=self.holder, turn=self.turn)


def take(name: str, *, seconds: float) -> Held | None:
    """The lease of this name for so many seconds; None while another holds it."""
    row = Lease.objects.filter(name=name).first()
    if row is None:
        Lease.objects.bulk_create(
            [Lease(name=name, until=timezone.now())],
            ignore_conflicts=True,  # another process was quicker
        )
        row = Lease.objects.get(name=name)
    if _is_live(row):
        return None
    holder = f"{_this_process()} {secrets.token_hex(4)}"
    # Milliseconds, so that turns grow even where an older database was restored
    turn = max(row.turn + 1, int(time.time() * 1000))
    until = timezone.now() + datetime.timedelta(seconds=seconds)
    seen = Lease.objects.filter(name=name, holder=row.holder, turn=row.turn)
    if not seen.update(holder=holder, until=until, turn=turn):
        return None
    return Held(name, holder, turn, seconds)


@contextmanager
def lease(
    name: str, *, seconds: float, patience: float = 0.0, kept_alive: bool = False
) -> Iterator[Held | None]:
    """Hold a lease for a block of code; None where others had it for all of ``patience``.

    ``kept_alive`` renews it from a thread for as long as this process lives.
    """
    deadline = time.monotonic() + patience
    while (held := take(name, seconds=seconds)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if held is None:
        yield None
        return
    done = threading.Event()
    if kept_alive:
        threading.Thread(target=_keep_alive, args=(held, done), daemon=True).start()
    try:
        yield held
    finally:
        done.set()
        held.give_back()


def is_held(name: str) -> bool:
    """Whether a living holder has the lease of this name now."""
    row = Lease.objects.filter(name=name).first()
    return row is not None and _is_live(row)


def _keep_alive(held: Held, done: threading.Event) -> None:
    try:
        while not done.wait(held.seconds / 3):
            try:
                if not held.renew():
                    return
            except DatabaseError as error:
                log.warning("the lease %s could not be renewed: %s", held.name, error)
    finally:
        connection.close()


def _is_live(row: Lease) -> bool:
    return bool(row.holder) and row.until > timezone.now() and not _is_gone(row.holder)


def _this_process() -> str:
    return _process(os.getpid()) or f"{socket.gethostname()} - {os.getpid()} -"


def _process(pid: int) -> str | None:
    """A name that no other process has or will have: the machine's start, the namespace that
    numbers its processes, the number, and the moment it began. None if there is no such process
    here (or no Linux)."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = os.readlink(_PROC / "self/ns/pid")
        # The name before it may hold spaces and brackets
        state, *numbers = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else f"{boot} {space} {pid} {numbers[18]}"


def _is_gone(holder: str) -> bool:
    """Whether a holder is known to have died. Of another machine's nothing is known."""
    name, _, _own = holder.rpartition(" ")
    ours = _this_process().split(" ")
    theirs = name.split(" ")
    if len(theirs) != 4 or theirs[:2] != ours[:2] or ours[3] == "-":
        return False
    return _process(int(theirs[2])) != name
