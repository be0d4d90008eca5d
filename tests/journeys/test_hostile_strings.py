"""Texts that attack: shown as the texts they are, and nothing of them runs."""

from __future__ import annotations

import io
import json
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.hostile import MARK, QUERIES, SCRIPT, SHOWN, TEXT, WORD
from tests.journeys.server import Site, serving
from tests.journeys.test_page_types import sideways

pytestmark = pytest.mark.browser

#: The paths of hostile pages, by the names that tests/journeys/hostile.py gives them.
PAGES = (
    *("home", "section", "plain", "resource", "agreement", "case study", "exercise"),
    *("term: region", "term: partner", "term: role", "term: sdg", "term: direction"),
    *("term: strategy", "browse", "results", "Arabic results", "empty results", "list"),
)


@pytest.fixture(scope="module")
def hostile(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, dict[str, str]]]:
    """A copy of the site with hostile texts, and where they are."""
    data_dir = tmp_path_factory.mktemp("hostile")
    shutil.copytree(site.data_dir, data_dir, dirs_exist_ok=True)
    with serving(data_dir) as copy:
        yield copy, json.loads(copy.run("-m", "tests.journeys.hostile").splitlines()[-1])


class Watched:
    """A page, and what it tried to do."""

    def __init__(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(base_url=site.url, viewport={"width": 320, "height": 800})
        self.page = context.new_page()
        self.done: list[str] = []
        self._site = site
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.done.append(f"error: {error}"))
        self.page.on("console", lambda message: self._told(message.text))
        self.page.on("request", lambda request: self._asked(request.url))

    def _dialog(self, dialog: Any) -> None:
        self.done.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _told(self, text: str) -> None:
        if "404" not in text:
            self.done.append(f"console: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self._site.url, "data:")) or "/stolen" in urlsplit(url).path:
            self.done.append(f"request: {url}")

    def open(self, path: str) -> Page:
        self.page.goto(path)
        self.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        return self.page

    def assert_harmless(self) -> None:
        assert self.done == []
        assert self.page.evaluate(f"window.{MARK}") is None
        assert (
            self.page.evaluate(
                """() => [...document.querySelectorAll('*')].filter(element =>
                [...element.attributes].some(({name, value}) =>
                    name.startsWith('on') || name === 'style' || name === 'srcdoc' ||
                    /^\\s*(javascript|data|vbscript):/i.test(
                        ['href', 'src', 'action', 'formaction'].includes(name) ? value : ''))
            ).map(element => element.outerHTML.slice(0, 200))"""
            )
            == []
        )
        assert self.page.locator("iframe, object, base, meta[http-equiv], math").count() == 0
        inline = "script:not([src]):not([type='application/ld+json'])"
        assert self.page.locator(inline).count() == 0


@pytest.fixture
def watched(browser: Browser, hostile: tuple[Site, dict[str, str]]) -> Iterator[Watched]:
    page = Watched(browser, hostile[0])
    yield page
    page.page.context.close()


class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_show_texts_as_texts(
        self, watched: Watched, hostile: tuple[Site, dict[str, str]], name: str
    ) -> None:
        page = watched.open(hostile[1][name])
        watched.assert_harmless()
        text = page.inner_text("body")
        assert SHOWN in text
        assert "{{7*7}}" in text
        assert sideways(page) == []

    def test_keep_linked_data_within_its_script(self, hostile: tuple[Site, dict[str, str]]) -> None:
        site, paths = hostile
        html = site.get(paths["case study"]).text
        _before, _, rest = html.partition('<script type="application/ld+json">')
        data = json.loads(rest.partition("</script>")[0])
        assert SHOWN in json.dumps(data, ensure_ascii=False)


class TestQueries:
    @pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
    def test_are_words_and_nothing_else(
        self, watched: Watched, hostile: tuple[Site, dict[str, str]], query: str
    ) -> None:
        asked = urlencode({"q": query})
        for path in (f"/en/search/?{asked}", f"/ar/search/?{asked}&region=ke"):
            page = watched.open(path)
            assert page.locator("#results-title").count() == 1
            watched.assert_harmless()
            assert sideways(page) == []
            if "\x00" not in query:
                composed = unicodedata.normalize("NFC", query)
                assert page.input_value("#search-words").split() == composed.split()
        site = hostile[0]
        for path in (f"/api/v1/search?{asked}&lang=en", f"/api/v1/suggest?{asked}&lang=ar"):
            answer = site.get(path)
            assert answer.status == 200
            json.loads(answer.text)

    @pytest.mark.parametrize(
        "query", ["kind", "region", "sort", "page", "language", "tag", "direction", "nonsense"]
    )
    def test_are_ignored_where_they_are_no_value(self, watched: Watched, query: str) -> None:
        watched.open(f"/en/search/?{urlencode({query: TEXT})}")
        watched.assert_harmless()
        assert TEXT not in watched.page.content()


class TestProposals:
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_show_texts_as_texts_and_lead_to_what_they_name(
        self, watched: Watched, language: str
    ) -> None:
        """Titles, and labels of terms, by strangers, in the list below a search box."""
        page = watched.open(f"/{language}/browse/")
        box = page.locator("#site-q")
        for typed in (WORD, WORD[:4]):
            box.fill(typed)
            page.get_by_role("option").first.wait_for()
            texts = page.get_by_role("option").all_inner_texts()
            assert any(SHOWN in text for text in texts)
            watched.assert_harmless()
            assert sideways(page) == []
        titles = page.locator(".proposal", has_text=SHOWN)
        titles.last.click()
        page.wait_for_load_state()
        watched.assert_harmless()
        assert SHOWN in page.inner_text("body")


class TestJson:
    def test_carries_texts_as_they_are_and_cannot_be_taken_for_a_page(
        self, hostile: tuple[Site, dict[str, str]]
    ) -> None:
        answer = hostile[0].get(f"/api/v1/search?q={WORD}&lang=en")
        assert answer.headers.get_content_type() == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        hits = json.loads(answer.text)["hits"]
        assert len(hits) >= 4
        assert all(hit["title"].startswith(SHOWN) for hit in hits)
        for hit in hits:
            assert "<script" not in hit["highlight"]
            assert "<mark>" in hit["highlight"]


class TestDownloads:
    def test_open_and_show_texts_as_texts(self, hostile: tuple[Site, dict[str, str]]) -> None:
        from docx import Document
        from pypdf import PdfReader

        site, paths = hostile
        files = {
            name: site.get(f"{paths['agreement']}download/{name}/?guidance=1")
            for name in ("docx", "odt", "pdf")
        }
        for answer in files.values():
            assert answer.status == 200
            assert answer.headers["Content-Disposition"].startswith("attachment")
        words = "\n".join(
            paragraph.text for paragraph in Document(io.BytesIO(files["docx"].body)).paragraphs
        )
        assert SCRIPT in words
        with zipfile.ZipFile(io.BytesIO(files["odt"].body)) as archive:
            content = archive.read("content.xml").decode()
        assert "&lt;script&gt;" in content
        assert "javascript:" not in content.partition("xlink:href")[2].partition(">")[0]
        assert len(PdfReader(io.BytesIO(files["pdf"].body)).pages) >= 1

    def test_of_files_are_never_shown_as_pages(
        self,
        open_page: Callable[..., Page],
        hostile: tuple[Site, dict[str, str]],
        watched: Watched,
    ) -> None:
        page = watched.open(hostile[1]["resource"])
        link = page.locator("a[download]").first.get_attribute("href")
        assert link is not None
        answer = hostile[0].get(link)
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers.get_content_type() != "text/html"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
