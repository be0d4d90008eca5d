"""Tables of entries for tests of the import. Only tests import this."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from toolkit.importing.csv_rows import COLUMNS


def row(**cells: str) -> dict[str, str]:
    """A row that can be imported, with some cells changed."""
    return {
        "slug": "first-steps",
        "kind": "guideline",
        "title": "First steps",
        "summary": "How to begin.",
        "body": "<h2>Begin</h2><p>With a friend.</p>",
        "language": "en",
        "regions": "ke",
        "partner_types": "",
        "directions": "",
        "tags": "planning, first steps",
        "licence": "CC-BY-SA-4.0",
        "attribution": "A project",
        "source_url": "https://example.org/course",
        "published": "2018-01-01",
        **cells,
    }


def write(file: Path, *rows: dict[str, str], encoding: str = "utf-8") -> Path:
    """Write rows with their heading; returns the file."""
    names = list(dict.fromkeys([*COLUMNS, *(name for cells in rows for name in cells)]))
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, names, restval="")
    table.writeheader()
    table.writerows(rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file
