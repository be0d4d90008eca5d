"""Every link of every page in all seven languages, followed over HTTP."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from lxml import html
from lxml.html import HtmlElement

from tests.journeys.server import Answer, Site

pytestmark = pytest.mark.browser

LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")


@dataclass
class Crawl:
    """What was found on the way: path → status, path → page, and who links where."""

    statuses: dict[str, int] = field(default_factory=dict)
    pages: dict[str, HtmlElement] = field(default_factory=dict)
    linked_from: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, set[str]] = field(default_factory=dict)


def identity(path: str) -> str:
    """What is followed once. A search by one value is the same in every language, and one
    by several is not followed: every combination of filters would be a page without end. A form
    of a result is followed once, as are the forms to fill in about it; that of an entry in one
    language."""
    parts = urlsplit(path)
    if parts.path.startswith("/admin/"):
        return ""
    if "/search/results." in parts.path or parts.path.endswith("/search/alert/"):
        return parts.path
    if "/cite/" in parts.path:
        return parts.path.partition("/cite/")[2]
    if parts.path.endswith("/search/") and parts.query:
        return parts.query if len(parse_qsl(parts.query)) == 1 else ""
    return path


def links_of(site: Site, path: str, page: HtmlElement) -> Iterator[tuple[str, str]]:
    """Paths that the page names on this site, and the anchors on them."""
    for value in page.xpath("//@href | //@src | //@action | //@formaction"):
        if not value.startswith(("data:", "mailto:")):
            address, anchor = urldefrag(urljoin(site.url + path, value))
            if address.startswith(site.url + "/"):
                yield address.removeprefix(site.url), anchor


@pytest.fixture(scope="module")
def crawl(site: Site) -> Crawl:
    found = Crawl()
    waiting = ["/", "/sitemap.xml", *(f"/{language}/" for language in LANGUAGES)]

    def fetch(path: str) -> tuple[str, Answer]:
        return path, site.get(path, {"Accept-Language": "en"})

    seen = {"", *waiting}
    with ThreadPoolExecutor(4) as asking:
        while waiting:
            answers, waiting = list(asking.map(fetch, waiting)), []
            for path, answer in answers:
                found.statuses[path] = answer.status
                targets: list[tuple[str, str]] = []
                if answer.status in {301, 302}:
                    target = urljoin(site.url + path, answer.headers["Location"])
                    targets = [(target.removeprefix(site.url), "")]
                elif answer.headers.get_content_type() == "text/html":
                    page = html.document_fromstring(answer.text)
                    found.pages[path] = page
                    targets = list(links_of(site, path, page))
                elif answer.headers.get_content_type().endswith("/xml"):
                    named = re.findall(r"<loc>([^<]+)</loc>", answer.text)
                    targets = [(address.removeprefix(site.url), "") for address in named]
                for target, anchor in targets:
                    if anchor:
                        found.anchors.setdefault(target, set()).add(anchor)
                    if identity(target) not in seen:
                        seen.add(identity(target))
                        found.linked_from[target] = path
                        waiting.append(target)
    return found


class TestLinks:
    def test_are_none_of_them_broken(self, crawl: Crawl) -> None:
        broken = {
            path: (status, crawl.linked_from.get(path))
            for path, status in crawl.statuses.items()
            if status not in {200, 301, 302}
        }
        assert broken == {}

    def test_lead_to_pages_in_all_languages(self, crawl: Crawl) -> None:
        for language in LANGUAGES:
            assert sum(path.startswith(f"/{language}/") for path in crawl.pages) > 50

    def test_lead_to_anchors_that_exist(self, crawl: Crawl) -> None:
        missing = {
            f"{path}#{anchor}"
            for path, anchors in crawl.anchors.items()
            for anchor in anchors
            if path in crawl.pages and not crawl.pages[path].xpath("//*[@id=$name]", name=anchor)
        }
        assert missing == set()


class TestEveryPage:
    def test_says_its_language_and_direction(self, crawl: Crawl) -> None:
        for path, page in crawl.pages.items():
            language = path.split("/")[1]
            assert page.get("lang") == language, path
            assert page.get("dir") == ("rtl" if language == "ar" else "ltr"), path

    def test_has_one_heading_of_the_first_level_and_skips_none(self, crawl: Crawl) -> None:
        wrong = {}
        for path, page in crawl.pages.items():
            headings = page.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")
            levels = [int(heading.tag[1]) for heading in headings]
            jumps = [b for a, b in itertools.pairwise(levels) if b > a + 1]
            if levels.count(1) != 1 or jumps:
                wrong[path] = levels
        assert wrong == {}

    def test_has_a_title_of_its_own_within_its_language(self, crawl: Crawl) -> None:
        titles: dict[tuple[str, str], str] = {}
        for path, page in crawl.pages.items():
            title = page.findtext(".//title").strip()
            assert title, path
            if "/search/" not in path:
                other = titles.setdefault((path.split("/")[1], title), path)
                assert other == path, title

    def test_has_no_name_twice(self, crawl: Crawl) -> None:
        for path, page in crawl.pages.items():
            names = page.xpath("//@id")
            assert len(names) == len(set(names)), path

    def test_links_to_its_versions_and_they_link_back(self, crawl: Crawl) -> None:
        """hreflang holds only if both sides say it."""

        def versions(path: str) -> set[str]:
            links = crawl.pages[path].xpath("//link[@rel='alternate'][@hreflang]/@href")
            return {urlsplit(link).path for link in links}

        for path in crawl.pages:
            for other in versions(path):
                assert other in crawl.pages, other
                assert path in versions(other), (path, other)
