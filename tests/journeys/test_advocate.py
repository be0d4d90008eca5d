"""An advocate finds an agreement for Africa and an NGO, and takes it home."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, Request

pytestmark = pytest.mark.browser

MOST_TABS = 200
WORDS = {
    "en": "memorandum NGO Africa",
    "ar": "مذكرة تفاهم منظمة غير حكومية أفريقيا",
}
AGREEMENT = "/agreements/library-ngo/"


class Keyboard:
    """A reader without a mouse. ``actions`` are forms sent and links followed, as the browser
    counts them: every document it was told to load, and every file it was told to save."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0
        page.on("request", self._count)
        page.on("download", self._count_download)

    def _count(self, request: Request) -> None:
        if request.is_navigation_request() and request.redirected_from is None:
            self.actions += 1

    def _count_download(self, _download: Download) -> None:
        self.actions += 1

    def go_to(self, wanted: Locator) -> None:
        """Tab until the focus is there; the focus must be seen all the way."""
        wanted = wanted.first
        wanted.wait_for()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                seen = wanted.evaluate(
                    "element => { const style = getComputedStyle(element);"
                    " return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 }"
                )
                assert seen, f"the focus cannot be seen on {wanted}"
                return
        raise AssertionError(f"Tab does not reach {wanted}")

    def follow(self, wanted: Locator) -> None:
        self.go_to(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def send(self, box: Locator, words: str) -> None:
        self.go_to(box)
        self.page.keyboard.insert_text(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def download(self, wanted: Locator) -> Download:
        self.go_to(wanted)
        with self.page.expect_download() as downloading:
            self.page.keyboard.press("Enter")
        return downloading.value


def docx_paragraphs(path: Path) -> list[tuple[str, str]]:
    from docx import Document

    return [(p.style.name, p.text) for p in Document(str(path)).paragraphs]


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize("language", ["en", "ar"])
class TestAdvocate:
    def test_has_the_agreement_by_words_in_three_actions(
        self, open_page: Callable[..., Page], tmp_path: Path, language: str, scripts: bool
    ) -> None:
        page = open_page(f"/{language}/", scripts=scripts)
        keyboard = Keyboard(page)

        keyboard.send(page.locator("#hero-q"), WORDS[language])
        keyboard.follow(page.locator(f".hit__title a[href$='{AGREEMENT}']"))
        file = tmp_path / "agreement.docx"
        download = keyboard.download(page.locator(".downloads a[href*='/download/docx/']"))
        download.save_as(file)

        assert keyboard.actions == 3
        assert download.suggested_filename.endswith(f".{language}.docx")
        assert_is_word_document(file, language=language, title=page.inner_text("h1"))

    def test_has_the_agreement_by_sections_in_three_actions(
        self, open_page: Callable[..., Page], tmp_path: Path, language: str, scripts: bool
    ) -> None:
        page = open_page(f"/{language}/", scripts=scripts)
        keyboard = Keyboard(page)

        keyboard.follow(page.locator(".door-title a[href$='/agreements/']"))
        keyboard.follow(page.locator(f".cards a[href$='{AGREEMENT}']"))
        file = tmp_path / "agreement.pdf"
        keyboard.download(page.locator(".downloads a[href*='/download/pdf/']")).save_as(file)

        assert keyboard.actions == 3
        assert_is_pdf(file, language=language)

    def test_finds_the_agreement_for_an_organisation_by_her_region_in_three_actions(
        self, open_page: Callable[..., Page], language: str, scripts: bool
    ) -> None:
        """What holds for every region is not lost behind what is about her own."""
        page = open_page(f"/{language}/", scripts=scripts, width=390)
        keyboard = Keyboard(page)

        keyboard.follow(page.locator(".tile a[href$='/region/sub-saharan-africa/']"))
        own = page.locator(".term__entries .hit")
        assert 0 < own.count() < 10
        assert page.locator(".general .hit").count() > own.count()
        keyboard.follow(page.locator(".term__partners a[href$='partner=ngos']"))
        assert page.locator("#found > .hits > li").count() > 0
        keyboard.follow(page.locator(f".general .hit__title a[href$='{AGREEMENT}']"))

        assert keyboard.actions == 3
        assert page.url.endswith(f"/{language}{AGREEMENT}")

    def test_has_what_fits_by_filters(
        self, open_page: Callable[..., Page], tmp_path: Path, language: str, scripts: bool
    ) -> None:
        """Three filters ticked and applied at once, by Space and Enter; then the ODT, one
        action more, as the list of results stands between."""
        page = open_page(f"/{language}/search/", scripts=scripts, width=320)
        keyboard = Keyboard(page)

        keyboard.go_to(page.locator("#filters-open a"))
        page.keyboard.press("Enter")
        for box in ("#f-kind-mou", "#f-region-sub-saharan-africa", "#f-partner-ngos"):
            keyboard.go_to(page.locator(box))
            page.keyboard.press("Space")
        keyboard.follow(page.locator(".filters__foot button"))
        assert page.locator(".chip--remove").count() == 3
        keyboard.follow(page.locator(f".hit__title a[href$='{AGREEMENT}']"))
        file = tmp_path / "agreement.odt"
        keyboard.download(page.locator(".downloads a[href*='/download/odt/']")).save_as(file)

        assert keyboard.actions == 3
        assert_is_odt(file, language=language)


def assert_is_word_document(path: Path, *, language: str, title: str) -> None:
    paragraphs = docx_paragraphs(path)
    assert title in [text for _style, text in paragraphs]
    assert sum(style.startswith("Heading") for style, _text in paragraphs) > 5
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        document = archive.read("word/document.xml").decode()
    assert ("<w:bidi" in document) == (language == "ar")


def assert_is_odt(path: Path, *, language: str) -> None:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        content = archive.read("content.xml").decode()
        styles = content + archive.read("styles.xml").decode()
    assert content.count("<text:h ") > 5
    assert ('style:writing-mode="rl-tb"' in styles) == (language == "ar")


def assert_is_pdf(path: Path, *, language: str) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(path.read_bytes()))
    assert len(reader.pages) > 1
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(language)
    assert reader.pages[0].extract_text().strip()
