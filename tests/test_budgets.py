"""Queries to the database: few for every page type, and as many at ten entries as at ten
thousand."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.documents.models import Document
from wagtail.models import Page

from search.answers import current_engine
from search.catalogue import indexing
from search.engines import engines
from tests.benchmarks.collections import entries
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    DirectionFactory,
    ExercisePageFactory,
    PlainPageFactory,
    ResourcePageFactory,
    SectionPageFactory,
    SeriesFactory,
    make_site,
    translated,
)
from toolkit.core.short_keys import short_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_each_time")]

MOST = 12
CLASSIFIED = {
    "regions": [f"region-{n}" for n in range(8)],
    "partner_types": [f"partner-{n}" for n in range(6)],
    "sdgs": [f"sdg-{n}" for n in range(8)],
    "roles": ["partners", "portals"],
    "tags": [f"tag {n}" for n in range(10)],
}


def queries(client: Client, address: str) -> list[str]:
    """What a process that has served a page before asks the database for this one."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, address
    assert response.content
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def full_pages(tmp_path: Any, settings: Any) -> dict[str, Page]:
    """A page of every type with all that a page may have: classification, translations,
    files, neighbours."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path
    with transaction.atomic():  # the index hears of them all at once
        pages = make_full_pages()
    indexing.rebuild(engines()[0])
    return pages


def make_full_pages() -> dict[str, Page]:
    home = make_site()
    directions = [DirectionFactory().code for _ in range(4)]
    section = SectionPageFactory(parent=home, slug="everything", kinds="case-study mou")
    series = SeriesFactory()
    classified = {**CLASSIFIED, "directions": directions}
    pages = {
        "home": home,
        "section": section,
        "plain": PlainPageFactory(parent=home),
        "resource": ResourcePageFactory(parent=section, **classified),
        "agreement": AgreementPageFactory(parent=section, **classified),
        "case study": CaseStudyPageFactory(parent=section, **classified),
        "exercise": ExercisePageFactory(parent=section, series=series, number=2, **classified),
    }
    for number in (1, 3):
        ExercisePageFactory(parent=section, series=series, number=number)
    for number in range(12):
        CaseStudyPageFactory(parent=section, title=f"Case {number}", **classified)
    for name in ("resource", "agreement", "case study", "exercise"):
        for number in range(5):
            document = Document.objects.create(
                title=f"File {number}", file=ContentFile(b"text", name=f"{name}-{number}.txt")
            )
            pages[name].attachments.create(document=document)
        pages[name].save()
        for language in ("ar", "fr", "zh"):
            translated(pages[name], language)
    return pages


class TestPages:
    @pytest.mark.django_db(transaction=True)
    def test_need_at_most_twelve_queries(
        self, client: Client, full_pages: dict[str, Page], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("toolkit.core.public_state.LOOKS_EVERY", 0)  # as a request after a rest
        for page_type, page in full_pages.items():
            asked = queries(client, page.get_url())
            assert len(asked) <= MOST, "\n".join([page_type, *asked])
        works = ".".join(
            short_key(full_pages[name].translation_key)
            for name in ("resource", "agreement", "case study", "exercise")
        )
        for address in (
            f"/en/search/list/?works={works}",
            f"/ar/search/list.csv?works={works}",
            "/en/search/?q=case",
            "/ar/search/?region=region-1&tag=tag-2",
            "/en/search/results.ris?q=case",
            f"/fr/cite/{full_pages['agreement'].translation_key}.bib",
            "/en/browse/",
            "/en/search/help/",
            "/en/browse/region/region-1/",
            "/api/v1/search?q=case&lang=fr",
        ):
            assert len(queries(client, address)) <= MOST, address


@pytest.mark.once  # Django asks every database as often
class TestGrowth:
    def test_adds_no_query_from_ten_entries_to_ten_thousand(self, client: Client) -> None:
        make_site()
        counted = {}
        for size in (10, 1_000, 10_000):
            current_engine().rebuild(entries(size, words=20))
            counted[size] = [
                len(queries(client, address))
                for address in ("/en/", "/en/search/", "/en/search/?q=frequent&sort=title&page=2")
                if size > 10 or "page=2" not in address
            ]
        assert counted[10] == counted[1_000][:2]
        assert counted[1_000] == counted[10_000]
        assert max(counted[10_000]) <= MOST
