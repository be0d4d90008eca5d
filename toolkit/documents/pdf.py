"""From an outline to a tagged PDF, through typst."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import typst

from toolkit.documents import design
from toolkit.documents.languages import language, words
from toolkit.documents.outline import (
    Blank,
    Block,
    BulletList,
    Heading,
    LineBreak,
    Link,
    Note,
    NumberedList,
    Outline,
    PageBreak,
    Paragraph,
    Runs,
    SignatureBlock,
    Table,
    Text,
)

_HERE = Path(__file__).parent
_TEMPLATE = _HERE / "document.typ"
_FONTS = _HERE / "fonts"


def write(outline: Outline) -> bytes:
    """A PDF/UA-1 file: tagged, with language, title and a heading outline.

    Only the fonts that come along are used, so that a file looks the same from every server. A
    letter that none of them has breaks the promise of PDF/UA; then the machine's own fonts are
    asked, and at last the file is written, tagged all the same, with a box for that letter.
    """
    inputs = {
        "outline": json.dumps(_outline(outline), ensure_ascii=False),
        "design": _design(),
    }
    try:
        return _compiled(inputs, fonts=_fonts(system=False), accessible=True)
    except typst.TypstError:
        fonts = _fonts(system=True)
    try:
        return _compiled(inputs, fonts=fonts, accessible=True)
    except typst.TypstError:
        return _compiled(inputs, fonts=fonts, accessible=False)


def _compiled(inputs: dict[str, str], *, fonts: typst.Fonts, accessible: bool) -> bytes:
    file = typst.compile(
        str(_TEMPLATE),
        root=str(_HERE),
        font_paths=fonts,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards="ua-1" if accessible else [],
    )
    return bytes(file)


@functools.cache
def _fonts(*, system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system, font_paths=[str(_FONTS)])


@functools.cache
def _design() -> str:
    return json.dumps({name: value for name, value in vars(design).items() if name.isupper()})


def _outline(outline: Outline) -> dict[str, Any]:
    tongue = language(outline.language)
    fixed = words(outline.language)
    licence = f"{fixed.licence}{fixed.colon}{outline.licence}" if outline.licence else ""
    return {
        "title": outline.title or "—",
        "subtitle": outline.subtitle,
        "language": tongue.code,
        "country": tongue.country,
        "script": tongue.script,
        "direction": outline.direction,
        "author": outline.author,
        "description": " · ".join(part for part in (outline.subtitle, licence) if part),
        "keywords": [part for part in (outline.licence, outline.source_url) if part],
        "running": outline.title,
        "words": {
            name: getattr(fixed, name)
            for name in (
                "page",
                "signed_for",
                "signature",
                "name",
                "position",
                "place_and_date",
                "colon",
            )
        },
        "blocks": [_block(block, italics=tongue.has_italics) for block in outline.blocks],
        "colophon": _runs(outline.colophon, italics=tongue.has_italics),
    }


def _block(block: Block, *, italics: bool) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"type": "heading", "level": level, "text": text}
        case Paragraph(runs):
            return {"type": "paragraph", "runs": _runs(runs, italics=italics)}
        case BulletList(items) | NumberedList(items):
            name = "numbers" if isinstance(block, NumberedList) else "bullets"
            rendered = [[_block(inner, italics=italics) for inner in item] for item in items]
            return {"type": name, "items": rendered}
        case Table(columns, rows, to_fill):
            return {
                "type": "table",
                "width": max(block.width, 1),
                "columns": [_runs(cell, italics=italics) for cell in columns],
                "rows": [[_runs(cell, italics=italics) for cell in row] for row in rows],
                "to_fill": to_fill,
            }
        case Note(kind, label, blocks):
            inner_blocks = [_block(inner, italics=italics) for inner in blocks]
            return {"type": "note", "kind": kind, "label": label, "blocks": inner_blocks}
        case SignatureBlock(parties):
            rendered_parties = [_runs(party, italics=italics) for party in parties]
            return {"type": "signatures", "parties": rendered_parties}
        case PageBreak():
            return {"type": "page-break"}


def _runs(runs: Runs, *, italics: bool) -> list[dict[str, Any]]:
    rendered: list[dict[str, Any]] = []
    for run in runs:
        match run:
            case Text() | Link():
                item: dict[str, Any] = {
                    "type": "text",
                    "text": run.text,
                    "bold": run.bold or (run.italic and not italics),
                    "italic": run.italic and italics,
                }
                if isinstance(run, Link) and run.url:
                    item |= {"type": "link", "url": run.url}
                rendered.append(item)
            case Blank():
                rendered.append({"type": "blank", "text": run.shown})
            case LineBreak():
                rendered.append({"type": "break"})
    return rendered
