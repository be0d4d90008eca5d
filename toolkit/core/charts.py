"""A bar chart as rows of a drawing that needs no script, no style and no fixed width.

Lengths are per cent of the drawing's width, heights are em: the words keep their size on every
screen, and from right to left everything begins at the other edge.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

PERCENT = "%"  # the unit of values that are shares already

LONGEST = 64.0  # per cent of the width: what stands behind the longest bar has the rest
LINE = 1.5  # em: a line of a label
BAR = 1.1
GAP = 0.9  # below a bar
LABEL_WIDTH = 38  # Latin letters in one line on a telephone


@dataclass(frozen=True)
class Line:
    """A line of a label; ``y`` is its baseline."""

    text: str
    y: float


@dataclass(frozen=True)
class Bar:
    """One row. ``share`` is the value's share of n in per cent, None where there is no n; the
    value is written from ``figure_x`` on, where the bar (or the ground behind it) ends."""

    label: str
    value: float
    share: float | None
    lines: tuple[Line, ...]
    y: float
    length: float
    x: float
    figure_x: float

    @property
    def baseline(self) -> float:
        """Where the figure behind the bar stands."""
        return round(self.y + BAR * 0.8, 2)


@dataclass(frozen=True)
class Chart:
    """``height`` in em. ``track`` is the x of a ground that shows 100 per cent, if any."""

    bars: tuple[Bar, ...]
    height: float
    track: float | None = None
    bar_height: float = BAR
    longest: float = LONGEST


def bar_chart(
    rows: Iterable[tuple[str, float]], *, unit: str, n: int | None, from_right: bool
) -> Chart:
    """Bars for (label, value). Values are shares where the unit is "%", else numbers of ``n``.

    All bars begin at zero. Shares are drawn against the whole, numbers against the largest.
    """
    rows = list(rows)
    shares = unit == PERCENT
    whole = 100.0 if shares else max((value for _label, value in rows), default=0)
    bars = []
    y = 0.0
    for label, value in rows:
        lines = []
        for text in wrapped(label):
            lines.append(Line(text=text, y=round(y + LINE * 0.75, 2)))
            y += LINE
        length = round(min(max(value, 0) / whole, 1) * LONGEST, 2) if whole > 0 else 0.0
        end = LONGEST if shares else length
        bars.append(
            Bar(
                label=label,
                value=value,
                share=value if shares else round(100 * value / n, 1) if n else None,
                lines=tuple(lines),
                y=round(y, 2),
                length=length,
                x=round(100 - length, 2) if from_right else 0.0,
                figure_x=round(100 - end, 2) if from_right else end,
            )
        )
        y += BAR + GAP
    track = (100 - LONGEST if from_right else 0.0) if shares else None
    return Chart(bars=tuple(bars), height=round(max(y - GAP, 0), 2), track=track)


def wrapped(label: str, width: int = LABEL_WIDTH) -> list[str]:
    """A label in lines; Chinese letters take twice the room and may be parted anywhere."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(label):
        if line and _width(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(label: str) -> Iterable[str]:
    """What must stand in one line: a word with the space after it, or a single wide letter.
    Punctuation stays with what it follows."""
    piece = ""
    for char in label:
        wide = unicodedata.east_asian_width(char) == "W" and not unicodedata.category(
            char
        ).startswith("P")
        if piece and (piece[-1].isspace() or wide):
            yield piece
            piece = ""
        piece += char
    yield piece


def _width(text: str) -> float:
    """In Latin letters: a Cyrillic one is a little wider, a Chinese one takes two."""
    return sum(
        2
        if unicodedata.east_asian_width(char) in "WF"
        else 1.15
        if "\u0400" <= char <= "\u04ff"
        else 1
        for char in text
    )
