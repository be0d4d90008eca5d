"""Every page type in English and Arabic: no accessibility violation, no sideways scroll, few
bytes, nothing from elsewhere, no cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Request

from tests.journeys.addresses import PAGE_TYPES, RESULTS, Addresses
from tests.journeys.server import Site

pytestmark = pytest.mark.browser

WIDTHS = (320, 1280)
KILOBYTE = 1000
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast"]}

#: What shows that a page is in the state that it is opened for.
SHOWS = {
    "agreement": ".clause",
    "case study": ".balance",
    "exercise": ".minutes",
    "results": ".hit",
    "results of words and filters": ".chip--remove",
    "results that are empty": ".nothing__drops",
    "results of most words": ".search__results > .note",
    "results with a suggestion": ".search__respelt",
    "browse": ".browse__section",
    "term": ".term__entries .hit",
    "help": ".try__first",
    "direction": ".term__number",
    "list": ".list__gone",
}


def violations(page: Page, options: dict[str, Any] = EVERYTHING) -> list[tuple[str, str]]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(f"{{ {AXE_SCRIPT} }}; undefined")
    found, passed = page.evaluate(
        "options => axe.run(options).then(found => [found.violations, found.passes.length])",
        options,
    )
    assert passed  # it saw the page
    return [(violation["id"], node["html"]) for violation in found for node in violation["nodes"]]


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways; nothing if it does not."""
    return page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth
            if (document.documentElement.scrollWidth <= wide) return []
            const out = [...document.querySelectorAll('body *')].filter(element => {
                const box = element.getBoundingClientRect()
                return box.width && (box.right > wide + 1 || box.left < -1)
            })
            return [document.documentElement.scrollWidth + ' px',
                    ...out.slice(0, 5).map(element => element.outerHTML.slice(0, 160))]
        }"""
    )


def open_everything(page: Page) -> None:
    """Unfold what is folded: it is as much of the page as the rest."""
    page.evaluate(
        "for (const folded of document.querySelectorAll('main details')) folded.open = true"
    )


@pytest.mark.parametrize("page_type", PAGE_TYPES)
class TestPageType:
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_suits_everybody_everywhere(
        self,
        open_page: Callable[..., Page],
        addresses: Addresses,
        page_type: str,
        language: str,
    ) -> None:
        """All rules in light colours; in the dark ones, which change nothing else, the
        contrast. Folded and unfolded."""
        page = open_page(addresses(page_type, language))
        assert page.locator(SHOWS.get(page_type, "h1")).first.is_visible()
        assert page.get_attribute("html", "lang") == language
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="light")
            assert sideways(page) == [], width
            assert violations(page) == [], width
            open_everything(page)
            assert sideways(page) == [], f"{width}, unfolded"
            page.emulate_media(color_scheme="dark")
            assert violations(page, COLOURS) == [], f"{width}, dark"

    def test_stays_within_its_bytes(
        self,
        open_page: Callable[..., Page],
        addresses: Addresses,
        site: Site,
        page_type: str,
    ) -> None:
        """At most 100 kB in all and 15 kB of scripts, from this site alone, without a cookie.
        In Arabic, whose letters take two bytes each. These settings send the static files
        uncompressed; a server on the internet sends less.
        """
        page = open_page()
        requests: list[Request] = []
        page.on("request", lambda request: requests.append(request))
        page.goto(addresses(page_type, "ar"))

        assert [r.url for r in requests if not r.url.startswith((site.url, "data:"))] == []
        sizes = {request.url: request.sizes()["responseBodySize"] for request in requests}
        assert sum(sizes.values()) <= 100 * KILOBYTE, sizes
        scripts = [sizes[r.url] for r in requests if r.resource_type == "script"]
        assert sum(scripts) <= 15 * KILOBYTE
        document = requests[0].response()
        assert document is not None
        assert document.headers["content-encoding"] in {"br", "gzip"}  # an error is kept for nobody
        assert page.context.cookies() == []
        if page_type in RESULTS:
            assert sizes[document.url] <= 30 * KILOBYTE
