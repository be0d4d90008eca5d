"""The results page over the starter collection, as a reader uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Page, expect

from tests.journeys.folding import unfold
from tests.journeys.server import Site

pytestmark = pytest.mark.browser

ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


def number(text: str) -> int:
    """The first number in a text, however its digits are written and grouped."""
    found = re.search(r"\d[\d.,\s]*", text.translate(ARABIC_DIGITS))
    assert found, text
    return int(re.sub(r"\D", "", found[0]))


def soup(site: Site, address: str) -> BeautifulSoup:
    answer = site.get(address)
    assert answer.status == 200, address
    return BeautifulSoup(answer.text, "lxml")


def total(page: BeautifulSoup) -> int:
    """The number of results; where a language says it in a word (Arabic: one, two), the
    number of those shown."""
    title = page.select_one("#results-title")
    assert title is not None
    for words in title.select("bdi"):
        words.decompose()  # what was asked for may have a number in it
    text = title.get_text()
    return number(text) if re.search(r"\d", text) else len(page.select("#found > .hits > li"))


def promised(box: Tag) -> int:
    """The total after a tick: the number beside a value, or what "+12" adds to the present one."""
    label = box.find_parent("label")
    assert label is not None
    told = label.select_one(".facet__count")
    assert told is not None
    page = next(parent for parent in box.parents if isinstance(parent, BeautifulSoup))
    adds = "+" in told.get_text()
    return number(told.get_text()) + (total(page) if adds else 0)


def site_says(page: Page, address: str) -> dict[str, Any]:
    """What an address of the site answers, asked beside the page."""
    answer: dict[str, Any] = page.context.request.get(address).json()
    return answer


def shown_total(page: Page) -> int:
    return total(BeautifulSoup(page.content(), "html.parser"))


class TestCounts:
    @pytest.mark.parametrize(
        ("language", "query"),
        [
            ("en", ""),
            ("ar", "q=library"),
            ("zh", "kind=mou&kind=case-study&region=sub-saharan-africa"),
        ],
    )
    def test_are_the_totals_after_the_click(self, site: Site, language: str, query: str) -> None:
        """Every value of every facet, also those that are folded away."""
        address = f"/{language}/search/?{query}"
        boxes = soup(site, address).select("#filters input[type=checkbox]:not([checked])")
        assert len(boxes) > 40
        assert len({box["name"] for box in boxes}) >= 7
        wrong = {}
        for box in boxes:
            clicked = f"{address}&{urlencode({box['name']: box['value']})}"
            if (after := total(soup(site, clicked))) != promised(box):
                wrong[clicked] = (promised(box), after)
        assert wrong == {}

    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_hold_when_a_reader_ticks_one_after_another(
        self, open_page: Callable[..., Page], language: str
    ) -> None:
        page = open_page(f"/{language}/search/")
        for name in ("kind-case-study", "kind-exercise", "region-europe", "role-partners"):
            box = page.locator(f"#f-{name}")
            expected = promised(
                BeautifulSoup(page.content(), "html.parser").select_one(f"#f-{name}")
            )
            unfold(page, box)
            with page.expect_response("**/search/?**"):
                box.check()
            expect(page.locator("#search-status")).to_have_text(re.compile(".+"))
            expect(page.locator("#search[aria-busy]")).to_have_count(0)
            assert shown_total(page) == expected, name


class TestLiveUpdate:
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_keeps_focus_and_language_and_can_be_gone_back_from(
        self, open_page: Callable[..., Page], language: str
    ) -> None:
        page = open_page(f"/{language}/search/?q=library")
        everything = page.inner_text("#results-title")
        page.locator("#f-kind-case-study").focus()
        page.keyboard.press("Space")
        expect(page.locator(".chip--remove")).to_have_count(1)
        assert page.url.endswith(f"/{language}/search/?q=library&kind=case-study")
        fewer = page.inner_text("#results-title")
        assert fewer != everything
        assert page.inner_text("#search-status") == fewer
        assert page.evaluate("document.activeElement.id") == "f-kind-case-study"
        assert page.get_attribute("html", "lang") == language

        page.go_back()
        expect(page.locator("#results-title")).to_have_text(everything)
        expect(page.locator("#f-kind-case-study")).not_to_be_checked()
        assert page.input_value("#search-words") == "library"
        page.go_forward()
        expect(page.locator("#results-title")).to_have_text(fewer)
        expect(page.locator("#f-kind-case-study")).to_be_checked()

    def test_says_beside_the_tick_what_it_did_and_keeps_the_fold_as_it_is(
        self, open_page: Callable[..., Page]
    ) -> None:
        """Far down, where the total cannot be seen; also where what is unticked is folded away."""
        page = open_page("/en/search/")
        page.click("#facet-partner > summary")
        box = page.locator("#f-role-partners")
        unfold(page, box)
        box.check()
        told = page.locator(".facet__told")
        expect(told).to_be_in_viewport()
        assert page.inner_text("#results-title") in told.inner_text()
        assert not page.locator("#facet-partner").evaluate("details => details.open")
        box.uncheck()
        expect(page.locator(".chip--remove")).to_have_count(0)
        expect(told).to_be_in_viewport()
        assert page.evaluate("document.activeElement.id") == "f-role-partners"
        told.locator("a").click()
        assert page.evaluate("document.activeElement.id") == "results"

    def test_is_gone_back_and_forward_from_to_a_part_of_the_page(
        self, open_page: Callable[..., Page]
    ) -> None:
        """Catches: an address of one search over the results of another, after a link within."""
        page = open_page("/en/search/?q=library")
        everything = page.inner_text("#results-title")
        page.check("#f-kind-case-study")
        expect(page.locator(".chip--remove")).to_have_count(1)
        fewer = page.inner_text("#results-title")
        page.locator(".facet__told a").click()
        assert page.url.endswith("kind=case-study#results")
        page.go_back()
        page.go_back()
        expect(page.locator("#results-title")).to_have_text(everything)
        page.evaluate("history.go(2)")
        expect(page.locator("#results-title")).to_have_text(fewer)
        expect(page.locator("#f-kind-case-study")).to_be_checked()
        assert page.url.endswith("kind=case-study#results")

    def test_takes_the_head_and_the_other_languages_along(
        self, open_page: Callable[..., Page]
    ) -> None:
        """Catches: a feed and a menu of languages that lead to the search before the tick."""
        page = open_page("/en/search/")
        page.check("#f-kind-case-study")
        expect(page.locator(".chip--remove")).to_have_count(1)
        feeds = page.locator("head link[rel=alternate]")
        assert feeds.count() > 3
        for feed in feeds.all():
            assert (feed.get_attribute("href") or "").endswith("?kind=case-study")
        for link in page.locator(".languages a:not([aria-current])").all():
            assert (link.get_attribute("href") or "").endswith("?kind=case-study")
        assert page.locator("meta[name=robots]").get_attribute("content") == "noindex, follow"
        page.go_back()
        expect(page.locator(".chip--remove")).to_have_count(0)
        expect(page.locator("meta[name=robots]")).to_have_count(0)

    def test_needs_no_button_where_ticks_act_at_once(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/en/search/")
        expect(page.locator(".filters__apply")).to_be_hidden()
        page.set_viewport_size({"width": 390, "height": 800})
        page.locator("#filters-open a").click()
        expect(page.locator(".filters__apply")).to_be_visible()
        plain = open_page("/en/search/", scripts=False)
        expect(plain.locator(".filters__apply")).to_be_visible()


MOST_TABS = 12
MOST_BOXES = 40


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize(
    "address",
    ["/en/search/", "/ar/search/?q=library", "/en/search/?q=ngo&kind=mou&region=ke&tag=mou"],
)
class TestTheWayToTheResults:
    """Record 27."""

    @pytest.mark.parametrize("width", [390, 1280])
    def test_takes_twelve_tabs_at_most(
        self, open_page: Callable[..., Page], address: str, width: int, scripts: bool
    ) -> None:
        page = open_page(address, scripts=scripts, width=width)
        tabs = 0

        def tab_to(wanted: str) -> None:
            nonlocal tabs
            while not page.evaluate(f"document.activeElement.matches({wanted!r})"):
                page.keyboard.press("Tab")
                tabs += 1
                assert tabs <= MOST_TABS

        tab_to(".skip-link[href='#found']")
        page.keyboard.press("Enter")
        tab_to(".hit__title a")
        hit = page.locator(".hit__title a").first
        assert hit.evaluate("link => link === document.activeElement")
        expect(hit).to_be_in_viewport()

    def test_shows_a_few_boxes_and_unfolds_them_all(
        self, open_page: Callable[..., Page], address: str, scripts: bool
    ) -> None:
        page = open_page(address, scripts=scripts)
        boxes = page.locator("#filters input[type=checkbox]")
        assert sum(box.is_visible() for box in boxes.all()) <= MOST_BOXES
        if scripts:
            page.evaluate(
                "for (const fold of document.querySelectorAll('#filters details')) fold.open = true"
            )
            assert all(box.is_visible() for box in boxes.all())


class TestALongQuestion:
    @pytest.mark.parametrize("language", ["en", "ar", "zh"])
    def test_is_answered_and_its_heading_stays_short(
        self, open_page: Callable[..., Page], language: str
    ) -> None:
        """Catches: a box that takes what the server then refuses, in English and without a page."""
        word = {"en": "library ", "ar": "مكتبة ", "zh": "图书馆协会"}[language]
        page = open_page(f"/{language}/search/", width=390)
        box = page.locator("#search-words")
        box.fill((word * 300)[:1000].strip())
        with page.expect_navigation() as answer:
            box.press("Enter")
        assert answer.value.status == 200
        assert page.locator(".hit").first.is_visible()
        assert page.locator("#results-title").bounding_box()["height"] < 250


class TestArabicPage:
    def test_is_mirrored(self, open_page: Callable[..., Page]) -> None:
        def middle(page: Page, part: str) -> float:
            box = page.locator(part).bounding_box()
            assert box is not None
            return box["x"] + box["width"] / 2

        english, arabic = open_page("/en/search/"), open_page("/ar/search/")
        assert middle(english, "#filters") < middle(english, "#results")
        assert middle(arabic, "#filters") > middle(arabic, "#results")
        assert middle(english, ".site-header .brand") < 640 < middle(arabic, ".site-header .brand")

    def test_shows_titles_in_arabic_first_and_names_the_language_of_the_others(
        self, open_page: Callable[..., Page]
    ) -> None:
        page = open_page("/ar/search/?q=مذكرة")
        own = page.locator(".hit__title:not([lang])")
        foreign = page.locator(".hit__title[lang]")
        assert own.count() >= 2
        assert re.search(r"[\u0600-\u06ff]", own.first.inner_text())
        for title in foreign.all():
            assert title.get_attribute("dir") == "ltr"
            hit = title.locator("xpath=ancestor::article")
            assert hit.locator(".hit__language").count() == 1


class TestPhone:
    @pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_opens_the_filters_over_the_results_and_applies_them_once(
        self, open_page: Callable[..., Page], language: str, scripts: bool
    ) -> None:
        page = open_page(f"/{language}/search/?q=library", width=320, scripts=scripts)
        assert not page.locator("#f-kind-mou").is_visible()
        page.locator("#filters-open a").click()
        assert page.locator("#f-kind-mou").is_visible()
        loads: list[str] = []
        page.on("request", lambda request: loads.append(request.url))
        page.check("#f-kind-mou")
        page.check("#f-partner-ngos")
        button = page.locator(".filters__foot button")
        if scripts:
            said = site_says(page, f"/{language}/search/count/?q=library&kind=mou&partner=ngos")
            expect(button).to_have_text(said["button"])
            expect(page.locator("#search-status")).to_have_text(said["button"])
        assert [url for url in loads if "/search/count/?" not in url] == []
        button.click()
        page.wait_for_url("**/search/?**partner=ngos*")
        assert page.locator(".chip--remove").count() == 2
        if scripts:
            assert shown_total(page) == said["total"]
        assert page.locator("#results-title").is_visible()
        assert not page.locator("#f-kind-mou").is_visible()
        assert page.input_value("#search-words") == "library"


class TestNothingFound:
    ADDRESS = "/en/search/?q=exercise&kind=letter-of-intent&partner=ngos"

    def test_offers_what_to_leave_out_with_the_number_it_gives(self, site: Site) -> None:
        page = soup(site, self.ADDRESS)
        assert total(page) == 0
        assert len(page.select("#filters input[checked]")) == 2
        offers = page.select(".nothing__drops li")
        assert len(offers) == 2  # without the partner nothing is found, either
        for offer in offers:
            there = soup(site, f"/en/search/{offer.a['href']}")
            assert total(there) == number(offer.select_one(".nothing__total").get_text()) > 0


class TestPaging:
    def test_shows_every_result_once(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/en/search/?sort=title")
        expected = shown_total(page)
        seen = page.locator(".hit__title a").evaluate_all("links => links.map(a => a.href)")
        assert len(seen) == 20
        while (following := page.locator(".pagination a[rel=next]")).count():
            following.click()
            page.wait_for_load_state()
            seen += page.locator(".hit__title a").evaluate_all("links => links.map(a => a.href)")
        assert len(seen) == len(set(seen)) == expected
        assert "sort=title" in page.url


class TestSorting:
    def test_by_title_and_by_date_hold_what_they_say(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/en/search/?kind=exercise")
        page.get_by_role("link", name="Title", exact=True).click()
        page.wait_for_url("**sort=title**")
        titles = [t.casefold() for t in page.locator(".hit__title").all_inner_texts()]
        assert titles == sorted(titles)
        assert page.locator(".chip--remove").count() == 1
        page.goto("/en/search/?q=library")
        page.get_by_role("link", name="Newest first").click()
        page.wait_for_url("**sort=newest**")
        days = page.locator(".hit__date").evaluate_all("times => times.map(t => t.dateTime)")
        assert days == sorted(days, reverse=True)


class TestMisspelling:
    def test_leads_to_what_was_meant(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/en/search/?q=memorandun&kind=mou")
        assert shown_total(page) > 1
        assert "memorandun" in page.inner_text(".search__respelt")
        link = page.locator(".search__respelt a")
        link.press("Enter")
        page.wait_for_url("**q=%22memorandun%22**")
        assert shown_total(page) == 0
        page.locator(".search__suggestion a").press("Enter")
        page.wait_for_url("**q=%22memorandum%22**")
        assert page.locator(".chip--remove").count() == 1
