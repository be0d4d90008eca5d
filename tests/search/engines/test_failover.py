"""Two engines as one: Elasticsearch dies and comes back, and the page answers throughout."""

from __future__ import annotations

import datetime
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.base import EngineUnavailable, SearchEngine, SearchPage
from search.engines.elastic import ElasticEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.failover import FailoverEngine
from search.entries import SearchEntry, Version
from search.requests import SearchRequest
from tests.servers import Line, require_elasticsearch

LIBRARY = SearchRequest.of("library")


def an_entry(key: str) -> SearchEntry:
    return SearchEntry(
        key=key,
        kind="mou",
        original="en",
        versions={"en": Version("en", f"Library {key}", f"/en/{key}/")},
        facets={"kind": frozenset({"mou"}), "language": frozenset({"en"})},
        published=datetime.date(2026, 1, 1),
    )


class Clock:
    """A clock that only goes when told: seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Outbox:
    """Whether changes wait for the primary, as the site keeps them in its database."""

    def __init__(self) -> None:
        self.waits = False

    def __call__(self, engine: SearchEngine) -> bool:
        return self.waits


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line(require_elasticsearch())
    yield line
    line.cut()


@pytest.fixture
def primary(elastic: ElasticEngine, line: Line) -> ElasticEngine:
    """Elasticsearch behind a line that can be cut, with one entry."""
    elastic.rebuild([an_entry("a")])
    return ElasticEngine(line.url, alias=elastic.site, timeout=5)


@pytest.fixture
def fallback(tmp_path: Path) -> EmbeddedEngine:
    engine = EmbeddedEngine(tmp_path / "fallback")
    engine.rebuild([an_entry("a"), an_entry("b")])
    return engine


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def engine(
    primary: ElasticEngine, fallback: EmbeddedEngine, clock: Clock, outbox: Outbox
) -> FailoverEngine:
    return FailoverEngine(primary, fallback, is_behind=outbox, pause=3, clock=clock)


class TestWhileThePrimaryAnswers:
    def test_it_is_the_one_that_is_asked(self, engine: FailoverEngine) -> None:
        page = engine.search(LIBRARY)
        assert page.total == 1
        assert not page.degraded
        assert engine.health().status == "ok"
        assert engine.health().engine == "elasticsearch"

    def test_the_fallback_answers_while_changes_wait_for_it(
        self, engine: FailoverEngine, outbox: Outbox
    ) -> None:
        """A server that answers and takes no changes would go on serving what was withdrawn."""
        assert engine.search(LIBRARY).total == 1
        outbox.waits = True
        page = engine.search(LIBRARY)
        assert (page.total, page.degraded) == (2, True)
        assert engine.health().status == "degraded"
        outbox.waits = False
        assert engine.search(LIBRARY).total == 1
        assert engine.health().status == "ok"


class TestWhenThePrimaryDies:
    def test_the_fallback_answers_and_says_so(self, engine: FailoverEngine, line: Line) -> None:
        engine.search(LIBRARY)
        line.cut()
        page = engine.search(LIBRARY)
        assert page.total == 2
        assert page.degraded
        assert engine.suggest("lib", language="en")
        health = engine.health()
        assert health.status == "degraded"
        assert "elasticsearch" in health.detail

    def test_it_is_left_alone_for_a_while(self, fallback: EmbeddedEngine, clock: Clock) -> None:
        """A server that takes connections and never answers costs one time-out, not one a page."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            mute = ElasticEngine(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.5)
            engine = FailoverEngine(mute, fallback, pause=3, clock=clock)
            began = time.perf_counter()
            assert engine.search(LIBRARY).degraded
            first = time.perf_counter() - began
            began = time.perf_counter()
            for _ in range(5):
                assert engine.search(LIBRARY).degraded
            others = time.perf_counter() - began
        assert first >= 0.5
        assert others < 0.5

    def test_a_server_that_was_never_there_is_no_trouble(
        self, fallback: EmbeddedEngine, line: Line
    ) -> None:
        line.cut()
        engine = FailoverEngine(ElasticEngine(line.url), fallback)
        assert engine.search(LIBRARY).degraded
        assert engine.health().status == "degraded"

    def test_an_index_that_is_not_there_yet_is_as_bad(
        self, fallback: EmbeddedEngine, line: Line
    ) -> None:
        engine = FailoverEngine(ElasticEngine(line.url, alias="never-built"), fallback)
        assert engine.search(LIBRARY).degraded
        assert engine.health().status == "degraded"

    def test_nobody_answers_when_the_fallback_is_gone_too(
        self, primary: ElasticEngine, line: Line, tmp_path: Path
    ) -> None:
        line.cut()
        engine = FailoverEngine(primary, EmbeddedEngine(tmp_path / "nothing"))
        with pytest.raises(EngineUnavailable):
            engine.search(LIBRARY)
        assert engine.health().status in ("down", "rebuilding")

    def test_changes_reach_the_engine_that_is_left(
        self, engine: FailoverEngine, line: Line
    ) -> None:
        line.cut()
        with pytest.raises(EngineUnavailable):
            engine.upsert([an_entry("c")])
        assert engine.search(LIBRARY).total == 3
        with pytest.raises(EngineUnavailable):
            engine.delete(["c"])
        assert engine.search(LIBRARY).total == 2


class TestWhenThePrimaryComesBack:
    def test_it_is_used_again_once_nothing_waits_for_it(
        self, engine: FailoverEngine, line: Line, clock: Clock, outbox: Outbox
    ) -> None:
        engine.search(LIBRARY)
        line.cut()
        assert engine.search(LIBRARY).degraded
        outbox.waits = True
        line.mend()
        assert engine.search(LIBRARY).degraded, "it is still left alone"
        clock.now += 3
        assert engine.search(LIBRARY).degraded, "it has still to learn what changed"
        outbox.waits = False
        assert not engine.search(LIBRARY).degraded
        assert engine.health().status == "ok"

    def test_one_reader_tries_it_while_the_others_are_answered(
        self,
        primary: ElasticEngine,
        fallback: EmbeddedEngine,
        line: Line,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        trying, go_on = threading.Event(), threading.Event()
        engine = FailoverEngine(primary, fallback, pause=3, clock=clock)
        line.cut()
        assert engine.search(LIBRARY).degraded
        line.mend()
        clock.now += 3
        search = primary.search

        def slow(request: SearchRequest) -> SearchPage:
            trying.set()
            assert go_on.wait(20)
            return search(request)

        monkeypatch.setattr(primary, "search", slow)
        pages: list[bool] = []
        first = threading.Thread(target=lambda: pages.append(engine.search(LIBRARY).degraded))
        first.start()
        assert trying.wait(20)
        assert engine.search(LIBRARY).degraded
        go_on.set()
        first.join()
        assert pages == [False]

    def test_an_answer_that_was_under_way_when_it_failed_says_nothing(
        self,
        primary: ElasticEngine,
        fallback: EmbeddedEngine,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """It was given before the failure: the server is still left alone."""
        engine = FailoverEngine(primary, fallback, pause=3, clock=clock)
        search = primary.search

        def dead(request: SearchRequest) -> SearchPage:
            raise EngineUnavailable("gone")

        def late(request: SearchRequest) -> SearchPage:
            monkeypatch.setattr(primary, "search", dead)
            assert engine.search(LIBRARY).degraded
            monkeypatch.setattr(primary, "search", search)
            return search(request)

        monkeypatch.setattr(primary, "search", late)
        assert not engine.search(LIBRARY).degraded
        assert engine.search(LIBRARY).degraded


class TestHealth:
    def test_of_a_server_that_hangs_is_known_in_two_seconds(self, fallback: EmbeddedEngine) -> None:
        """Several questions in a row, each with its own time-out, took a minute."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            mute = ElasticEngine(f"http://127.0.0.1:{silent.getsockname()[1]}")
            engine = FailoverEngine(mute, fallback)
            began = time.perf_counter()
            assert engine.health().status == "degraded"
            first = time.perf_counter() - began
            assert engine.health().status == "degraded"
            assert time.perf_counter() - began - first < 0.5, "it is left alone"
        assert first < 2

    def test_of_a_lost_index_is_rebuilding_while_a_process_is_at_it(
        self, elastic: ElasticEngine, tmp_path: Path
    ) -> None:
        lost = ElasticEngine(require_elasticsearch(), alias="never-built")
        engine = FailoverEngine(
            lost, EmbeddedEngine(tmp_path / "nothing"), is_rebuilding=lambda engine: engine is lost
        )
        assert engine.health().status == "rebuilding"
