"""The tags of the collection, as a reader of another language meets them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from casestudies.models import CaseStudyPage
from tests.factories.pages import CaseStudyPageFactory, make_site, translated
from tests.factories.standing import Ground, Stood, found_again
from tests.search.engines.collection import index
from toolkit.taxonomy.loading import load_vocabularies

pytestmark = pytest.mark.django_db


def make_entry() -> CaseStudyPage:
    list(load_vocabularies())
    home = make_site()
    entry: CaseStudyPage = CaseStudyPageFactory(
        parent=home, title="A day", tags=["international days", "zines"]
    )
    CaseStudyPageFactory(parent=home, title="Another", tags=["budget"])
    index()
    return entry


@pytest.fixture(scope="module")
def standing_entry(ground: Ground) -> Iterator[Stood[CaseStudyPage]]:
    with ground.standing(make_entry) as stood:
        yield stood


@pytest.fixture
def entry(standing_entry: Stood[CaseStudyPage], db: None, own_index: None) -> CaseStudyPage:
    standing_entry.use_copy_of_index()
    return found_again(standing_entry.made)


def shown(client: Client, address: str, selector: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return [found.get_text(" ", strip=True) for found in page.select(selector)]


class TestATagOfTheCollection:
    def test_stands_among_the_facets_in_the_readers_language(self, client, entry) -> None:
        names = shown(client, "/ar/search/", "#facet-tag .facet__name")
        assert set(names) == {"أيام دولية", "ميزانية", "zines"}

    def test_keeps_its_address_in_every_language(self, client, entry) -> None:
        found = shown(client, "/ar/search/?tag=international-days", ".hit__title")
        assert found == ["A day"]

    @pytest.mark.parametrize(
        "words", ["أيام دولية", "internationale Tage", "международные дни", "国际日"]
    )
    def test_finds_its_entries_by_its_label(self, client, entry, words: str) -> None:
        assert shown(client, f"/en/search/?q={words}", ".hit__title") == ["A day"]

    def test_stands_on_its_entry_in_the_readers_language(self, client, entry) -> None:
        labels = shown(client, entry.get_url(), 'a[href*="tag=international-days"]')
        assert labels == ["international days"]
        french = translated(entry, "fr")
        labels = shown(client, french.get_url(), 'a[href*="tag=international-days"]')
        assert labels == ["journées internationales"]
