"""Two engines as one: a primary, and a fallback that answers while the primary does not.

The page never waits for a dead server twice: after a failure the primary is left alone for a
few seconds in this process (a circuit breaker), and it is used again only once it has learnt
what changed meanwhile. See docs/decisions/0005-elasticsearch-with-a-fallback.md.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from search.engines.base import (
    EngineUnavailable,
    Health,
    Hit,
    IndexLost,
    Likeness,
    SearchEngine,
    SearchPage,
)
from search.entries import SearchEntry
from search.requests import SearchRequest
from search.text.completion import Completion

logger = logging.getLogger(__name__)

PAUSE = 3.0

Answer = TypeVar("Answer")


def _no(engine: SearchEngine) -> bool:
    """For callers that keep no pending changes."""
    return False


class FailoverEngine(SearchEngine):
    """Answers from ``primary``, and from ``fallback`` while the primary is unavailable or behind.

    ``is_behind`` says whether changes wait for an engine. While they do for the primary (a
    server that answers and takes no changes), the fallback answers, which was told of them in
    the process that made them: nothing that was withdrawn is served. It is asked at every
    question, so it has to be cheap. Catching up is not done here: no reader waits for it.
    ``is_rebuilding`` says whether a living process builds an engine's index.
    ``on_lost`` is called where the primary answers but has no index, so that one is built.

    Both engines are written to on their own, through ``engines``: what fails on one must not
    keep the other from being current.
    """

    name = "failover"

    def __init__(
        self,
        primary: SearchEngine,
        fallback: SearchEngine,
        *,
        is_behind: Callable[[SearchEngine], bool] = _no,
        is_rebuilding: Callable[[SearchEngine], bool] = _no,
        on_lost: Callable[[], object] = lambda: None,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.primary = primary
        self.fallback = fallback
        self._is_behind = is_behind
        self._is_rebuilding = is_rebuilding
        self._on_lost = on_lost
        self._pause = pause
        self._clock = clock
        self._failure: Exception | None = None
        self._failed_at = 0.0
        self._trying = threading.Lock()

    @property
    def engines(self) -> tuple[SearchEngine, SearchEngine]:
        return (self.primary, self.fallback)

    def search(self, request: SearchRequest) -> SearchPage:
        page, degraded = self._ask(lambda engine: engine.search(request))
        return replace(page, degraded=True) if degraded else page

    def related(self, like: Likeness, *, language: str, limit: int) -> tuple[Hit, ...]:
        return self._ask(lambda engine: engine.related(like, language=language, limit=limit))[0]

    def among(self, request: SearchRequest, keys: Collection[str]) -> tuple[str, ...]:
        return self._ask(lambda engine: engine.among(request, keys))[0]

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        return self._ask(lambda engine: engine.frequencies(words))[0]

    def suggest(self, text: str, *, language: str, limit: int = 8) -> list[Completion]:
        return self._ask(lambda engine: engine.suggest(text, language=language, limit=limit))[0]

    def upsert(
        self, entries: Iterable[SearchEntry], *, turn: int = 0, within: float | None = None
    ) -> None:
        """Write to both engines; what one cannot take now is raised once the other has it."""
        kept = tuple(entries)
        self._write(lambda engine: engine.upsert(kept, turn=turn, within=within))

    def delete(self, keys: Iterable[str], *, turn: int = 0, within: float | None = None) -> None:
        """Delete from both engines; raises as ``upsert`` does."""
        kept = tuple(keys)
        self._write(lambda engine: engine.delete(kept, turn=turn, within=within))

    def rebuild(self, entries: Iterable[SearchEntry]) -> int:
        """Rebuild both engines; raises as ``upsert`` does."""
        kept = tuple(entries)
        self._write(lambda engine: engine.rebuild(kept))
        return len(kept)

    def fingerprints(self) -> dict[str, str]:
        """Those of the primary: compare ``engines`` one by one to know both."""
        return self.primary.fingerprints()

    def health(self) -> Health:
        """That of the primary, "degraded" while the fallback answers or is itself missing.

        One question to the primary, or none while it is left alone."""
        primary, fallback = self._health_of_primary(), self._health_of(self.fallback)
        if primary.status == "ok":
            if fallback.status in ("ok", "rebuilding"):
                return primary
            return replace(
                primary,
                status="degraded",
                detail=f"no fallback: {fallback.engine} is {fallback.status}: {fallback.detail}",
                is_damaged=fallback.is_damaged,
            )
        if fallback.status in ("ok", "degraded"):
            return replace(
                fallback,
                status="degraded",
                detail=f"{fallback.engine} answers for {primary.engine}: {primary.detail}"
                + (f"; {fallback.detail}" if fallback.detail else ""),
            )
        return replace(
            primary,
            status="rebuilding" if "rebuilding" in (primary.status, fallback.status) else "down",
            detail=f"{primary.detail}; {fallback.engine} is {fallback.status}: {fallback.detail}",
        )

    def _health_of_primary(self) -> Health:
        if self._is_left_alone():
            return Health("down", self.primary.name, detail=str(self._failure))
        health = self._health_of(self.primary)
        if health.status == "down":
            # Readers need not find out for themselves
            self._failed(EngineUnavailable(health.detail))
        elif health.status == "ok" and self._is_behind(self.primary):
            return replace(health, status="degraded", detail="changes wait for it")
        return health

    def _health_of(self, engine: SearchEngine) -> Health:
        health = engine.health()
        if health.status == "down" and self._is_rebuilding(engine):
            return replace(health, status="rebuilding")
        return health

    def _ask(self, question: Callable[[SearchEngine], Answer]) -> tuple[Answer, bool]:
        """The answer, and whether it is the fallback's for want of the primary's."""
        if self._is_left_alone() or self._is_behind(self.primary):
            return question(self.fallback), True
        # After a failure one thread tries, and the others are answered by the fallback.
        trying = self._failure is not None
        if trying and not self._trying.acquire(blocking=False):
            return question(self.fallback), True
        try:
            answer = question(self.primary)
        except EngineUnavailable as error:
            self._failed(error)
        else:
            if trying:
                logger.warning("%s answers again", self.primary.name)
                self._failure = None
            return answer, False
        finally:
            if trying:
                self._trying.release()
        return question(self.fallback), True

    def _is_left_alone(self) -> bool:
        return self._failure is not None and self._clock() - self._failed_at < self._pause

    def _failed(self, error: Exception) -> None:
        if self._failure is None:
            logger.warning(
                "%s is unavailable, %s answers: %s", self.primary.name, self.fallback.name, error
            )
        self._failed_at = self._clock()
        self._failure = error
        if isinstance(error, IndexLost):
            self._on_lost()

    def _write(self, change: Callable[[SearchEngine], object]) -> None:
        failure: EngineUnavailable | None = None
        for engine in self.engines:
            try:
                change(engine)
            except EngineUnavailable as error:
                failure = failure or error
        if failure:
            raise failure
