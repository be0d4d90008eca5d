"""How far the indexes are behind the database, and why: for a monitor and for the admin."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from search.catalogue import repairing
from search.engines import engines
from search.models import PendingChange

#: Changes that wait for longer are more than work in progress.
LATE = datetime.timedelta(seconds=10)

#: What the systems below say → the cause that an operator can do something about.
_CAUSES = {
    "no space left": ("no space left", "disk is full", "flood stage", "read-only-allow-delete"),
    "not writable": ("permission denied", "read-only file system", "readonly database"),
}


@dataclass(frozen=True)
class Behind:
    """What the indexes still have to learn (``pending`` changes, the oldest of them noted at
    ``since``), and how the last rebuilds failed (engine → why)."""

    pending: int = 0
    since: datetime.datetime | None = None
    failed: dict[str, str] | None = None

    @property
    def status(self) -> str:
        """ "degraded" where a change waits for longer than it should, or a rebuild failed."""
        late = self.since is not None and timezone.now() - self.since > LATE
        return "degraded" if late or self.failed else "ok"

    @property
    def cause(self) -> str:
        """What stops the work, where it is known: "no space left", "not writable", or ""."""
        return next(filter(None, map(cause_of, (self.failed or {}).values())), "")

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "status": self.status,
            "pending": self.pending,
            "since": self.since.isoformat() if self.since else None,
            "failed": self.failed or {},
            "cause": self.cause,
        }


def behind() -> Behind:
    """How far the indexes are behind; two queries, nothing is asked of an engine."""
    names = [engine.name for engine in engines()]
    waiting = PendingChange.objects.filter(engine__in=names).aggregate(
        pending=Count("id"), since=Min("at")
    )
    failed = {state.engine: state.error for state in repairing.failed() if state.engine in names}
    return Behind(waiting["pending"], waiting["since"], failed)


def cause_of(error: str) -> str:
    """The cause in an error's words that an operator can do something about, "" if unknown."""
    text = error.lower()
    for cause, signs in _CAUSES.items():
        if any(sign in text for sign in signs):
            return cause
    return ""


def output_of_repair() -> str:
    """The last words of a rebuild that was started by itself, "" if there are none."""
    try:
        return (settings.SEARCH_INDEX_DIR / "repair.log").read_text("utf-8", "replace")[-2000:]
    except OSError:
        return ""
