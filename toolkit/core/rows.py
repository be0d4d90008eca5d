"""A row of somebody's table, as a page type reads it when an entry is made of the row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.core.html_to_stream import html_to_rich_text, html_to_stream
from toolkit.core.markdown import markdown_to_html
from toolkit.core.sanitising import check_size, plain_text

_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")


@dataclass(frozen=True)
class EntryRow:
    """Cells by the names of their columns; ``kind`` is the code of the kind of entry.

    A cell may hold HTML or plain text with blank lines, lists and stars as people type them. A
    column that the table lacks reads as an empty cell.
    """

    kind: str
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell as one line of plain text."""
        return one_line(self.cells.get(column, ""))

    def html(self, column: str) -> str:
        """The cell's HTML as it is; a cell without any, as the paragraphs and lists it shows.

        Raises ``ValidationError`` for a cell that is too long to keep, before it is read.
        """
        cell = self.cells.get(column, "")
        check_size(cell)
        return cell if _MARKUP.search(cell) else str(markdown_to_html(cell))

    def rich_text(self, column: str) -> str:
        """The cell as a rich-text field keeps it; "" where nothing would be seen."""
        kept = html_to_rich_text(self.html(column))
        return kept if plain_text(kept) else ""

    def blocks(self, column: str) -> list[dict[str, Any]]:
        """The cell as the raw blocks of a body."""
        return html_to_stream(self.html(column))


def one_line(cell: str) -> str:
    """A cell as one line of plain text, whatever it holds."""
    return plain_text(cell) if _MARKUP.search(cell) else " ".join(cell.split())
