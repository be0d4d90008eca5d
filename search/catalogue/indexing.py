"""From a change in the database to the indexes: after commit, once, and never lost.

A change writes a ``PendingChange`` row for each engine in its own transaction. After the
commit the rows are applied and removed. What fails stays and is applied with the next
change, or when the engine answers again.
"""

from __future__ import annotations

import datetime
import fcntl
import logging
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from search.catalogue.works import published_entries
from search.engines import engines
from search.engines.base import EngineUnavailable, SearchEngine
from search.entries import SearchEntry
from search.models import IndexState, PendingChange

log = logging.getLogger(__name__)

APPLIED_AT_ONCE = 500
#: A rebuild older than this died; its mark no longer keeps changes waiting.
REBUILD_AT_MOST = datetime.timedelta(hours=2)

_paused: ContextVar[bool] = ContextVar("indexing_paused", default=False)


# --- what changed -----------------------------------------------------------------------


def note_changes(keys: Iterable[Any]) -> None:
    """Note that these works changed; the engines learn of it when the transaction commits."""
    keys = {str(key) for key in keys}
    if not keys:
        return
    PendingChange.objects.bulk_create(
        [PendingChange(engine=e.name, key=key) for e in engines() for key in sorted(keys)]
    )
    if not _paused.get():
        transaction.on_commit(apply_changes)


@contextmanager
def paused() -> Iterator[None]:
    """Let many changes go by and apply them together at the end (imports, loading)."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)
        transaction.on_commit(apply_changes)


# --- applying ---------------------------------------------------------------------------


def apply_changes(only: SearchEngine | None = None) -> bool:
    """Bring every engine (or one) up to date. True if nothing is left pending."""
    done = True
    for engine in [only] if only else engines():
        try:
            catch_up(engine)
        except EngineUnavailable as error:
            done = False
            log.warning("%s does not take changes now, they wait: %s", engine.name, error)
    return done


def catch_up(engine: SearchEngine) -> None:
    """Apply all that one engine missed; raises ``EngineUnavailable`` if it cannot take it."""
    last: int | None = 0
    while last is not None:
        last = _apply_some(engine, after=last)


def _apply_some(engine: SearchEngine, *, after: int) -> int | None:
    """Apply up to ``APPLIED_AT_ONCE`` of the changes after one, by their ids; returns the id of
    the last of them if there may be more.

    One writer an engine: whoever waited reads pages only after the other has written, so an
    older state never overwrites a newer one.
    """
    if not PendingChange.objects.filter(engine=engine.name).exists():
        return None
    IndexState.objects.get_or_create(engine=engine.name)
    with transaction.atomic():
        state = IndexState.objects.select_for_update().get(engine=engine.name)
        rows = list(
            PendingChange.objects.filter(engine=engine.name, id__gt=after)
            .order_by("id")
            .values_list("id", "key")[:APPLIED_AT_ONCE]
        )
        if not rows:
            return None
        keys = {key for _id, key in rows}
        entries = list(published_entries(sorted(keys)))
        engine.upsert(entries)
        engine.delete(keys - {entry.key for entry in entries})
        # An index that is being built needs them too: then they stay until the swap.
        if not _is_rebuilding(state):
            PendingChange.objects.filter(id__in=[row_id for row_id, _key in rows]).delete()
    return rows[-1][0] if len(rows) == APPLIED_AT_ONCE else None


def _is_rebuilding(state: IndexState) -> bool:
    since = state.rebuilding_since
    return since is not None and timezone.now() - since < REBUILD_AT_MOST


def rebuild(engine: SearchEngine, *, progress: Callable[[int], None] | None = None) -> int:
    """Build an engine's index anew beside the old one; returns the number of entries.

    Changes made meanwhile reach the old index at once and the new one after the swap.
    ``progress`` is called with the number of entries read so far, after each.
    """
    since = timezone.now()
    IndexState.objects.update_or_create(engine=engine.name, defaults={"rebuilding_since": since})
    try:
        number = engine.rebuild(_counted(published_entries(), progress))
    finally:
        own = IndexState.objects.filter(engine=engine.name, rebuilding_since=since)
        undisturbed = own.update(rebuilding_since=None)
    if not undisturbed:
        # Another rebuild began meanwhile. When that one ended, changes may have been struck off
        # that this index, served since, has never seen.
        note_changes(differences(engine).keys)
    apply_changes(only=engine)
    return number


def _counted(
    entries: Iterable[SearchEntry], progress: Callable[[int], None] | None
) -> Iterator[SearchEntry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if progress:
            progress(number)


@dataclass(frozen=True)
class Differences:
    """How an index differs from the database, in keys of works."""

    missing: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.outdated or self.surplus)

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.missing, *self.outdated, *self.surplus)


def differences(engine: SearchEngine) -> Differences:
    """Compare an engine's index with the database, entry by entry."""
    held = engine.fingerprints()
    missing: list[str] = []
    outdated: list[str] = []
    for entry in published_entries():
        print_held = held.pop(entry.key, None)
        if print_held is None:
            missing.append(entry.key)
        elif print_held != entry.fingerprint():
            outdated.append(entry.key)
    return Differences(tuple(missing), tuple(outdated), tuple(sorted(held)))


def rebuild_elsewhere() -> bool:
    """Start a rebuild of a lost index in a process of its own; False if one is under way.

    The page that noticed the loss answers at once and says what is going on.
    """
    directory = settings.SEARCH_INDEX_DIR
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "repair.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        # The child inherits the lock and gives it back when it ends, however it ends.
        subprocess.Popen(  # noqa: S603
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "search", "rebuild", "--lost"],
            pass_fds=[lock.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    return True
