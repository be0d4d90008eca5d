"""What a document holds, before anyone says in which format it is written.

Every text is made `printable` on the way in, so that no writer can meet a character that its
format refuses.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, TypeAlias

from babel.core import UnknownLocaleError
from babel.dates import format_date

from toolkit.documents import characters
from toolkit.documents.languages import Direction, language, words

BlankKind = Literal["party", "date", "sum", "text"]
NoteKind = Literal["why", "watch_out", "about"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words, perhaps bold or italic."""

    text: str
    bold: bool = False
    italic: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", characters.printable(self.text))


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to `url`, which is "" where the address is none that a file may carry."""

    text: str
    url: str
    bold: bool = False
    italic: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", characters.printable(self.text))
        object.__setattr__(self, "url", characters.safe_address(self.url))


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to fill in, shown as its label in brackets on a coloured ground."""

    label: str
    kind: BlankKind = "text"

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", characters.printable(self.label).strip() or "…")

    @property
    def shown(self) -> str:
        return f"[{self.label}]"


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A new line in the same paragraph."""


Run: TypeAlias = Text | Link | Blank | LineBreak
Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6; the document's title stands above them all."""

    level: int
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", min(max(self.level, 1), 6))
        object.__setattr__(self, "text", characters.printable(self.text).strip())


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True, slots=True)
class BulletList:
    """Items of blocks: paragraphs and further lists."""

    items: tuple[tuple[Paragraph | BulletList | NumberedList, ...], ...]


@dataclass(frozen=True, slots=True)
class NumberedList:
    """As `BulletList`; each list counts from 1."""

    items: tuple[tuple[Paragraph | BulletList | NumberedList, ...], ...]


ItemBlock: TypeAlias = Paragraph | BulletList | NumberedList


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `columns` are the header cells, empty where a table has no header.

    Rows are padded to one width here, so that writers may count on a rectangle. `to_fill` gives
    the rows the height that handwriting needs.
    """

    columns: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    to_fill: bool = False

    def __post_init__(self) -> None:
        width = max([len(self.columns), *(len(row) for row in self.rows)], default=0)
        if self.columns:
            object.__setattr__(self, "columns", _padded(self.columns, width))
        object.__setattr__(self, "rows", tuple(_padded(row, width) for row in self.rows))

    @property
    def width(self) -> int:
        return len(self.columns or (self.rows[0] if self.rows else ()))


def _padded(row: tuple[Runs, ...], width: int) -> tuple[Runs, ...]:
    return row + ((),) * (width - len(row))


@dataclass(frozen=True, slots=True)
class Note:
    """Guidance beside the text: a label ("Why") and what it says. Not part of the agreement."""

    kind: NoteKind
    label: str
    blocks: tuple[ItemBlock, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", characters.printable(self.label).strip())


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """Lines to sign on, one set for each party (runs: a name or a blank)."""

    parties: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page."""


Block: TypeAlias = (
    Heading | Paragraph | BulletList | NumberedList | Table | Note | SignatureBlock | PageBreak
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A whole document.

    `language` is the site's code (`zh`, `ar` …); `direction` follows from it unless given.
    `author` is who to credit, `licence` its name as printed ("CC BY 4.0"), `source_url` where the
    document was downloaded, `date` when it was last reviewed. Writers print these at the end and
    put them into the file's properties.
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    direction: Direction | None = None
    subtitle: str = ""
    author: str = ""
    licence: str = ""
    source_url: str = ""
    date: datetime.date | None = None

    def __post_init__(self) -> None:
        for name in ("title", "subtitle", "author", "licence"):
            object.__setattr__(self, name, characters.printable(getattr(self, name)).strip())
        object.__setattr__(self, "source_url", characters.safe_address(self.source_url))
        if self.direction is None:
            object.__setattr__(self, "direction", language(self.language).direction)

    @property
    def right_to_left(self) -> bool:
        return self.direction == "rtl"

    def _shown_date(self) -> str:
        # Spelt out: the figures of an ISO date change places in a line of Arabic.
        if self.date is None:
            return ""
        locale = language(self.language).tag.replace("-", "_")
        try:
            return str(format_date(self.date, format="long", locale=locale))
        except (UnknownLocaleError, ValueError):
            return self.date.isoformat()

    @property
    def colophon(self) -> Runs:
        """Who to credit, the licence, the review date and the address, as one line of runs."""
        fixed = words(self.language)
        parts: list[Run] = []
        for label, value in (
            ("", self.author),
            (fixed.licence, self.licence),
            (fixed.reviewed, self._shown_date()),
        ):
            if value:
                parts.append(Text(f"{label}{fixed.colon}{value}" if label else value))
        if self.source_url:
            parts.append(Text(fixed.source + fixed.colon))
            parts.append(Link(self.source_url, self.source_url))
        runs: list[Run] = []
        for part in parts:
            if runs and not isinstance(part, Link):
                runs.append(Text(" · "))
            runs.append(part)
        return tuple(runs)


def as_filled(value: str) -> Runs:
    """A value that someone typed, its line ends kept."""
    runs: list[Run] = []
    for line in characters.lines(value.strip()):
        if runs:
            runs.append(LineBreak())
        runs.append(Text(line))
    return tuple(runs)
