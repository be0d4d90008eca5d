"""A reader finds an entry by a word that stands in a file of it, and has the file."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.server import Site
from tests.journeys.test_page_types import sideways, violations

pytestmark = pytest.mark.browser

WORD = "spirograph"


@pytest.fixture(scope="module")
def filed(site: Site) -> Site:
    """The site, whose worker has read what was attached."""
    site.run("-m", "tests.journeys.content", "attach", WORD)
    site.run("manage.py", "read_files")  # the worker does so, a few of them at each look
    return site


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize(
    ("language", "said", "title"),
    [("en", "In the file", "Budget <1>"), ("ar", "في الملف", "الميزانية")],
)
def test_a_word_in_a_file_leads_to_the_file(
    filed: Site, open_page: Callable[..., Page], language: str, said: str, title: str, scripts: bool
) -> None:
    page = open_page(f"/{language}/search/?q={quote(WORD)}", width=320, scripts=scripts)
    hits = page.locator(".hit")
    expect(hits).to_have_count(1)
    found = hits.locator(".hit__file")
    expect(found).to_contain_text(said)
    expect(found).to_contain_text("DOCX")
    link = found.get_by_role("link", name=title, exact=True)
    expect(hits.locator("mark").first).to_have_text(WORD)
    assert sideways(page) == []
    if scripts:
        assert violations(page) == []
    with page.expect_download() as downloading:
        link.click()
    assert downloading.value.suggested_filename == f"budget-{language}.docx"


def test_a_file_that_cannot_be_read_is_told_of_where_files_are_edited(
    filed: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page("/admin/login/?next=/admin/reports/files/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("an editor's password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("It is protected by a password")).to_be_visible()
    page.get_by_role("link", name="Closed", exact=True).click()
    expect(page.get_by_text("The words in this file cannot be found.")).to_be_visible()
