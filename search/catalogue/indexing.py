"""From a change in the database to the indexes: after commit, once, and never lost.

A change writes a ``PendingChange`` row for each engine in its own transaction. Whoever applies
it reads the rows, reads the works, writes to the engine and strikes the rows off; no lock of the
database is held meanwhile, and a lease puts the writers of an engine in order. What fails stays
and is applied by whoever comes next: the worker, a server's process that has answered a reader,
the next start. See docs/decisions/0009-indexing-without-locks.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from search.catalogue import repairing
from search.catalogue.works import published_entries
from search.engines import engines
from search.engines.base import EngineUnavailable, RebuildRunning, SearchEngine
from search.entries import SearchEntry
from search.models import PendingChange
from toolkit.core import leases
from toolkit.core.public_state import public_content_changed

log = logging.getLogger(__name__)

APPLIED_AT_ONCE = 100
#: A change that touches more works than these is the worker's: nobody's save waits for it.
MOST_IN_A_SAVE = 100
#: Seconds that a save may spend on an index of this machine.
IN_A_SAVE = 0.2

#: A writer's lease in seconds, and how much of it has to be left for a write to begin: as much
#: as the longest write, so that none is under way when another writer takes over.
TURN, LONGEST_WRITE = 30.0, 10.0
#: A rebuild's lease in seconds; it is renewed as long as the process lives.
REBUILD = 60.0

#: Seconds for which an engine that took no changes is left alone by this process.
PAUSE = 3.0

_paused: ContextVar[bool] = ContextVar("indexing_paused", default=False)
#: How many works this context has left to the worker, to tell the editor.
left_to_the_worker: ContextVar[int] = ContextVar("left_to_the_worker", default=0)
_refused_at: dict[str, float] = {}


# --- what changed -----------------------------------------------------------------------


def note_changes(keys: Iterable[Any]) -> None:
    """Note that these works changed; the engines learn of it when the transaction commits."""
    keys = {str(key) for key in keys}
    if not keys:
        return
    PendingChange.objects.bulk_create(
        [PendingChange(engine=e.name, key=key) for e in engines() for key in sorted(keys)],
        batch_size=1000,
    )
    if not _paused.get():
        _apply_after_commit(keys)


@contextmanager
def paused() -> Iterator[None]:
    """Let many changes go by and apply them together at the end (imports, loading)."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)
        transaction.on_commit(apply_changes)


class _AfterCommit:
    """What one transaction changed, applied once when it has committed."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def __call__(self) -> None:
        """The change is committed: whatever goes wrong from here on is logged and waits."""
        if len(self.keys) > MOST_IN_A_SAVE:
            left_to_the_worker.set(left_to_the_worker.get() + len(self.keys))
            return
        for engine in engines():
            # A server elsewhere may hang: it is told by the worker, never by an editor's save.
            if not engine.is_remote:
                _quietly(partial(catch_up, engine, keys=self.keys, within=IN_A_SAVE))


def _apply_after_commit(keys: set[str]) -> None:
    waiting = (entry[1] for entry in connection.run_on_commit)
    after = next((function for function in waiting if isinstance(function, _AfterCommit)), None)
    if after is None:
        after = _AfterCommit()
        after.keys |= keys
        transaction.on_commit(after)
    else:
        after.keys |= keys


# --- applying ---------------------------------------------------------------------------


def pending(engine: SearchEngine) -> QuerySet[PendingChange]:
    """What an engine still has to learn."""
    return PendingChange.objects.filter(engine=engine.name)


def is_pending(engine: SearchEngine) -> bool:
    return pending(engine).exists()


def apply_changes(only: SearchEngine | None = None, *, patience: float = 10.0) -> bool:
    """Bring every engine (or one) up to date, for a command that can wait. True if nothing is
    left pending; what fails is logged and stays."""
    done = True
    for engine in [only] if only else engines():
        done = _quietly(partial(catch_up, engine, patience=patience)) and done
    return done


def apply_in_passing(*, within: float) -> bool:
    """Apply what is pending, for a process that has other work to do: an engine that took no
    changes a moment ago is left alone, and nobody is waited for. True if nothing is left."""
    done = True
    for engine in engines():
        if time.monotonic() - _refused_at.get(engine.name, -PAUSE) < PAUSE:
            done = False
            continue
        done = _quietly(partial(catch_up, engine, within=within)) and done
    return done


def _quietly(apply: Callable[[], bool]) -> bool:
    try:
        return apply()
    except EngineUnavailable as error:
        log.warning("changes wait: %s", error)
    except Exception:
        log.exception("changes wait")
    return False


def catch_up(
    engine: SearchEngine,
    *,
    keys: Iterable[str] | None = None,
    within: float | None = None,
    patience: float = 0.0,
) -> bool:
    """Apply what one engine missed; True if nothing is left.

    ``keys`` are all that is applied where they are given. No new step begins after ``within``
    seconds. Where another process writes to this engine it is waited for as long as
    ``patience``; it looks for what came meanwhile when it is done. Raises what the engine
    raises, ``EngineUnavailable`` above all.
    """
    deadline = None if within is None else time.monotonic() + within
    wanted = pending(engine) if keys is None else pending(engine).filter(key__in=sorted(keys))
    after = 0  # rows up to here stay until a rebuild is done
    while wanted.filter(id__gt=after).exists():
        with leases.lease(f"index:{engine.name}", seconds=TURN, patience=patience) as turn:
            if turn is None:
                return False
            while True:
                if deadline is not None and time.monotonic() > deadline:
                    return False
                try:
                    last, stays = _apply_some(engine, turn, wanted.filter(id__gt=after), deadline)
                except Exception as error:
                    _refused_at[engine.name] = time.monotonic()
                    repairing.refused(engine, str(error) or type(error).__name__)
                    raise
                if last is None:
                    break
                after = last if stays else after
            repairing.refused(engine, "")
        # Looks again: who came meanwhile found the lease taken and went away
    return not after


def _apply_some(
    engine: SearchEngine,
    turn: leases.Held,
    wanted: QuerySet[PendingChange],
    deadline: float | None,
) -> tuple[int | None, bool]:
    """Apply the first of these rows. Returns the last one's id (None if there were none), and
    whether they have to stay."""
    # Before anything is read: a rebuild that begins after this reads what is read here.
    stays = is_rebuilding(engine)
    rows = list(wanted.order_by("id").values_list("id", "key")[:APPLIED_AT_ONCE])
    if not rows:
        return None, False
    keys = {key for _id, key in rows}
    entries = list(published_entries(sorted(keys)))
    if turn.left < LONGEST_WRITE and not turn.renew():
        raise EngineUnavailable(f"{engine.name}: another process writes")
    within = LONGEST_WRITE if deadline is None else min(LONGEST_WRITE, deadline - time.monotonic())
    gone = keys - {entry.key for entry in entries}
    if entries:
        engine.upsert(entries, turn=turn.turn, within=max(within, 0.05))
    if gone:
        engine.delete(gone, turn=turn.turn, within=max(within, 0.05))
    public_content_changed()  # what a results page shows is another one only now
    if not turn.is_ours():
        # This process slept. Another one has written since what was newer, perhaps before this.
        note_changes(keys)
        raise EngineUnavailable(f"{engine.name}: another process wrote meanwhile")
    if not stays:
        PendingChange.objects.filter(id__in=[row_id for row_id, _key in rows]).delete()
    return rows[-1][0], stays


# --- rebuilding ---------------------------------------------------------------------------


def is_rebuilding(engine: SearchEngine) -> bool:
    """Whether a living process builds an index of this engine."""
    return leases.is_held(f"rebuild:{engine.name}")


def rebuild(engine: SearchEngine, *, progress: Callable[[int], None] | None = None) -> int:
    """Build an engine's index anew beside the old one; returns the number of entries.

    Changes made meanwhile reach the old index at once and the new one after the swap.
    ``progress`` is called with the number of entries read so far, after each. Raises
    ``RebuildRunning`` where another process is at it, ``EngineUnavailable`` for every failure.
    """
    with leases.lease(f"rebuild:{engine.name}", seconds=REBUILD, kept_alive=True) as held:
        if held is None:
            raise RebuildRunning("Another rebuild is under way.")
        with repairing.attempt(engine):
            engine.discard_unfinished()
            number = engine.rebuild(_counted(published_entries(), progress))
        undisturbed = held.is_ours()
    if not undisturbed:
        # This process slept, and another rebuild began meanwhile. When that one ended, changes
        # may have been struck off that this index, served since, has never seen.
        note_changes(differences(engine).keys)
    public_content_changed()
    apply_changes(only=engine)
    return number


def _counted(
    entries: Iterable[SearchEntry], progress: Callable[[int], None] | None
) -> Iterator[SearchEntry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if progress:
            progress(number)


#: So many further looks at what differs.
MORE_LOOKS = 3


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

    def also_in(self, later: Differences) -> Differences:
        """Those of a later look that an earlier one had, too."""
        seen = set(self.keys)

        def again(keys: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(key for key in keys if key in seen)

        return Differences(again(later.missing), again(later.outdated), again(later.surplus))


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


def lasting_differences(engine: SearchEngine) -> Differences:
    """What differs in every one of a few looks, with what is noted applied between them: a work
    that is changed while one looks (files are being read, somebody publishes) is no fault.
    Raises what the engine raises, ``EngineUnavailable`` above all."""
    found = differences(engine)
    for _look in range(MORE_LOOKS):
        if not found:
            break
        catch_up(engine, patience=10.0)
        found = found.also_in(differences(engine))
    return found
