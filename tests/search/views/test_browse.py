"""Pages of the vocabularies."""

from __future__ import annotations

import pytest

from search.answers import current_engine
from search.engines.base import EngineUnavailable
from tests.search.engines.collection import (
    Collection,
    chosen,
    number,
    soup,
    text,
    titles,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # pages are drawn of the index


@pytest.fixture(autouse=True)
def _collection(collection: Collection) -> None:
    """Every test has it."""


def get(client, address: str):
    response = client.get(address)
    assert response.status_code == 200
    return soup(response)


def links(page, selector: str) -> dict[str, str]:
    return {text(link): link["href"] for link in page.select(f"{selector} a")}


class TestTermPage:
    @pytest.mark.parametrize(
        "term",
        [
            "region/ke",
            "partner/ngos",
            "direction/2019-24.3.2",
            "role/partners",
            "sdg/16.10",
            "kind/mou",
        ],
    )
    def test_shows_the_entries_of_each_vocabularys_term(self, client, term: str) -> None:
        assert "Memorandum of two libraries" in titles(get(client, f"/en/browse/{term}/"))

    @pytest.mark.parametrize("path", ["", "region/ke/"])
    def test_is_told_to_machines_in_every_language(self, client, path: str) -> None:
        head = get(client, f"/ar/browse/{path}?utm_source=mail").head
        told = {link["hreflang"]: link["href"] for link in head.select("link[hreflang]")}
        assert len(told) == 8
        assert told["fr"] == f"http://testserver/fr/browse/{path}"
        assert told["x-default"] == told["en"]
        canonical = head.select_one("link[rel=canonical]")
        assert canonical["href"] == told["ar"]

    def test_says_what_the_term_is(self, client) -> None:
        page = get(client, "/en/browse/region/sub-saharan-africa/")
        assert text(page.h1) == "Sub-Saharan Africa"
        assert "From Mauritania to Somalia." in text(page.main)
        assert "Sub-Saharan Africa" in text(page.title)

    def test_leads_to_narrower_terms_with_their_numbers(self, client) -> None:
        page = get(client, "/en/browse/region/sub-saharan-africa/")
        assert [text(item) for item in page.select(".term__narrower li")] == [
            "Kenya Entries: 2",
            "Nigeria Entries: 2",
        ]
        assert links(page, ".term__narrower")["Kenya"] == "/en/browse/region/ke/"

    def test_leads_to_wider_terms(self, client) -> None:
        page = get(client, "/en/browse/direction/2019-24.3.2/")
        assert links(page, ".breadcrumbs") == {
            "Search": "/en/search/",
            "Search by subject": "/en/browse/",
            "Strategy 2019–2024": "/en/browse/strategy/2019-24/",
            "3 Connect the field": "/en/browse/direction/2019-24.3/",
        }

    def test_leads_to_the_same_idea_in_other_editions_both_ways(self, client) -> None:
        newer = get(client, "/en/browse/direction/2019-24.3.2/")
        assert links(newer, ".term__equal") == {
            "2 Information and knowledge": "/en/browse/direction/2015-21.2/"
        }
        older = get(client, "/en/browse/direction/2015-21.2/")
        assert "3.2 Work across regions" in links(older, ".term__equal")
        assert titles(older) == titles(newer) == ["Memorandum of two libraries"]

    def test_leads_to_the_search_with_its_facet_ticked(self, client) -> None:
        page = get(client, "/en/browse/region/sub-saharan-africa/")
        link = page.select_one(".term__entries a.button")
        assert link["href"] == "/en/search/?region=sub-saharan-africa"
        results = get(client, link["href"])
        assert number(results) == 3
        assert results.select_one("#f-region-sub-saharan-africa").has_attr("checked")

    def test_of_a_strategy_shows_the_entries_of_its_directions(self, client) -> None:
        page = get(client, "/en/browse/strategy/2019-24/")
        assert titles(page) == ["Memorandum of two libraries"]
        assert links(page, ".term__narrower") == {
            "3 Connect the field": "/en/browse/direction/2019-24.3/"
        }
        results = get(client, page.select_one(".term__entries a.button")["href"])
        assert "2019-24.3" in chosen(results, "direction")
        assert number(results) == 1

    def test_speaks_the_readers_language(self, client) -> None:
        page = get(client, "/fr/browse/region/sub-saharan-africa/")
        assert text(page.h1) == "Afrique subsaharienne"
        assert "Protocole de deux bibliothèques" in titles(page)
        assert page.select_one(".hit__title[lang=en]") is not None

    def test_without_entries_says_so(self, client) -> None:
        page = get(client, "/en/browse/region/zw/")
        assert "There is no entry here yet." in text(page.main)

    def test_of_5b_is_5_dot_b(self, client) -> None:
        response = client.get("/en/browse/sdg/5B/")
        assert response.status_code == 302
        assert response["Location"] == "/en/browse/sdg/5.b/"

    @pytest.mark.parametrize("term", ["region/atlantis", "colour/red", "tag/advocacy", "sdg/16.1"])
    def test_does_not_exist_for_an_unknown_term(self, client, term: str) -> None:
        assert client.get(f"/en/browse/{term}/").status_code == 404

    def test_needs_at_most_twelve_queries(self, client, django_assert_max_num_queries) -> None:
        client.get("/en/browse/region/europe/")  # the vocabularies are known by then
        with django_assert_max_num_queries(12):
            client.get("/en/browse/region/sub-saharan-africa/")

    def test_can_be_read_while_the_index_is_rebuilt(self, client, monkeypatch) -> None:
        monkeypatch.setattr("search.answers.rebuild_elsewhere", lambda: True)

        def lost(asked: object) -> None:
            raise EngineUnavailable("no index")

        monkeypatch.setattr(current_engine(), "search", lost)
        page = get(client, "/en/browse/region/europe/")
        assert text(page.h1) == "Europe"
        assert "being made anew" in text(page.main)
        assert "being made anew" in text(get(client, "/en/browse/").main)


class TestBrowse:
    def test_leads_to_the_terms_of_all_vocabularies(self, client) -> None:
        found = links(get(client, "/en/browse/"), "main")
        assert found["Europe"] == "/en/browse/region/europe/"
        assert found["NGOs"] == "/en/browse/partner/ngos/"
        assert found["16 Peace and justice"] == "/en/browse/sdg/16/"
        assert found["Partners"] == "/en/browse/role/partners/"
        assert found["Strategy 2019–2024"] == "/en/browse/strategy/2019-24/"
        assert found["3 Connect the field"] == "/en/browse/direction/2019-24.3/"
        assert found["Mou"] == "/en/browse/kind/mou/"

    def test_shows_the_number_of_entries(self, client) -> None:
        items = [text(item) for item in get(client, "/en/browse/").select(".term-list li")]
        assert "Sub-Saharan Africa Entries: 3" in items
        assert "Government Entries: 2" in items
        assert "5 Gender equality Entries: 0" in items

    def test_every_link_leads_to_a_page(self, client) -> None:
        for address in links(get(client, "/en/browse/"), "main").values():
            assert client.get(address).status_code == 200


class TestOpenSearch:
    def test_describes_the_search_in_the_readers_language(self, client) -> None:
        import xml.etree.ElementTree as ET

        response = client.get("/fr/search/opensearch.xml")
        assert response["Content-Type"] == "application/opensearchdescription+xml"
        root = ET.fromstring(response.content)  # noqa: S314  our own answer
        spaces = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
        assert root.findtext("o:Language", namespaces=spaces) == "fr"
        templates = {url.get("rel"): url.get("template") for url in root.findall("o:Url", spaces)}
        assert templates["results"].startswith("http://testserver/fr/search/?q={searchTerms}")
        assert "lang=fr" in templates["suggestions"]
        assert client.get("/fr/search/?q=library&page=").status_code == 200
