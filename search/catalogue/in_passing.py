"""What is pending, applied by a server's process: when it starts, and after it has answered."""

from __future__ import annotations

import datetime
import logging
import time
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.utils import timezone

from search.catalogue.indexing import apply_in_passing
from search.catalogue.tidying import tidy_in_passing
from search.models import PendingChange

log = logging.getLogger(__name__)

#: Seconds that a change may wait for the worker before a server applies it.
LATE = 3.0
#: Seconds between two looks of a process, and the most that it spends on one.
LOOKS_EVERY, SPENDS = 2.0, 2.0
#: Seconds that a server's start may take for it.
AT_START = 3.0

_looked_at = 0.0


def apply_at_start() -> None:
    """Apply what a server that was killed left behind, before the first reader comes."""
    try:
        if PendingChange.objects.exists() and not apply_in_passing(within=AT_START):
            log.warning("changes of the search index are left from before, they follow")
    except Exception:
        # Nothing keeps a server from starting, a missing table least of all
        log.exception("what is pending could not be applied at start")


def connect() -> None:
    """Look for changes that wait after every answer (at most every two seconds)."""
    request_finished.connect(_after_an_answer, dispatch_uid="search.in_passing")


def _after_an_answer(**_kwargs: Any) -> None:
    """The reader has her page: nobody waits for what is done here."""
    global _looked_at
    now = time.monotonic()
    if not settings.SEARCH_APPLIED_AFTER_REQUESTS or now - _looked_at < LOOKS_EVERY:
        return
    _looked_at = now
    late = timezone.now() - datetime.timedelta(seconds=LATE)
    try:
        if PendingChange.objects.filter(at__lt=late).exists():
            apply_in_passing(within=SPENDS)
        tidy_in_passing()
    except Exception:
        log.exception("what is pending could not be applied")
