"""What a search box proposes, by keyboard, on a phone and to a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.test_page_types import COLOURS, sideways, violations

pytestmark = pytest.mark.browser

FSI, PDI = "\u2068", "\u2069"
#: What is typed, the filter it names, what is left of the words.
TYPED = {
    "en": ("memorandum ken", f"Region: {FSI}Kenya{PDI}", "memorandum"),
    "ar": ("مذكرة كين", f"المنطقة: {FSI}كينيا{PDI}", "مذكرة"),
}
#: Where a search box stands.
BOXES = (("", "#hero-q"), ("browse/", "#site-q"), ("search/?kind=mou", "#search-words"))


def active(box: Locator) -> str:
    """The option that a screen reader reads, as the box names it; "" for none."""
    found: str = box.evaluate(
        """box => {
            const id = box.getAttribute('aria-activedescendant')
            const option = id && document.getElementById(id)
            return option ? option.textContent : ''
        }"""
    )
    return found


def opened(page: Page, box: Locator, text: str) -> list[str]:
    """The options, once what was typed has brought them."""
    box.press_sequentially(text)
    expect(box).to_have_attribute("aria-expanded", "true")
    return page.get_by_role("option").all_inner_texts()


@pytest.mark.parametrize("language", ["en", "ar"])
class TestByKeyboard:
    def test_each_box_of_the_site_is_a_combobox(
        self, open_page: Callable[..., Page], language: str
    ) -> None:
        typed, named, rest = TYPED[language]
        for path, place in BOXES:
            page = open_page(f"/{language}/{path}")
            box = page.locator(place)
            assert box.get_attribute("role") == "combobox"
            assert box.get_attribute("aria-autocomplete") == "list"
            options = opened(page, box, typed)
            assert options[0] == named
            assert page.locator(f"#{box.get_attribute('aria-controls')}").is_visible()
            assert active(box) == ""  # nothing is chosen for her
            said = page.locator("[role=status]", has_text=str(len(options)))
            assert said.count() == 1 or len(options) <= 2  # Arabic has words for one and two
            assert violations(page) == []

            box.press("ArrowDown")
            assert active(box) == options[0]
            assert violations(page) == []
            page.emulate_media(color_scheme="dark")
            assert violations(page, COLOURS) == []
            with page.expect_navigation():
                box.press("Enter")
            asked = dict(parse_qsl(urlsplit(page.url).query))
            kind = {"kind": "mou"} if "kind" in path else {}
            assert asked == {"q": rest, "region": "ke", **kind}

    def test_goes_through_the_options_and_leaves_them(
        self, open_page: Callable[..., Page], language: str
    ) -> None:
        page = open_page(f"/{language}/search/")
        box = page.locator("#search-words")
        typed = TYPED[language][2]
        options = opened(page, box, typed)
        assert len(options) > 3
        for key, expected in (
            ("ArrowDown", options[0]),
            ("ArrowDown", options[1]),
            ("ArrowUp", options[0]),
            ("ArrowUp", options[-1]),  # round
            ("ArrowDown", options[0]),
            ("Home", ""),  # in the text
            ("ArrowUp", options[-1]),
            ("End", ""),
        ):
            box.press(key)
            assert active(box) == expected, key
        assert page.get_by_role("option", selected=True).count() == 0
        box.press("Escape")
        expect(box).to_have_attribute("aria-expanded", "false")
        expect(page.get_by_role("listbox")).to_be_hidden()
        assert box.input_value() == typed
        box.press("Alt+ArrowDown")
        expect(box).to_have_attribute("aria-expanded", "true")
        assert active(box) == ""
        box.press("ArrowDown")
        box.press("x")  # typing goes on
        assert active(box) == ""
        box.press("Backspace")
        expect(page.get_by_role("listbox")).to_be_visible()
        box.press("Tab")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(box).not_to_be_focused()

    def test_enter_without_a_choice_searches_for_what_was_typed(
        self, open_page: Callable[..., Page], language: str
    ) -> None:
        page = open_page(f"/{language}/")
        box = page.locator("#hero-q")
        typed = TYPED[language][2]
        opened(page, box, typed)
        with page.expect_navigation():
            box.press("Enter")
        assert dict(parse_qsl(urlsplit(page.url).query)) == {"q": typed}

    def test_on_a_phone_a_finger_chooses_and_nothing_scrolls_sideways(
        self, open_page: Callable[..., Page], language: str
    ) -> None:
        page = open_page(f"/{language}/browse/", width=320, has_touch=True, is_mobile=True)
        box = page.locator("#site-q")
        box.tap()
        opened(page, box, TYPED[language][2])
        assert sideways(page) == []
        option = page.locator(".proposal").first
        assert option.bounding_box()["height"] >= 44
        name = option.inner_text()
        option.tap()
        page.wait_for_url("**/search/?*")
        label = name.partition(FSI)[2].rstrip(PDI)
        assert label in page.inner_text(".search__chips")


def test_a_chinese_word_is_one_character_long(open_page: Callable[..., Page]) -> None:
    page = open_page("/zh/")
    box = page.locator("#hero-q")
    assert len(opened(page, box, "图")) > 3
    latin = open_page("/en/")
    asked: list[str] = []
    latin.on("request", lambda request: asked.append(request.url))
    latin.locator("#hero-q").press_sequentially("l")
    latin.wait_for_timeout(500)
    assert asked == []
