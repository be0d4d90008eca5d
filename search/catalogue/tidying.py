"""Merging what saves leave of an index in pieces: the worker does it; where there is none, a
server's process, after an answer."""

from __future__ import annotations

import logging
import time

from search.engines import engines
from search.engines.base import EngineUnavailable, SearchEngine

log = logging.getLogger(__name__)

#: Seconds that a server waits for the worker to do it.
LEFT_TO_THE_WORKER = 300.0

_untidy_since: float | None = None


def tidy_indexes() -> None:
    """Tidy every index that is worth it. An engine that cannot now is left for the next time."""
    for engine in engines():
        try:
            if engine.is_untidy:
                engine.tidy()
        except EngineUnavailable as error:
            log.info("%s is not tidied now: %s", engine.name, error)


def tidy_in_passing() -> None:
    """Tidy what has been untidy for so long that there cannot be a worker."""
    global _untidy_since
    now = time.monotonic()
    if not any(map(_is_untidy, engines())):
        _untidy_since = None
    elif _untidy_since is None:
        _untidy_since = now
    elif now - _untidy_since >= LEFT_TO_THE_WORKER:
        _untidy_since = None
        tidy_indexes()


def _is_untidy(engine: SearchEngine) -> bool:
    try:
        return engine.is_untidy
    except EngineUnavailable:
        return False
