"""The Elasticsearch engine against a real server: the contract, and what is its own."""

from __future__ import annotations

import datetime
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from search.engines.base import EngineUnavailable
from search.engines.elastic import ElasticEngine, queries
from search.entries import SearchEntry, Version
from search.requests import SearchRequest
from search.text import reading
from search.text.queries import parse_query
from search.text.reading import Named
from tests.search.engines.engine_contract import EngineContract
from tests.servers import require_elasticsearch


class TestElasticEngine(EngineContract):
    """All that every engine promises."""

    examples = 20

    @pytest.fixture
    def engine(self, elastic: ElasticEngine) -> ElasticEngine:
        elastic.remove()
        return elastic


@pytest.fixture
def engine(elastic: ElasticEngine) -> ElasticEngine:
    elastic.rebuild([])
    return elastic


@pytest.fixture
def closed_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def dead(closed_port: int) -> ElasticEngine:
    return ElasticEngine(f"http://127.0.0.1:{closed_port}")


def an_entry(key: str, title: str = "Library", **facets: str) -> SearchEntry:
    return SearchEntry(
        key=key,
        kind="mou",
        original="en",
        versions={"en": Version("en", title, f"/en/{key}/")},
        facets={"kind": frozenset({"mou"}), "language": frozenset({"en"})}
        | {name: frozenset(values.split()) for name, values in facets.items()},
        published=datetime.date(2026, 1, 1),
    )


def keys(engine: ElasticEngine, text: str = "", **fields: object) -> list[str]:
    return [hit.key for hit in engine.search(SearchRequest.of(text, **fields)).hits]


class TestRebuild:
    def test_replaces_all_that_was_there(self, engine: ElasticEngine) -> None:
        assert engine.rebuild([an_entry("a"), an_entry("b")]) == 2
        assert engine.rebuild([an_entry("c")]) == 1
        assert keys(engine) == ["c"]

    def test_leaves_one_index_behind(self, engine: ElasticEngine) -> None:
        engine.rebuild([an_entry("a")])
        engine.rebuild([an_entry("a")])
        assert len(_indices(engine)) == 1

    def test_keeps_the_old_index_when_the_feed_breaks(self, engine: ElasticEngine) -> None:
        def feed() -> Iterator[SearchEntry]:
            yield an_entry("new")
            raise RuntimeError("the database went away")

        engine.rebuild([an_entry("old")])
        with pytest.raises(RuntimeError, match="went away"):
            engine.rebuild(feed())
        assert keys(engine) == ["old"]
        assert len(_indices(engine)) == 1

    def test_serves_the_old_index_until_the_new_one_is_full(self, engine: ElasticEngine) -> None:
        """Whoever searches during the swap finds all of the old or all of the new entries."""
        old = [an_entry(f"old{n}") for n in range(20)]
        new = [an_entry(f"new{n}") for n in range(30)]
        engine.rebuild(old)
        seen: set[int] = set()
        stop = threading.Event()
        failures: list[Exception] = []

        def keep_searching() -> None:
            while not stop.is_set():
                try:
                    seen.add(engine.search(SearchRequest.of("library")).total)
                except Exception as error:
                    failures.append(error)

        reader = threading.Thread(target=keep_searching)
        reader.start()
        try:
            for _ in range(3):
                engine.rebuild(new)
                engine.rebuild(old)
        finally:
            stop.set()
            reader.join()
        assert not failures
        assert seen == {20, 30}

    def test_is_not_disturbed_by_another_rebuild(self, engine: ElasticEngine) -> None:
        begun, finish = threading.Event(), threading.Event()

        def slow_feed() -> Iterator[SearchEntry]:
            yield an_entry("slow")
            begun.set()
            assert finish.wait(20)

        slow = threading.Thread(target=lambda: engine.rebuild(slow_feed()))
        slow.start()
        try:
            assert begun.wait(20)
            engine.rebuild([an_entry("quick")])
            assert keys(engine) == ["quick"]
        finally:
            finish.set()
            slow.join()
        assert keys(engine) == ["slow"]
        assert len(_indices(engine)) == 1

    def test_leaves_the_indices_of_a_site_with_a_longer_name_alone(
        self, engine: ElasticEngine
    ) -> None:
        neighbour = ElasticEngine(
            require_elasticsearch(), alias=f"{engine.site}-v-large", timeout=20
        )
        try:
            neighbour.rebuild([an_entry("theirs")])
            engine.rebuild([an_entry("ours")])
            engine.remove()
            assert keys(neighbour) == ["theirs"]
        finally:
            neighbour.remove()


class TestWriting:
    def test_is_visible_at_once(self, engine: ElasticEngine) -> None:
        engine.upsert([an_entry("a", "Before")])
        engine.upsert([an_entry("a", "After")])
        assert keys(engine, "after") == ["a"]
        assert keys(engine, "before") == []
        engine.delete(["a", "never-there"])
        assert keys(engine) == []

    def test_takes_less_than_a_second(self, engine: ElasticEngine) -> None:
        began = time.perf_counter()
        engine.upsert([an_entry("a")])
        assert keys(engine, "library") == ["a"]
        assert time.perf_counter() - began < 1

    def test_never_makes_an_index_by_itself(self, engine: ElasticEngine) -> None:
        engine.remove()
        with pytest.raises(EngineUnavailable):
            engine.upsert([an_entry("a")])
        with pytest.raises(EngineUnavailable):
            engine.delete(["a"])
        assert _indices(engine) == []


class TestCounts:
    def test_names_every_value_however_many_there_are(self, engine: ElasticEngine) -> None:
        engine.rebuild(an_entry(str(n), tag=f"tag{n}") for n in range(150))
        assert len(engine.search(SearchRequest.of()).counts["tag"]) == 150


class TestScores:
    def test_of_all_texts_are_divergences_those_of_values_are_not(
        self, engine: ElasticEngine
    ) -> None:
        """A field added without its similarity would be scored by another measure than the rest."""
        named = Named(("ngos",), (("partner", "ngos"),))
        engine.rebuild([an_entry("a", "Library of letters", partner="ngos"), an_entry("b")])
        read = reading.read(parse_query("library of letters ngos"), "en", [named])
        (hit,) = engine._client.search(
            index=engine._indices.alias, query=queries.matching(read).to_dict(), explain=True
        )["hits"]["hits"]
        by_divergence = dict(_weighed(hit["_explanation"]))
        assert by_divergence.pop("facet_partner:ngos") is False
        assert {name.partition(":")[0] for name in by_divergence} >= {"text_en", "words", "titles"}
        assert all(by_divergence.values()), by_divergence


class TestRoundTrips:
    """How often the server is asked for one page, read from the client's own log."""

    @pytest.fixture
    def trips(self, caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], int]]:
        def made() -> int:
            number = sum("_search" in record.getMessage() for record in caplog.records)
            caplog.clear()
            return number

        with caplog.at_level(logging.INFO, logger="elastic_transport.transport"):
            yield made

    def test_a_page_takes_one_whatever_is_selected(
        self, engine: ElasticEngine, trips: Callable[[], int]
    ) -> None:
        engine.rebuild([an_entry(str(n), region="ke", partner="ngos") for n in range(30)])
        trips()
        engine.search(SearchRequest.of())
        assert trips() == 1
        selected = {"region": ("ke",), "partner": ("ngos", "media"), "kind": ("mou",)}
        assert engine.search(SearchRequest.of("library", selected=selected)).total == 30
        assert trips() == 1

    def test_a_page_without_results_takes_one_more(
        self, engine: ElasticEngine, trips: Callable[[], int]
    ) -> None:
        engine.rebuild([an_entry("a", region="ke")])
        trips()
        engine.search(SearchRequest.of("library", selected={"region": ("fr",)}))
        assert trips() == 2

    def test_thirty_unknown_words_take_six(
        self, engine: ElasticEngine, trips: Callable[[], int]
    ) -> None:
        engine.rebuild([an_entry("a", "Library association agreement")])
        trips()
        words = " ".join(f"agreemen{letter}" for letter in "abcdefghijklmnopqrsuvwxyz")
        page = engine.search(SearchRequest.of(f"library asociation {words}"))
        assert page.relaxed
        assert page.suggestion
        assert trips() == 6


class TestAServerThatIsNotThere:
    def test_is_unavailable_at_once(self, dead: ElasticEngine) -> None:
        began = time.perf_counter()
        for ask in (
            lambda: dead.search(SearchRequest.of("library")),
            lambda: dead.suggest("lib", language="en"),
            lambda: dead.upsert([an_entry("a")]),
            lambda: dead.delete(["a"]),
            lambda: dead.rebuild([an_entry("a")]),
            dead.fingerprints,
        ):
            with pytest.raises(EngineUnavailable):
                ask()
        assert time.perf_counter() - began < 1

    def test_is_down(self, dead: ElasticEngine) -> None:
        assert dead.health().status == "down"

    def test_that_accepts_and_never_answers_is_given_up(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            mute = ElasticEngine(f"http://127.0.0.1:{port}", timeout=0.3)
            began = time.perf_counter()
            with pytest.raises(EngineUnavailable, match="timed out"):
                mute.search(SearchRequest.of("library"))
            assert time.perf_counter() - began < 1


class TestAnIndexThatIsNotThere:
    def test_is_unavailable(self, engine: ElasticEngine) -> None:
        engine.remove()
        with pytest.raises(EngineUnavailable):
            engine.search(SearchRequest.of())
        with pytest.raises(EngineUnavailable):
            engine.fingerprints()
        assert engine.health().status == "down"

    def test_is_down_whatever_a_dead_rebuild_has_left(self, engine: ElasticEngine) -> None:
        """The mere existence of an unfinished index kept a lost one from being built anew."""
        engine.remove()
        orphan = engine._indices.create()
        assert engine.health().status == "down"
        engine.discard_unfinished()
        assert orphan not in _indices(engine)
        engine.rebuild([an_entry("a")])
        assert (engine.health().status, engine.health().entries) == ("ok", 1)


class TestWritersInTurn:
    def test_an_older_one_that_arrives_late_changes_nothing(self, engine: ElasticEngine) -> None:
        """A request that hung until its writer was given up must not undo the next one's."""
        engine.rebuild([])
        engine.upsert([an_entry("a")], turn=2)
        engine.delete(["a"], turn=1)
        assert engine.search(SearchRequest.of("library")).total == 1
        engine.delete(["a"], turn=3)
        engine.upsert([an_entry("a")], turn=2)
        assert engine.search(SearchRequest.of("library")).total == 0
        engine.upsert([an_entry("a")], turn=4)
        assert engine.search(SearchRequest.of("library")).total == 1


def _weighed(explained: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Of what the server says of a score: "field:term" → whether divergence weighed it."""
    if weighed := re.match(r"weight\((\S+) in ", explained["description"]):
        yield weighed[1], "DFRSimilarity" in explained["details"][0]["description"]
    for part in explained["details"]:
        yield from _weighed(part)


def _indices(engine: ElasticEngine) -> list[str]:
    client = Elasticsearch(require_elasticsearch())
    return sorted(client.indices.get(index=f"{engine.site}-*").body)
