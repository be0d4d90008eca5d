"""Pictures of every page type into docs/gallery: ``python -m tests.gallery``."""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.addresses import Addresses
from tests.journeys.server import ROOT, Site, running_site
from tests.servers import require_chromium

FOLDER = ROOT / "docs" / "gallery"
HEIGHTS = {320: 640, 768: 900, 1280: 800}
MOST_BYTES = 60_000
COLOURS = (96, 64, 40, 24, 14)


@dataclass(frozen=True)
class Picture:
    """One picture: which page, in which language, how wide, light or dark."""

    page_type: str
    language: str
    width: int
    scheme: str = "light"
    anchor: str = ""

    @property
    def file_name(self) -> str:
        kind = self.page_type.replace(" ", "-") + ("-filters" if self.anchor else "")
        return f"{kind}.{self.language}.{self.width}.{self.scheme}.png"


PICTURES = (
    Picture("home", "en", 1280),
    Picture("home", "ar", 1280),
    Picture("home", "zh", 1280, "dark"),
    Picture("home", "en", 320, "dark"),
    Picture("home", "ar", 320),
    Picture("home", "zh", 768),
    Picture("section", "en", 1280),
    Picture("section", "ar", 768, "dark"),
    Picture("section", "zh", 320),
    Picture("results of words and filters", "en", 1280),
    Picture("results of words and filters", "en", 1280, "dark"),
    Picture("results of words and filters", "ar", 1280),
    Picture("results of words and filters", "zh", 768),
    Picture("results of words and filters", "en", 320),
    Picture("results of words and filters", "ar", 320, "dark"),
    Picture("results", "en", 320, anchor="#filters"),
    Picture("results", "ar", 320, anchor="#filters"),
    Picture("results that are empty", "en", 1280),
    Picture("results with a suggestion", "en", 768),
    Picture("agreement", "en", 1280),
    Picture("agreement", "ar", 1280),
    Picture("agreement", "ar", 320),
    Picture("agreement", "en", 768, "dark"),
    Picture("letter of intent", "zh", 1280),
    Picture("letter of intent", "zh", 320, "dark"),
    Picture("case study", "en", 1280),
    Picture("case study", "en", 320),
    Picture("case study", "en", 768, "dark"),
    Picture("exercise", "en", 1280, "dark"),
    Picture("exercise", "ar", 768),
    Picture("template", "en", 1280),
    Picture("template", "ar", 320),
    Picture("plain", "en", 1280),
    Picture("plain", "zh", 768, "dark"),
    Picture("browse", "en", 1280),
    Picture("browse", "ar", 768),
    Picture("term", "en", 1280),
    Picture("term", "zh", 320),
    Picture("not found", "en", 768),
)


def main() -> int:
    """Take all pictures and write the page that shows them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory(prefix="gallery-") as data_dir,
        running_site(Path(data_dir)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=require_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in PICTURES:
            take(browser, site, picture, FOLDER / picture.file_name)
            print(f"  {picture.file_name}", flush=True)
        readme = Picture("results of words and filters", "en", 1280)
        take(browser, site, readme, FOLDER / "readme.png")
        browser.close()
    (FOLDER / "README.md").write_text(page_of_pictures(), encoding="utf-8")
    return 0


def take(browser: Browser, site: Site, picture: Picture, path: Path) -> None:
    """One picture of what a reader sees without scrolling."""
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": picture.width, "height": HEIGHTS[picture.width]},
        color_scheme="dark" if picture.scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(Addresses(site)(picture.page_type, picture.language) + picture.anchor)
    path.write_bytes(small(page.screenshot()))
    context.close()


def small(png: bytes) -> bytes:
    """The picture in as many colours as its bytes allow."""
    full = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        reduced = full.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        reduced.save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def page_of_pictures() -> str:
    """The gallery as Markdown, a page type a section."""
    lines = [
        "# Gallery",
        "",
        "Every page type as readers see it, in English, Arabic and Chinese, on 320, 768 and "
        "1,280 pixels, in light and dark. Taken from the starter collection by `make gallery`.",
    ]
    names = {"ar": "Arabic", "en": "English", "zh": "Chinese"}
    shown = ""
    for picture in PICTURES:
        if picture.page_type != shown:
            shown = picture.page_type
            lines += ["", f"## {shown.capitalize()}", ""]
        what = f"{names[picture.language]}, {picture.width} pixels, {picture.scheme}"
        if picture.anchor:
            what += ", filters open"
        lines.append(f"![{shown.capitalize()}: {what}]({picture.file_name})")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
