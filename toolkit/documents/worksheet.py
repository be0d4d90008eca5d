"""The file that goes with a template: headings, a few words, and tables with room to write."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from toolkit.documents.html import blocks_from_html
from toolkit.documents.outline import Block, Heading, Outline, Runs, Table, as_filled

_MAX_BLANK_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetTable:
    """Column heads, given rows (plain text) and how many empty rows follow."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    blank_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetSection:
    """A heading (plain text), a text (HTML) and a table; each may be left out."""

    heading: str = ""
    text: str = ""
    table: WorksheetTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """What a template's file holds, in one language."""

    title: str
    language: str
    sections: tuple[WorksheetSection, ...]
    subtitle: str = ""
    attribution: str = ""
    licence: str = ""
    source_url: str = ""
    reviewed: datetime.date | None = None


def worksheet_outline(worksheet: Worksheet, *, base: str = "") -> Outline:
    """The outline of a template's file. `base` resolves relative links."""
    blocks: list[Block] = []
    for section in worksheet.sections:
        if section.heading.strip():
            blocks.append(Heading(1, section.heading))
        blocks.extend(blocks_from_html(section.text, top_heading=2, base=base))
        if section.table is not None:
            blocks.extend(_table(section.table))
    return Outline(
        title=worksheet.title,
        subtitle=worksheet.subtitle,
        language=worksheet.language,
        author=worksheet.attribution,
        licence=worksheet.licence,
        source_url=worksheet.source_url,
        date=worksheet.reviewed,
        blocks=tuple(blocks),
    )


def _table(table: WorksheetTable) -> list[Block]:
    columns = tuple(as_filled(column) for column in table.columns)
    rows: list[tuple[Runs, ...]] = [tuple(as_filled(cell) for cell in row) for row in table.rows]
    width = max([len(columns), *(len(row) for row in rows)])
    blank_rows = min(max(table.blank_rows, 0), _MAX_BLANK_ROWS)
    rows.extend([((),) * width] * blank_rows)
    if not width or not (columns or rows):
        return []
    return [Table(columns, tuple(rows), to_fill=bool(blank_rows))]
