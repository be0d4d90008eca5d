"""What stands at /fr/ while the French home page is not published."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from wagtail.models import Page

from tests.factories.pages import AgreementPageFactory, SectionPageFactory, make_site, translated

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Page:
    """English, German and French; the French home page is unpublished."""
    home = make_site()
    section = SectionPageFactory(parent=home, slug="section", title="Section")
    AgreementPageFactory(parent=section, slug="mou", title="Memorandum")
    translated(section, "de", title="Bereich")
    translated(section, "fr", title="Rubrique")
    french = Page.objects.get(depth=2, locale__language_code="fr")
    french.specific.unpublish()
    return home


class TestTheHomeOfAnUnpublishedLanguage:
    def test_says_so_in_its_language_and_names_the_others(self, home: Page) -> None:
        """It showed the English page as if it were French."""
        response = Client().get("/fr/")
        assert response.status_code == 404
        page = BeautifulSoup(response.content, "html.parser")
        assert page.html["lang"] == "fr"
        assert {a["href"] for a in page.select("main ul a[hreflang]")} == {"/en/", "/de/"}

    def test_is_linked_from_no_page(self, home: Page) -> None:
        for address in ("/en/", "/de/", "/en/section/mou/"):
            page = BeautifulSoup(Client().get(address).content, "html.parser")
            assert page.select("a[href='/de/']"), address
            assert not page.select("a[href='/fr/']"), address

    def test_is_not_where_the_address_of_the_site_leads(self, home: Page) -> None:
        for understood, leads in {"fr, de;q=0.5": "/de/", "fr": "/en/", "de": "/de/"}.items():
            response = Client().get("/?a=1", HTTP_ACCEPT_LANGUAGE=understood)
            assert response["Location"] == f"{leads}?a=1", understood
            assert "Accept-Language" in response["Vary"]

    def test_leaves_the_pages_below_it_where_they_are(self, home: Page) -> None:
        assert "Rubrique" in Client().get("/fr/section/").content.decode()

    def test_lends_its_address_to_no_page_of_another_language(self, home: Page) -> None:
        for address in (
            "/fr/section/mou/",
            "/fr/section/mou/download/docx/",
            "/es/",
            "/es/section/",
        ):
            assert Client().get(address).status_code == 404, address
