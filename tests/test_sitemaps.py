"""Which addresses search engines are told of, and which they are asked to leave alone."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from wagtail.models import PageViewRestriction

from tests.factories.pages import ResourcePageFactory
from tests.search.engines.collection import Collection
from toolkit import sitemaps

pytestmark = pytest.mark.django_db
SPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
ROOT = "http://testserver"


@pytest.fixture(autouse=True)
def _collection(collection: Collection) -> None:
    """Every test has it."""


def read(client, address: str) -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return ET.fromstring(response.content)  # noqa: S314  our own answer


def entries(client, language: str) -> dict[str, ET.Element]:
    """Address → its element."""
    found = read(client, f"/sitemap-{language}.xml").findall("s:url", SPACES)
    return {item.findtext("s:loc", "", SPACES).removeprefix(ROOT): item for item in found}


def versions(entry: ET.Element) -> dict[str, str]:
    return {
        link.get("hreflang", ""): link.get("href", "").removeprefix(ROOT)
        for link in entry.findall("x:link", SPACES)
    }


class TestIndex:
    def test_names_a_sitemap_for_each_language(self, client) -> None:
        named = [
            item.text.removeprefix(ROOT)
            for item in read(client, "/sitemap.xml").findall("s:sitemap/s:loc", SPACES)
        ]
        assert named == [
            f"/sitemap-{code}.xml" for code in ("ar", "de", "en", "es", "fr", "ru", "zh")
        ]
        for address in named:
            read(client, address)

    def test_begins_addresses_with_the_sites_own(self, client, settings) -> None:
        settings.TOOLKIT_SITE_ROOT = "https://toolkit.example"
        assert b"<loc>https://toolkit.example/sitemap-en.xml" in client.get("/sitemap.xml").content
        assert b"<loc>https://toolkit.example/en/" in client.get("/sitemap-en.xml").content

    def test_numbers_the_files_of_a_language_with_many_pages(self, client, monkeypatch) -> None:
        monkeypatch.setattr(sitemaps, "PAGES_IN_A_FILE", 2)
        files = [
            item.text.removeprefix(ROOT)
            for item in read(client, "/sitemap.xml").findall("s:sitemap/s:loc", SPACES)
        ]
        assert "/sitemap-en.xml?p=2" in files
        found = [
            loc.text
            for address in files
            if "-en" in address
            for loc in read(client, address).findall("s:url/s:loc", SPACES)
        ]
        assert len(found) == len(set(found))
        monkeypatch.undo()
        assert sorted(url.removeprefix(ROOT) for url in found) == sorted(entries(client, "en"))


class TestSitemap:
    def test_lists_pages_and_terms_that_answer(self, client) -> None:
        listed = entries(client, "en")
        assert "/en/" in listed
        assert "/en/browse/" in listed
        assert "/en/browse/region/sub-saharan-africa/" in listed
        assert "/en/browse/strategy/2015-21/" in listed
        for address in listed:
            assert client.get(address).status_code == 200, address

    def test_leaves_out_terms_without_entries(self, client) -> None:
        assert "/en/browse/region/zw/" not in entries(client, "en")

    def test_names_the_versions_of_each_page(self, client) -> None:
        french = entries(client, "fr")
        pages = {address: item for address, item in french.items() if "/browse/" not in address}
        entry = next(item for address, item in pages.items() if address.count("/") > 2)
        links = versions(entry)
        assert {"en", "fr", "x-default"} <= set(links)
        assert links["x-default"] == links["en"]
        assert versions(entries(client, "en")[links["en"]]) == links

    def test_names_the_page_of_a_term_in_all_languages(self, client) -> None:
        links = versions(entries(client, "ar")["/ar/browse/region/ke/"])
        assert len(links) == 8
        assert links["zh"] == "/zh/browse/region/ke/"

    def test_says_when_a_page_changed(self, client, collection) -> None:
        collection.home.save_revision().publish()
        assert entries(client, "en")["/en/"].findtext("s:lastmod", "", SPACES).startswith("20")

    def test_keeps_silent_about_drafts_and_private_pages(self, client, collection) -> None:
        draft = ResourcePageFactory(parent=collection.home, live=False)
        private = ResourcePageFactory(parent=collection.home)
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        listed = entries(client, "en")
        assert draft.get_url() not in listed
        assert private.get_url() not in listed
        assert private.get_url().encode() not in client.get("/sitemap-fr.xml").content

    def test_needs_as_many_queries_for_many_pages(
        self, client, collection, django_assert_max_num_queries
    ) -> None:
        for _number in range(30):
            ResourcePageFactory(parent=collection.home)
        client.get("/sitemap-fr.xml")  # the vocabularies are known by then
        with django_assert_max_num_queries(8):
            assert len(entries(client, "en")) > 30

    @pytest.mark.parametrize(
        "address",
        [
            "/sitemap-xx.xml",
            "/sitemap-en.xml?p=2",
            "/sitemap-en.xml?p=a",
            f"/sitemap-en.xml?p={'9' * 5000}",
        ],
    )
    def test_is_not_there_for_what_does_not_exist(self, client, address: str) -> None:
        assert client.get(address).status_code == 404


class TestRobots:
    def test_may_read_everything_but_the_admin_and_the_api(self, client) -> None:
        """Results too: whoever may not read them does not see that they are not to be listed."""
        closed = [
            line.removeprefix("Disallow: ")
            for line in client.get("/robots.txt").content.decode().splitlines()
            if line.startswith("Disallow: ")
        ]

        def may_read(address: str) -> bool:
            return not address.startswith(tuple(closed))  # RFC 9309, without wildcards

        for address in ("/en/", "/ar/browse/region/ke/", "/en/search/?q=mou", "/static/css/a.css"):
            assert may_read(address), address
        for address in ("/admin/pages/3/", "/api/v1/search?q=mou"):
            assert not may_read(address), address

    def test_names_the_sitemap(self, client) -> None:
        response = client.get("/robots.txt")
        assert response["Content-Type"].startswith("text/plain")
        assert "Sitemap: http://testserver/sitemap.xml" in response.content.decode()
