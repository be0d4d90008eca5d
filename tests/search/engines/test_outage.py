"""The whole site on Elasticsearch, which dies while it is in use and comes back."""

from __future__ import annotations

import datetime
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone
from elasticsearch import Elasticsearch
from pytest_django import Settings

from search.answers import forget_engines, readiness
from search.catalogue import indexing
from search.engines import engines
from search.engines.elastic import ElasticEngine
from search.engines.failover import PAUSE
from search.models import PendingChange
from tests.factories.pages import CaseStudyPageFactory, make_site
from tests.servers import Line
from toolkit import health
from toolkit.pages.models import HomePage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(elastic: ElasticEngine, elasticsearch_url: str) -> Iterator[Line]:
    line = Line(elasticsearch_url)
    yield line
    line.cut()


@pytest.fixture
def home(
    line: Line, elastic: ElasticEngine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HomePage]:
    monkeypatch.setattr(health, "AT_MOST", 30.0)  # a test machine may be slow
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.ELASTICSEARCH_URL = line.url
    settings.SEARCH_ELASTICSEARCH_ALIAS = elastic.site
    forget_engines()
    home = make_site()
    for engine in engines():
        indexing.rebuild(engine)
    yield home
    served = engines()[0]
    if isinstance(served, ElasticEngine):
        served.remove()  # named after this test's database


def found(client: Client, text: str) -> list[str]:
    answer = client.get("/api/v1/search", {"q": text, "lang": "en"}).json()
    return sorted(hit["title"] for hit in answer["hits"])


def status(client: Client) -> str:
    return str(client.get("/readyz").json())


class TestElasticsearch:
    def test_carries_the_site_while_it_is_there(self, home: HomePage, client: Client) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries")
        assert found(client, "mobile") == ["Mobile libraries"], "the embedded index knows it"
        call_command("worker", "--once")
        assert found(client, "mobile") == ["Mobile libraries"]
        assert client.get("/en/search/?q=mobile").status_code == 200
        assert "degraded" not in status(client)
        assert not PendingChange.objects.exists()

    def test_that_dies_is_replaced_and_catches_up_when_it_is_back(
        self, home: HomePage, client: Client, line: Line, elastic: ElasticEngine
    ) -> None:
        gone = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        call_command("worker", "--once")
        assert found(client, "libraries") == ["Mobile libraries"]

        line.cut()
        assert found(client, "libraries") == ["Mobile libraries"]
        page = client.get("/en/search/?q=mobile")
        assert page.status_code == 200
        assert "<mark>Mobile</mark> libraries" in page.content.decode()
        assert "degraded" in status(client)
        CaseStudyPageFactory(parent=home, title="Floating libraries")
        gone.unpublish()
        assert found(client, "libraries") == ["Floating libraries"]
        assert PendingChange.objects.filter(engine="elasticsearch").exists()

        line.mend()
        time.sleep(PAUSE)
        assert found(client, "libraries") == ["Floating libraries"]
        call_command("worker", "--once")
        assert found(client, "libraries") == ["Floating libraries"]
        assert "degraded" not in status(client)
        assert not PendingChange.objects.exists()
        assert len(engines()[0].fingerprints()) == engines()[1].health().entries

    def test_that_takes_no_changes_never_serves_what_was_withdrawn(
        self, home: HomePage, client: Client, elastic: ElasticEngine, elasticsearch_url: str
    ) -> None:
        """At its flood stage it goes on answering readers. It served withdrawn pages for as long
        as the traffic did not pause."""
        gone = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        call_command("worker", "--once")
        server = Elasticsearch(elasticsearch_url)
        index = engines()[0]._indices.alias  # type: ignore[attr-defined]
        server.indices.put_settings(
            index=index, settings={"index.blocks.read_only_allow_delete": True}
        )
        try:
            assert found(client, "libraries") == ["Mobile libraries"]
            gone.title = "Renamed libraries"
            gone.save_revision().publish()
            gone.unpublish()
            CaseStudyPageFactory(parent=home, title="Floating libraries")
            for _ in range(3):
                assert found(client, "libraries") == ["Floating libraries"]
                call_command("worker", "--once")
            _health, behind = readiness()
            assert "elasticsearch" in behind.refused
            PendingChange.objects.update(at=timezone.now() - datetime.timedelta(minutes=1))
            answer = client.get("/readyz").json()
            assert (answer["status"], answer["search"]["cause"]) == ("degraded", "no space left")
        finally:
            server.indices.put_settings(
                index=index, settings={"index.blocks.read_only_allow_delete": None}
            )
        time.sleep(indexing.PAUSE)
        # No pause in the traffic is needed
        assert found(client, "libraries") == ["Floating libraries"]
        call_command("worker", "--once")
        assert not PendingChange.objects.exists()
        assert found(client, "libraries") == ["Floating libraries"]
        assert "degraded" not in status(client)

    def test_that_hangs_holds_neither_a_save_nor_the_database(
        self, home: HomePage, client: Client, settings: Settings, line: Line
    ) -> None:
        """A save took eleven seconds, and every other writer waited for ten."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
            forget_engines()
            page = CaseStudyPageFactory(parent=home, title="One")
            page.title = "Two"
            waited: list[float] = []

            def another_writer() -> None:
                time.sleep(0.5)
                began = time.perf_counter()
                Group.objects.create(name="somebody else writes")
                waited.append(time.perf_counter() - began)
                connections.close_all()

            other = threading.Thread(target=another_writer)
            other.start()
            began = time.perf_counter()
            indexing.apply_in_passing(within=2.0)  # the worker, which waits for the server
            hung = time.perf_counter() - began
            other.join()
            began = time.perf_counter()
            page.save()
            saved = time.perf_counter() - began
            assert found(client, "two") == ["Two"]
        settings.ELASTICSEARCH_URL = line.url
        forget_engines()
        assert hung > 1, "the server was asked"
        assert waited[0] < 1
        assert saved < 1  # 0.3 s on a machine that does nothing else
