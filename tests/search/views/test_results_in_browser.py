"""The results page in a real browser: what the script improves, and that nothing needs it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Error, Locator, Page, Route, expect, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.factories.pages import CaseStudyPageFactory
from tests.factories.standing import committed, in_own_index
from tests.interchange import parsing
from tests.search.engines.collection import index, make_collection
from tests.servers import require_chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop running in this thread, and Django would refuse queries.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require_chromium(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def make_many() -> None:
    """The small collection, and so many tags that their list can be searched."""
    with transaction.atomic():  # the index hears of them all at once
        home = make_collection().home
        for number in range(12):
            CaseStudyPageFactory(parent=home, tags=[f"tag {number}", "Élan"])
        index()


@pytest.fixture(scope="module")
def served(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Path]]:
    """The address of a site that is served for this module, and the folder of its index."""
    folder = tmp_path_factory.mktemp("served") / "index"
    with committed(django_db_blocker, lambda: in_own_index(folder, make_many)):
        server = LiveServer("127.0.0.1")
        yield server.url, folder
        server.stop()


@pytest.fixture
def site(served: tuple[str, Path], own_index: None, settings: Settings) -> str:
    address, settings.SEARCH_INDEX_DIR = served
    return address


def open_page(browser: Browser, *, width: int = 1280, scripts: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    context.set_default_timeout(10_000)
    return context.new_page()


def total(page: Page) -> str:
    return page.inner_text("#results-title")


class TestLiveUpdate:
    def test_acts_on_a_tick_and_keeps_focus_address_and_announcement(self, browser, site) -> None:
        page = open_page(browser)
        page.goto(f"{site}/en/search/?q=library")
        page.check("#f-kind-case-study")
        expect(page.locator(".chip--remove")).to_have_count(1)
        assert page.url.endswith("/en/search/?q=library&kind=case-study")
        assert page.inner_text("#search-status") == total(page)
        assert page.evaluate("document.activeElement.id") == "f-kind-case-study"
        page.go_back()
        expect(page.locator(".chip--remove")).to_have_count(0)
        expect(page.locator("#f-kind-case-study")).not_to_be_checked()

    def test_leaves_the_focus_where_it_went_meanwhile(self, browser, site) -> None:
        """On a slow line she has gone on when the answer comes: to what it replaces."""
        page = open_page(browser)
        page.goto(f"{site}/en/search/?q=library")
        link = page.locator(".hit__title a", has_text="Nigeria")
        waiting = []
        page.route("**/en/search/?*kind=*", lambda route: waiting.append(route))
        page.check("#f-kind-case-study")
        link.focus()
        page.wait_for_function("document.getElementById('search').ariaBusy === 'true'")
        waiting[0].continue_()
        expect(page.locator(".chip--remove")).to_have_count(1)
        assert page.evaluate("document.activeElement.textContent") == link.inner_text()
        page.unroute("**/en/search/?*kind=*")
        gone = page.locator(".chip--remove").first
        gone.focus()
        page.evaluate("history.back()")
        expect(page.locator(".chip--remove")).to_have_count(0)
        assert page.evaluate("document.getElementById('search').contains(document.activeElement)")

    def test_finds_in_a_long_list(self, browser, site) -> None:
        page = open_page(browser)
        page.goto(f"{site}/en/search/")
        page.click("#facet-tag > summary")
        page.get_by_label("Find in this list").and_(page.locator(":visible")).last.fill("elan")
        shown = page.locator("#facet-tag .facet__value:visible")
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("Élan")


def option(page: Page, text: str) -> Locator:
    return page.get_by_role("option", name=text, exact=True)


class TestProposals:
    def test_a_filter_joins_those_that_are_chosen(self, browser, site) -> None:
        page = open_page(browser)
        page.goto(f"{site}/en/search/?kind=case-study&sort=title")
        page.locator("#search-words").press_sequentially("library in nige")
        option(page, "Region: \u2068Nigeria\u2069").click()
        page.wait_for_url("**/en/search/?*region=ng*")
        assert parse_qsl(urlsplit(page.url).query) == [
            ("q", "library"),
            ("sort", "title"),
            ("kind", "case-study"),
            ("region", "ng"),
        ]
        assert total(page) == "1 result for “library”"

    def test_a_title_leads_to_its_entry_and_a_word_into_the_box(self, browser, site) -> None:
        page = open_page(browser)
        page.goto(f"{site}/en/search/")
        box = page.locator("#search-words")
        box.press_sequentially("two memo")
        option(page, "two memorandum").click()
        assert box.input_value() == "two memorandum"
        expect(box).to_be_focused()
        expect(page.get_by_role("listbox")).to_be_hidden()
        box.fill("libraries memo")
        option(page, "Memorandum of two libraries").click()
        page.wait_for_url("**/en/memorandum/")

    def test_asks_seldom_and_shows_no_answer_to_an_older_question(self, browser, site) -> None:
        page = open_page(browser)
        asked: list[str] = []
        held: list[Route] = []

        def hold(route: Route) -> None:
            asked.append(dict(parse_qsl(urlsplit(route.request.url).query))["q"])
            held.append(route) if len(asked) == 1 else route.continue_()

        page.route("**/api/v1/suggest?*", hold)
        page.goto(f"{site}/en/search/")
        box = page.locator("#search-words")
        with page.expect_request("**/api/v1/suggest?*"):
            box.press_sequentially("memo")
        with page.expect_response("**/api/v1/suggest?*zzz*"):
            box.press_sequentially("zzz")
        assert asked == ["memo", "memozzz"]
        with contextlib.suppress(Error):  # the browser gave the question up
            held[0].continue_()
        expect(box).to_have_attribute("aria-expanded", "false")
        assert page.get_by_role("option").count() == 0

    def test_leaves_keys_to_an_input_method(self, browser, site) -> None:
        """A word that is being composed is not asked for, and its keys choose nothing."""
        page = open_page(browser)
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url) if "suggest" in r.url else None)
        page.goto(f"{site}/en/search/")
        box = page.locator("#search-words")
        box.focus()
        keyboard = page.context.new_cdp_session(page)
        composing = {"text": "memo", "selectionStart": 4, "selectionEnd": 4}
        keyboard.send("Input.imeSetComposition", composing)
        box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
        page.wait_for_timeout(500)
        assert asked == []
        keyboard.send("Input.insertText", {"text": "memo"})
        expect(option(page, "Memorandum of two libraries")).to_be_visible()
        assert page.url.endswith("/en/search/")
        box.dispatch_event("keydown", {"key": "ArrowDown", "isComposing": True})
        assert box.get_attribute("aria-activedescendant") is None

    def test_a_server_that_fails_leaves_a_box(self, browser, site) -> None:
        page = open_page(browser)
        page.route("**/api/v1/suggest?*", lambda route: route.abort())
        page.goto(f"{site}/en/search/")
        box = page.locator("#search-words")
        with page.expect_event("requestfailed"):
            box.press_sequentially("library")
        expect(box).to_have_attribute("aria-expanded", "false")
        box.press("Enter")
        page.wait_for_url("**/en/search/?q=library")

    def test_without_scripts_the_box_is_a_box(self, browser, site) -> None:
        page = open_page(browser, scripts=False)
        page.goto(f"{site}/en/browse/")
        box = page.get_by_role("searchbox")
        box.fill("library")
        box.press("Enter")
        page.wait_for_url("**/en/search/?q=library")


@pytest.mark.parametrize("scripts", [True, False])
class TestTakingAlong:
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_downloads_what_the_filters_leave(
        self, browser, site, language: str, scripts: bool
    ) -> None:
        """With scripts the links follow a tick, without them the button beside it."""
        page = open_page(browser, width=390, scripts=scripts)
        page.goto(f"{site}/{language}/search/?sort=title")
        page.click(".filters-open a")
        page.check("#f-kind-case-study")
        page.click(".filters__foot button")
        page.wait_for_url("**/search/?**kind=case-study")
        shown = int(page.get_attribute("#results-title", "data-total") or 0)
        with page.expect_download() as waiting:
            page.click(".take a[type='text/csv']")
        rows = parsing.table(Path(waiting.value.path()).read_bytes())
        assert waiting.value.suggested_filename == "entries.csv"
        assert 10 < shown == len(rows)

    def test_saves_an_entry_for_a_reference_manager(self, browser, site, scripts: bool) -> None:
        page = open_page(browser, scripts=scripts)
        page.goto(f"{site}/en/search/?kind=case-study&q=Nigeria")
        page.click(".hit__title a")
        title = page.inner_text("h1")
        with page.expect_download() as waiting:
            page.click(".cite-forms a:has-text('RIS')")
        (entry,) = parsing.ris(Path(waiting.value.path()).read_bytes())
        assert entry["title"] == title


class TestPhone:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_opens_the_filters_over_the_results_and_applies_them_at_once(
        self, browser, site, scripts: bool
    ) -> None:
        page = open_page(browser, width=320, scripts=scripts)
        page.goto(f"{site}/en/search/")
        assert not page.is_visible("#f-kind-mou")
        page.click(".filters-open a")
        address = page.url
        page.check("#f-kind-mou")
        page.check("#f-kind-template")
        assert page.url == address
        page.click(".filters__foot button")
        page.wait_for_url("**/en/search/?**kind=mou&kind=template")
        assert total(page) == "2 entries"
        assert not page.is_visible("#f-kind-mou")

    def test_never_scrolls_sideways(self, browser, site) -> None:
        for language in ("en", "ar"):
            page = open_page(browser, width=320)
            for address in ("search/?q=library&region=ke", "search/#filters", "browse/"):
                page.goto(f"{site}/{language}/{address}")
                assert page.evaluate("document.documentElement.scrollWidth") <= 320

    def test_closes_the_filters_with_escape(self, browser, site) -> None:
        page = open_page(browser, width=320)
        page.goto(f"{site}/en/search/#filters")
        assert page.is_visible("#filters")
        page.keyboard.press("Escape")
        expect(page.locator("#filters")).to_be_hidden()
