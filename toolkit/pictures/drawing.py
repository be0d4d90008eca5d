"""Draws the picture of a page: its title, what kind of thing it is, and the mark."""

from __future__ import annotations

import functools
import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import typst
from PIL import Image

from toolkit import documents
from toolkit.documents.languages import language

WIDTH, HEIGHT = 1200, 630  # pixels: what Open Graph's readers show uncropped
COLOURS = 48  # flat grounds and the edges of letters need no more; a third of the weight

_HERE = Path(__file__).parent
_FONTS = Path(documents.__file__).parent / "fonts"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What stands in a picture. ``language`` is that of the title, and of the rest."""

    title: str
    kind: str
    site: str
    language: str


def draw(words: Words) -> bytes:
    """A PNG of ``WIDTH`` × ``HEIGHT``. Only the fonts that come along are used; a letter that
    none of them has is shown as a box."""
    tongue = language(words.language)
    said = {**asdict(words), "direction": tongue.direction, "script": tongue.script}
    png = typst.compile(
        str(_HERE / "picture.typ"),
        root=str(_HERE),
        font_paths=_fonts(),
        format="png",
        ppi=72,
        sys_inputs={"words": json.dumps(said, ensure_ascii=False)},
    )
    with Image.open(io.BytesIO(bytes(png))) as image:
        small = io.BytesIO()
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
            small, "PNG", optimize=True
        )
    return small.getvalue()


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_FONTS)])


@functools.cache
def drawer_digest() -> str:
    """Changes with what the pictures are drawn by."""
    sources = [path for path in sorted(_HERE.iterdir()) if path.is_file()]
    return hashlib.blake2b(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
