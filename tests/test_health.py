"""What a monitor is told."""

from __future__ import annotations

import pytest
from django.test import Client

from search.answers import forget_engines
from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import CaseStudyPageFactory, make_site


class TestHealthz:
    def test_says_that_the_process_answers_without_asking_the_database(
        self, client: Client
    ) -> None:
        response = client.get("/healthz")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
class TestReadyz:
    def test_is_ok_with_an_index(self, client: Client) -> None:
        CaseStudyPageFactory(parent=make_site())
        indexing.rebuild(engines()[0])
        response = client.get("/readyz")
        answer = response.json()
        assert (response.status_code, answer["status"]) == (200, "ok")
        assert (answer["search"]["engine"], answer["search"]["entries"]) == ("embedded", 1)

    def test_is_down_without_one(self, client: Client) -> None:
        response = client.get("/readyz")
        assert (response.status_code, response.json()["status"]) == (503, "down")

    def test_is_degraded_while_the_embedded_index_answers_for_elasticsearch(
        self, client: Client, settings: pytest.FixtureRequest
    ) -> None:
        indexing.rebuild(engines()[0])
        settings.SEARCH_ENGINE = "elasticsearch"  # type: ignore[attr-defined]
        settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
        forget_engines()
        response = client.get("/readyz")
        assert (response.status_code, response.json()["status"]) == (200, "degraded")

    def test_keeps_the_password_of_a_server_to_itself(
        self, client: Client, settings: pytest.FixtureRequest
    ) -> None:
        settings.SEARCH_ENGINE = "elasticsearch"  # type: ignore[attr-defined]
        settings.ELASTICSEARCH_URL = "http://elastic:geheim@127.0.0.1:9"  # type: ignore[attr-defined]
        forget_engines()
        assert "geheim" not in client.get("/readyz").content.decode()

    def test_is_down_where_files_cannot_be_written(
        self, client: Client, settings: pytest.FixtureRequest
    ) -> None:
        indexing.rebuild(engines()[0])
        settings.MEDIA_ROOT = "/dev/null/nowhere"  # type: ignore[attr-defined]
        answer = client.get("/readyz").json()
        assert answer["storage"]["status"] == "down"
