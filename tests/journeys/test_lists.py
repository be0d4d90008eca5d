"""A reader keeps entries, puts them in order and sends the list; without an account, with and
without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.hostile_texts import TEXTS
from tests.journeys.addresses import Addresses
from tests.journeys.folding import unfold
from tests.journeys.server import Site
from tests.journeys.test_page_types import sideways, violations
from toolkit.lists.kept import MOST

pytestmark = pytest.mark.browser

#: Those of the texts that a browser might act on.
HOSTILE = (
    "a script",
    "a picture that runs something",
    "a drawing that runs something",
    "the end of a block of data",
    "directions",
    "control characters",
)
SCRIPTS = pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])


def titles(page: Page) -> list[str]:
    return [title.strip() for title in page.locator(".list .hit__title a").all_inner_texts()]


def cookie(page: Page) -> str:
    return next((c["value"] for c in page.context.cookies() if c["name"] == "list"), "")


def press(page: Page, button: Locator, *, scripts: bool) -> None:
    """A button pressed by keyboard, and what becomes of it awaited."""
    button.focus()
    if scripts:
        before = button.get_attribute("aria-pressed")
        page.keyboard.press("Enter")
        expect(button).not_to_have_attribute("aria-pressed", str(before))
    else:
        with page.expect_navigation():
            page.keyboard.press("Enter")


@SCRIPTS
@LANGUAGES
class TestAReader:
    def test_keeps_hits_and_an_entry_and_sends_them_in_her_order(
        self,
        open_page: Callable[..., Page],
        addresses: Addresses,
        language: str,
        scripts: bool,
    ) -> None:
        page = open_page(f"/{language}/search/?q=library", width=390, scripts=scripts)
        wanted = []
        for place in (0, 2):
            hit = page.locator(".hit").nth(place)
            wanted.append(hit.locator(".hit__title a").inner_text().strip())
            press(page, hit.locator("button"), scripts=scripts)
            assert page.locator("html").get_attribute("lang") == language
            assert "/search/?q=library" in page.url
            if not scripts:
                said = page.locator(".hit").nth(place).locator(".keep__said")
                expect(said).to_be_in_viewport()
        page.goto(addresses("exercise", language))
        wanted.append(page.inner_text("h1").strip())
        press(page, page.locator("button[name=keep]"), scripts=scripts)
        if scripts:
            assert re.search(r"[3٣]", page.inner_text(".list-link"))
            assert re.search(r"[3٣]", page.locator("#keep-said").inner_text())
        page.locator(".list-link").click()
        page.wait_for_url(f"**/{language}/search/list/")
        assert titles(page) == wanted
        assert not scripts or violations(page) == []  # axe waits for ever without scripts
        assert sideways(page) == []

        page.locator(".hit").nth(2).locator("button[name=up]").press("Enter")
        page.wait_for_url("**#entry-*")
        page.locator(".hit").nth(0).locator("button[name=drop]").press("Enter")
        page.wait_for_url("**#entries")
        assert titles(page) == [wanted[2], wanted[1]]

        sent = page.locator(".list__sent").get_attribute("href")
        mail = unquote(page.locator("a[href^='mailto:']").get_attribute("href") or "")
        assert mail.endswith(str(sent))
        other = open_page(str(sent), width=390, scripts=scripts)
        assert cookie(other) == ""
        assert titles(other) == [wanted[2], wanted[1]]
        other.locator("button[name=take]").press("Enter")
        other.wait_for_url("**/search/list/#entries")
        assert titles(other) == [wanted[2], wanted[1]]

        other.locator(".list__empty summary").press("Enter")
        other.locator("button[name=clear]").press("Enter")
        other.wait_for_url("**/search/list/#entries")
        expect(other.locator(".hit")).to_have_count(0)
        assert other.context.cookies() == []
        assert not scripts or violations(other) == []


class TestWithScripts:
    def test_a_button_says_what_is_kept_wherever_the_page_comes_from(
        self, open_page: Callable[..., Page]
    ) -> None:
        """From the page cache, swapped in by a filter, after going back, changed in another tab."""
        page = open_page("/en/search/?q=library")
        button = page.locator(".hit button").first
        code = button.get_attribute("value")
        press(page, button, scripts=True)
        same = f"button[name=keep][value='{code}']"
        page.reload()
        expect(page.locator(same)).to_have_attribute("aria-pressed", "true")
        box = page.locator("#f-language-en")
        unfold(page, box)
        with page.expect_response("**/search/?**"):
            box.check()
        expect(page.locator("#search[aria-busy]")).to_have_count(0)
        expect(page.locator(same)).to_have_attribute("aria-pressed", "true")
        page.locator(".list-link").click()
        page.locator("button[name=drop]").click()
        page.wait_for_url("**#entries")
        page.go_back()
        page.go_back()
        page.wait_for_url("**/search/?**")
        expect(page.locator(same)).to_have_attribute("aria-pressed", "false")
        expect(page.locator("#list-count")).to_have_text("")

    def test_a_second_press_takes_it_off_again(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/en/search/?q=library")
        button = page.locator(".hit button").first
        press(page, button, scripts=True)
        expect(page.locator("#keep-said")).to_have_text("Kept. Entries in your list: 1")
        press(page, button, scripts=True)
        expect(page.locator("#keep-said")).to_have_text("Removed. Entries in your list: 0")
        assert page.context.cookies() == []

    def test_the_systems_share_sheet_is_offered_where_there_is_one(
        self, open_page: Callable[..., Page], addresses: Addresses
    ) -> None:
        """Chromium without a screen has none, so one stands in that notes what it is given."""
        page = open_page()
        for address in (addresses("agreement"), addresses("list"), "/en/search/?q=library"):
            page.goto(address)
            expect(page.locator("[data-share]")).to_be_hidden()
        page.add_init_script(
            "navigator.share = data => { window.shared = data; return Promise.reject() }"
        )
        for address in (addresses("agreement"), addresses("list"), "/en/search/?q=library"):
            page.goto(address)
            page.locator("[data-share]").click()
            shared = page.evaluate("window.shared")
            assert shared["url"] == page.url
            assert shared["title"]

    def test_a_full_list_says_what_to_do_and_so_does_a_browser_that_keeps_nothing(
        self, open_page: Callable[..., Page], site: Site
    ) -> None:
        page = open_page()
        full = ".".join(f"{number:08}" for number in range(MOST))
        page.context.add_cookies([{"name": "list", "value": full, "url": site.url}])
        page.goto("/en/search/?q=library")
        page.locator(".hit button").first.click()
        page.wait_for_url("**/search/list/#full")
        expect(page.locator("#full")).to_be_visible()
        expect(page.locator("#refused")).to_be_hidden()
        assert cookie(page) == full

        other = open_page()
        other.add_init_script(
            "Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} })"
        )
        other.goto("/en/search/?q=library")
        other.locator(".hit button").first.click()
        other.wait_for_url("**/search/list/#refused")
        expect(other.locator("#refused")).to_be_visible()

    def test_numbers_are_written_as_the_pages_write_them(
        self, open_page: Callable[..., Page], site: Site
    ) -> None:
        page = open_page()
        codes = ".".join(f"{number:08}" for number in range(12))
        page.context.add_cookies([{"name": "list", "value": codes, "url": site.url}])
        for language in ("ar", "de", "en", "es", "fr", "ru", "zh"):
            page.goto(f"/{language}/search/list/")
            count = page.inner_text("#list-count")
            assert count in page.inner_text(".list__gone"), language


class TestHostileTexts:
    def test_in_the_cookie_or_the_address_change_nothing(
        self, open_page: Callable[..., Page], site: Site
    ) -> None:
        page = open_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("console", lambda said: wrong.append(said.text))
        page.goto("/en/search/?q=library")
        for name in HOSTILE:
            page.evaluate(
                "text => { document.cookie = `list=${text}.AAAAAAAA; path=/` }",
                re.sub(r"[;\x00-\x1f\x7f]", " ", TEXTS[name]),
            )
            page.goto(f"/en/search/list/?{urlencode({'works': TEXTS[name]})}")
            assert page.locator(".hit").count() == 0, name
            assert sideways(page) == [], name
            page.goto("/en/search/?q=library")
            press(page, page.locator(".hit button").first, scripts=True)
            assert re.fullmatch(r"([\w-]{8}\.)*[\w-]{8}", cookie(page), re.ASCII), name
            page.context.clear_cookies()
        assert wrong == []


class TestAPrintedList:
    def test_has_the_entries_with_their_addresses_and_no_button(
        self, open_page: Callable[..., Page], addresses: Addresses, site: Site
    ) -> None:
        page = open_page(addresses("list"))
        page.emulate_media(media="print")
        assert page.locator("button:visible").count() == 0
        assert page.locator(".site-footer:visible, .take:visible").count() == 0
        for entry in page.locator(".list .hit").all():
            address = entry.locator(".address")
            expect(address).to_be_visible()
            link = entry.locator(".hit__title a").get_attribute("href")
            assert address.inner_text() == f"{site.url}{link}"
