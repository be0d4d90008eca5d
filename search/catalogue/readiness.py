"""How far the indexes are behind the database, and why: for a monitor and for the admin."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from search.catalogue import repairing
from search.engines import engines
from search.models import IndexState, PendingChange

#: Changes that wait for longer are more than work in progress.
LATE = datetime.timedelta(seconds=10)

#: What the systems below say → the cause that an operator can do something about.
_CAUSES = {
    "no space left": ("no space left", "disk is full", "flood stage", "read-only-allow-delete"),
    "not writable": ("permission denied", "read-only file system", "readonly database"),
}


@dataclass(frozen=True)
class Behind:
    """What the indexes still have to learn: ``pending`` changes, the oldest of them noted at
    ``since``. ``refused`` says why an engine takes none, ``failed`` how its last rebuild ended:
    engine → why."""

    pending: int = 0
    since: datetime.datetime | None = None
    refused: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def is_late(self) -> bool:
        """Whether a change waits for longer than it should."""
        return self.since is not None and timezone.now() - self.since > LATE

    @property
    def status(self) -> str:
        """Degraded where a change is late, or a rebuild failed."""
        return "degraded" if self.is_late or self.failed else "ok"

    @property
    def cause(self) -> str:
        """What stops the work, where it is known: "no space left", "not writable", or ""."""
        return next(
            filter(None, map(cause_of, [*self.failed.values(), *self.refused.values()])), ""
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "status": self.status,
            "pending": self.pending,
            "since": self.since.isoformat() if self.since else None,
            "refused": self.refused,
            "failed": self.failed,
            "cause": self.cause,
        }


def behind() -> Behind:
    """How far the indexes are behind; three queries, nothing is asked of an engine."""
    names = [engine.name for engine in engines()]
    waiting = PendingChange.objects.filter(engine__in=names).aggregate(
        pending=Count("id"), since=Min("at")
    )
    states = IndexState.objects.filter(engine__in=names).exclude(refused="")
    return Behind(
        pending=waiting["pending"],
        since=waiting["since"],
        refused={state.engine: state.refused for state in states} if waiting["pending"] else {},
        failed={state.engine: state.error for state in repairing.failed() if state.engine in names},
    )


def cause_of(error: str) -> str:
    """The cause in an error's words that an operator can do something about, "" if unknown."""
    text = error.lower()
    for cause, signs in _CAUSES.items():
        if any(sign in text for sign in signs):
            return cause
    return ""
