"""The whole site on Elasticsearch, which dies while it is in use and comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from search.answers import forget_engines
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
