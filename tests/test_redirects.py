"""Where a moved page's old addresses lead."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, TestCase
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    SectionPageFactory,
    make_site,
    translated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Any, settings: Any) -> Page:
    settings.DATA_DIR = tmp_path
    return make_site()


def slugged(page: Page, slug: str) -> None:
    page = page.specific_class.objects.get(pk=page.pk)
    page.slug = slug
    with TestCase.captureOnCommitCallbacks(execute=True):
        page.save_revision().publish()


def end(address: str) -> str:
    """The address at the end of all redirects; "" for an error."""
    response = Client().get(address, follow=True)
    if response.status_code != 200:
        return ""
    return response.redirect_chain[-1][0] if response.redirect_chain else address


class TestAMovedPage:
    def test_takes_along_its_downloads_and_the_query(self, home: Page) -> None:
        page = AgreementPageFactory(parent=home, slug="old")
        slugged(page, "new")
        assert end("/en/old/") == "/en/new/"
        assert end("/en/old/download/docx/?partner=ngos") == "/en/new/download/docx/?partner=ngos"
        assert end("/en/old/?guidance=1") == "/en/new/?guidance=1"
        assert Client().get("/en/old/download/exe/").status_code == 404

    def test_takes_along_everything_when_it_is_a_section(self, home: Page) -> None:
        """Also a page that was not published when the section moved."""
        section = SectionPageFactory(parent=home, slug="section")
        deeper = SectionPageFactory(parent=home, slug="deeper")
        AgreementPageFactory(parent=section, slug="one")
        late = CaseStudyPageFactory(parent=section, slug="late", live=False)
        section.refresh_from_db()
        section.move(deeper, "last-child")
        type(late).objects.get(pk=late.pk).save_revision().publish()
        assert end("/en/section/one/download/odt/") == "/en/deeper/section/one/download/odt/"
        assert end("/en/section/late/?a=1") == "/en/deeper/section/late/?a=1"

    def test_is_found_after_many_moves_and_after_its_return(self, home: Page) -> None:
        page = AgreementPageFactory(parent=home, slug="a")
        for slug in ("b", "c", "a", "d", "a"):
            slugged(page, slug)
        for slug in ("b", "c", "d"):
            response = Client().get(f"/en/{slug}/download/docx/")
            assert response["Location"] == "/en/a/download/docx/"
            assert response["Cache-Control"] == "no-cache"  # or browsers would go in a circle
        assert Client().get("/en/a/").status_code == 200
        assert Client().get("/en/a/nothing/").status_code == 404

    def test_stays_in_its_language(self, home: Page) -> None:
        page = AgreementPageFactory(parent=home, slug="old")
        french = translated(page, "fr")
        slugged(french, "nouveau")
        assert end("/fr/old/download/docx/") == "/fr/nouveau/download/docx/"
        assert end("/en/old/") == "/en/old/"

    def test_that_is_no_longer_published_is_not_named(self, home: Page) -> None:
        page = CaseStudyPageFactory(parent=home, slug="old")
        slugged(page, "secret-plan")
        type(page).objects.get(pk=page.pk).unpublish()
        assert Client().get("/en/old/").status_code == 404


class TestARedirectOfAnEditor:
    def test_that_leads_in_a_circle_leads_nowhere(self, home: Page) -> None:
        Redirect.add_redirect("/en/one/", "/en/two/")
        Redirect.add_redirect("/en/two/", "/en/one/")
        Redirect.add_redirect("/en/self/", "/en/self/")
        for address in ("/en/one/", "/en/two/", "/en/self/"):
            assert Client().get(address).status_code == 404, address

    def test_is_followed_to_its_end(self, home: Page) -> None:
        page = CaseStudyPageFactory(parent=home, slug="there")
        Redirect.add_redirect("/en/one/", "/en/two/")
        Redirect.add_redirect("/en/two/", page)
        Redirect.add_redirect("/en/out/", "https://example.org/x?y=1")
        assert Client().get("/en/one/?q=1")["Location"] == "/en/there/?q=1"
        assert Client().get("/en/out/?q=1")["Location"] == "https://example.org/x?y=1&q=1"
