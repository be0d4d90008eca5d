"""A CSV file as rows: encoding, separator, columns and sizes, with a message for each mishap."""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest
from pathlib import Path

COLUMNS = (
    "slug", "kind", "title", "summary", "body", "language", "regions", "partner_types",
    "directions", "tags", "licence", "attribution", "source_url", "published",
)  # fmt: skip

_SEPARATOR_LINE = re.compile(r"\s*\"?sep=([,;\t|])\"?[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)

CELL_LENGTH = 1_000_000  # characters: three thick novels; more is a mistake
FILE_SIZE = 200 * 1024 * 1024  # bytes: it is read as a whole


class FileRefused(ValueError):
    """A file of which no row can be read; the message says what to do."""


@dataclass(frozen=True)
class Row:
    """A line of the table. ``line`` is where it begins in the file, from 1; ``problem`` is
    why it cannot be used, or ""; ``note`` is what may explain other problems of it."""

    line: int
    cells: Mapping[str, str]
    problem: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    ignored: tuple[str, ...] = ()  # columns that mean nothing here


def read_table(path: Path, *, encoding: str = "", known: Collection[str] = COLUMNS) -> Table:
    """The rows of a CSV file; ``known`` are all columns that mean something, in any order.

    A row may leave out empty cells at its end, or have more of them than the heading. Raises
    ``FileRefused``.
    """
    text = _decoded(_bytes(path), encoding)
    if not text.strip():
        raise FileRefused("The file is empty.")
    # Excel's own line about the separator, which it neither shows nor counts
    said = _SEPARATOR_LINE.match(text)
    before = 1 if said else 0
    if said:
        text = text[said.end() :]
    delimiter = said[1] if said else _delimiter(text, known)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    limit = csv.field_size_limit(sys.maxsize)
    try:
        header = [_column(name) for name in next(reader)]
        _check(header)
        rows = list(_rows(reader, header, before))
    except csv.Error as error:
        raise FileRefused(
            f"The table breaks off near line {reader.line_num + before}: {error}. A quotation "
            "mark is probably not closed, or not doubled inside a cell."
        ) from error
    finally:
        csv.field_size_limit(limit)
    if not rows:
        raise FileRefused("The file has a heading and no rows.")
    return Table(rows, tuple(name for name in header if name and name not in known))


def _column(heading: str) -> str:
    """The name of a column, however a spreadsheet dressed it: "Partner Types" is
    partner_types; marks that nobody sees are left out."""
    seen = "".join(char for char in heading if unicodedata.category(char) != "Cf")
    return re.sub(r"[\s-]+", "_", seen.strip().lower())


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > FILE_SIZE:
            raise FileRefused(
                f"The file has {size // 2**20} MB, more than the {FILE_SIZE // 2**20} MB that are "
                "read at once. Split it."
            )
        return path.read_bytes()
    except OSError as error:
        raise FileRefused(f"The file cannot be read: {error.strerror}.") from error


def _decoded(data: bytes, named: str = "") -> str:
    """UTF-8, or UTF-16 that says so, or what the caller names. Anything else would be a guess,
    and guesses spoil names."""
    marked = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(named or marked)
    except LookupError as error:
        raise FileRefused(
            f"There is no encoding “{named}”. Usual ones: utf-8, windows-1251, windows-1252, "
            "windows-1256, gb18030."
        ) from error
    except UnicodeDecodeError as error:
        if named:
            raise FileRefused(
                f"The file is not in {named}: byte {error.start} cannot be read."
            ) from error
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused(
            f"The file is not in UTF-8: byte {error.start} (line {line}) cannot be read. It was "
            "probably saved in an older encoding of one language, such as Windows-1251 or "
            "Windows-1252. Save it again: in Excel as “CSV UTF-8”, in LibreOffice with the "
            "character set “Unicode (UTF-8)”. Or name its encoding: --encoding windows-1252."
        ) from error
    if "\0" in text:
        raise FileRefused(
            "The file holds zero bytes: it is no text, or UTF-16 without a mark at its beginning. "
            "Save it again as CSV in UTF-8."
        )
    return text


def _delimiter(text: str, known: Collection[str]) -> str:
    """What separates the columns: spreadsheets of half the world write a semicolon."""
    heading = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]

    def columns_found(delimiter: str) -> int:
        names = {_column(name.strip(' "')) for name in heading.split(delimiter)}
        return len(names.intersection(known))

    return max([",", ";", "\t"], key=columns_found)


def _check(header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise FileRefused(
            f"Columns are missing: {', '.join(missing)}. The first line names them, in any "
            f"order: {', '.join(COLUMNS)}."
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise FileRefused(f"Columns stand twice: {', '.join(twice)}.")


def _rows(reader: Iterator[list[str]], header: list[str], before: int) -> Iterator[Row]:
    line = reader.line_num + before + 1  # type: ignore[attr-defined]
    for cells in reader:
        start, line = line, reader.line_num + before + 1  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        named = dict(zip_longest(header, cells[: len(header)], fillvalue=""))
        problem = note = ""
        if len(cells) < len(header):
            note = f"the row has {len(cells)} cells where the heading has {len(header)}"
        elif any(cell.strip() for cell in cells[len(header) :]):
            problem = f"{len(cells)} cells where the heading has {len(header)}"
        for name, cell in named.items():
            if len(cell) > CELL_LENGTH:
                problem = (
                    f"the cell “{name}” holds {len(cell):,} characters, more than {CELL_LENGTH:,}; "
                    "perhaps a quotation mark is not closed"
                )
                named = {key: value[:200] for key, value in named.items()}
                break
        yield Row(start, named, problem, note)
