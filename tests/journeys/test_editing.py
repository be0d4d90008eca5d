"""What stops editors in a browser: no preview, checks that see nothing, a session that ends."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.server import Site

pytestmark = pytest.mark.browser

TYPES = ("HomePage", "SectionPage", "PlainPage", "AgreementPage", "CaseStudyPage")
TYPES += ("ExercisePage", "ResourcePage")


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, dict[str, int]]:
    """Page type → language → a page of the collection."""
    return dict(json.loads(site.run("-m", "tests.journeys.content", "pages")))


@pytest.fixture
def admin(open_page: Callable[..., Page], site: Site) -> Page:
    page = open_page(width=1600)
    page.add_init_script(
        "document.addEventListener('w-unsaved:watch-edits',"
        " () => { document.documentElement.dataset.isWatched = ''; })"
    )
    page.goto("/admin/")
    sign_in(page)
    page.wait_for_url("**/admin/")
    return page


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("an editor's password")
    page.get_by_role("button", name="Sign in").click()


def edit(admin: Page, number: int) -> None:
    """Open a page; what is typed before the form is watched would be no change to the admin."""
    admin.goto(f"/admin/pages/{number}/edit/")
    admin.locator("html[data-is-watched]").wait_for()
    admin.wait_for_timeout(1_000)  # it begins to be watched more than once


def checks(admin: Page) -> str:
    """The number of faults that the checks panel tells, once it has looked at the preview."""
    admin.locator("[data-side-panel-toggle=checks]").click()
    panel = admin.locator("[data-side-panel=checks]")
    expect(panel.locator("[data-content-word-count]")).not_to_have_text("-")
    admin.wait_for_timeout(1_500)
    return panel.locator("[data-content-checker-count]").first.inner_text()


class TestThePreview:
    def test_shows_every_page_type_at_a_phones_width_and_checks_it(
        self, admin: Page, pages: dict[str, dict[str, int]]
    ) -> None:
        for page_type in TYPES:
            edit(admin, pages[page_type]["en"])
            admin.locator("[data-side-panel-toggle=preview]").click()
            frame = admin.frame_locator("#w-preview-iframe")
            expect(frame.locator("h1").first).to_be_visible()
            assert frame.locator("html").evaluate("html => html.clientWidth") <= 420, page_type
            assert frame.locator("html").get_attribute("dir") == "ltr"
            assert checks(admin) == "0", page_type

    def test_reads_from_right_to_left_in_arabic(
        self, admin: Page, pages: dict[str, dict[str, int]]
    ) -> None:
        edit(admin, pages["SectionPage"]["ar"])
        admin.locator("[data-side-panel-toggle=preview]").click()
        frame = admin.frame_locator("#w-preview-iframe")
        expect(frame.locator("h1").first).to_be_visible()
        assert frame.locator("html").get_attribute("dir") == "rtl"

    def test_has_a_fault_counted_that_is_planted(
        self, admin: Page, site: Site, pages: dict[str, dict[str, int]]
    ) -> None:
        """The panel said "0 issues" of a page that it had never seen."""
        number = pages["ResourcePage"]["fr"]  # a page that no other test opens keeps the fault
        site.run("-m", "tests.journeys.content", "plant", str(number))
        edit(admin, number)
        admin.locator("[data-side-panel-toggle=preview]").click()
        frame = admin.frame_locator("#w-preview-iframe")
        expect(frame.get_by_text("Only bold, and no heading")).to_be_visible()
        assert checks(admin) == "1"


class TestTheButtons:
    def test_do_what_they_say(self, admin: Page, pages: dict[str, dict[str, int]]) -> None:
        """The form asks who is there before it leaves; meanwhile the admin disables the button
        that was pressed, and whatever it was to do, a draft was saved instead."""
        edit(admin, pages["PlainPage"]["de"])
        admin.get_by_role("button", name="More actions").last.click()
        admin.locator("[name=action-submit]").last.click()
        expect(admin.locator(".messages")).to_contain_text("submitted for moderation")


class TestASessionThatEnds:
    def test_is_begun_again_beside_the_form_and_nothing_typed_is_lost(
        self, admin: Page, pages: dict[str, dict[str, int]]
    ) -> None:
        edit(admin, pages["PlainPage"]["en"])
        summary = admin.get_by_role("textbox", name="Summary")
        admin.context.clear_cookies(name="sessionid")
        summary.fill("Typed after the session had ended.")
        notice = admin.locator("#signed-out")
        expect(notice).to_contain_text("still here")
        # pressing the button leaves the page no more than before
        admin.get_by_role("button", name="Save draft").click()
        admin.wait_for_timeout(1_000)
        expect(summary).to_have_value("Typed after the session had ended.")
        with admin.context.expect_page() as opened:
            notice.get_by_role("link").click()
        sign_in(opened.value)
        expect(admin.locator(".messages")).to_contain_text("has been updated")
        expect(notice).to_be_hidden()
        admin.reload()
        expect(admin.get_by_role("textbox", name="Summary")).to_have_value(
            "Typed after the session had ended."
        )
