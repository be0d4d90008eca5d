"""Two engines as one: a primary, and a fallback that answers while the primary does not.

The page never waits for a dead server twice: after a failure the primary is left alone for a
few seconds in this process (a circuit breaker), and it is used again only after it has caught
up with what changed meanwhile. See docs/decisions/0005-elasticsearch-with-a-fallback.md.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from search.engines.base import EngineUnavailable, Health, IndexLost, SearchEngine, SearchPage
from search.entries import SearchEntry
from search.requests import SearchRequest

logger = logging.getLogger(__name__)

PAUSE = 3.0

Answer = TypeVar("Answer")


def _nothing_to_catch_up(engine: SearchEngine) -> None:
    """For callers that keep no pending changes."""


class FailoverEngine(SearchEngine):
    """Answers from ``primary``, and from ``fallback`` while the primary is unavailable.

    ``catch_up`` applies to the engine given whatever changed without reaching it; where it
    could not, it returns False or raises ``EngineUnavailable``. It is called before the primary
    is used for the first time, after every failure, and after every ``pause`` (in seconds)
    without an answer from the primary, because a process that asked nothing cannot know what
    its neighbours failed to write. It has to be cheap when nothing is pending.
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
        catch_up: Callable[[SearchEngine], bool | None] = _nothing_to_catch_up,
        on_lost: Callable[[], object] = lambda: None,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.primary = primary
        self.fallback = fallback
        self._catch_up = catch_up
        self._on_lost = on_lost
        self._pause = pause
        self._clock = clock
        self._failed_at: float | None = None
        self._answered_at: float | None = None
        self._catching_up = threading.Lock()

    @property
    def engines(self) -> tuple[SearchEngine, SearchEngine]:
        return (self.primary, self.fallback)

    def search(self, request: SearchRequest) -> SearchPage:
        page, degraded = self._ask(lambda engine: engine.search(request))
        return replace(page, degraded=True) if degraded else page

    def suggest(self, text: str, *, language: str, limit: int = 8) -> list[str]:
        return self._ask(lambda engine: engine.suggest(text, language=language, limit=limit))[0]

    def upsert(self, entries: Iterable[SearchEntry]) -> None:
        """Write to both engines; what one cannot take now is raised once the other has it."""
        kept = tuple(entries)
        self._write(lambda engine: engine.upsert(kept))

    def delete(self, keys: Iterable[str]) -> None:
        """Delete from both engines; raises as ``upsert`` does."""
        kept = tuple(keys)
        self._write(lambda engine: engine.delete(kept))

    def rebuild(self, entries: Iterable[SearchEntry]) -> int:
        """Rebuild both engines; raises as ``upsert`` does."""
        kept = tuple(entries)
        self._write(lambda engine: engine.rebuild(kept))
        return len(kept)

    def fingerprints(self) -> dict[str, str]:
        """Those of the primary: compare ``engines`` one by one to know both."""
        return self.primary.fingerprints()

    def health(self) -> Health:
        """That of the primary, "degraded" while the fallback answers or is itself missing."""
        primary, fallback = self.primary.health(), self.fallback.health()
        if primary.status == "ok" and self._primary_is_usable():
            if fallback.status in ("ok", "rebuilding"):
                return primary
            return replace(
                primary,
                status="degraded",
                detail=f"no fallback: {fallback.engine} is {fallback.status}: {fallback.detail}",
            )
        if fallback.status == "ok":
            why = primary.detail or "it is catching up"
            return replace(
                fallback,
                status="degraded",
                detail=f"{fallback.engine} answers for {primary.engine}: {why}",
            )
        return replace(
            primary,
            status="rebuilding" if "rebuilding" in (primary.status, fallback.status) else "down",
            detail=f"{primary.detail}; {fallback.engine} is {fallback.status}: {fallback.detail}",
        )

    def _ask(self, question: Callable[[SearchEngine], Answer]) -> tuple[Answer, bool]:
        """The answer, and whether it is the fallback's."""
        if self._primary_is_usable():
            try:
                answer = question(self.primary)
            except EngineUnavailable as error:
                self._failed(error)
            else:
                self._answered()
                return answer, False
        return question(self.fallback), True

    def _primary_is_usable(self) -> bool:
        if self._recently(self._failed_at):
            return False
        if self._recently(self._answered_at):
            return True
        # After a failure one thread tries and the others are answered by the fallback; before
        # any, they wait, so that no page says "degraded" for nothing.
        if not self._catching_up.acquire(timeout=self._pause if self._failed_at is None else 0):
            return False
        try:
            if self._recently(self._answered_at):
                return True
            now = self._clock()
            if self._catch_up(self.primary) is False:
                raise EngineUnavailable(f"{self.primary.name} has not caught up")
        except EngineUnavailable as error:
            self._failed(error)
            return False
        except Exception as error:
            # Whatever is wrong with the pending changes, the page can still be answered.
            logger.exception("%s could not catch up", self.primary.name)
            self._failed(error)
            return False
        else:
            self._answered_at = now
            return True
        finally:
            self._catching_up.release()

    def _recently(self, moment: float | None) -> bool:
        return moment is not None and self._clock() - moment < self._pause

    def _answered(self) -> None:
        if self._answered_at is None:
            return  # it failed while this answer was on its way, and has to catch up first
        if self._failed_at is not None:
            logger.warning("%s answers again", self.primary.name)
        self._failed_at = None
        self._answered_at = self._clock()

    def _failed(self, error: Exception) -> None:
        if self._failed_at is None:
            logger.warning(
                "%s is unavailable, %s answers: %s", self.primary.name, self.fallback.name, error
            )
        self._failed_at = self._clock()
        self._answered_at = None
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
