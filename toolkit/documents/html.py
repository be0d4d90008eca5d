"""From HTML to blocks of an outline.

What arrives is sanitised rich text, but nothing here relies on that: any string is read, unknown
tags contribute their text, scripts and styles nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag
from bs4.exceptions import ParserRejectedMarkup

from toolkit.documents import characters
from toolkit.documents.outline import (
    Block,
    BulletList,
    Heading,
    ItemBlock,
    LineBreak,
    Link,
    NumberedList,
    Paragraph,
    Run,
    Runs,
    Table,
    Text,
)

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SILENT = {"script", "style", "template", "head", "title", "noscript", "svg", "math"}
_BLOCK = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html",
    "li", "main", "menu", "nav", "p", "pre", "section", "summary", "tbody", "td", "tfoot", "th",
    "thead", "tr",
}  # fmt: skip
_BOLD = {"b", "strong", "dt"}
_ITALIC = {"i", "em", "cite", "dfn", "var"}

# Deeper than any person nests; beyond it the text is kept and the structure dropped, so that
# markup made to exhaust the stack cannot.
_MAX_DEPTH = 40
_MAX_LIST_DEPTH = 6
# Word's limit is 63 columns; a colspan of a million must not make a million cells.
_MAX_COLUMNS = 60

# HTML's white space, which does not include the no-break space that French relies on.
_SPACE = re.compile(r"[ \t\n\r\f]+")


def blocks_from_html(html: str, *, top_heading: int = 2, base: str = "") -> tuple[Block, ...]:
    """The blocks of an HTML fragment.

    The highest heading in it becomes level `top_heading`, and no level is left out below that.
    Relative links are resolved against `base`, and become plain text without one.
    """
    reader = _Reader(base=base)
    reader.read_children(_parsed(html), _State())
    reader.end_paragraph()
    return _levelled(reader.blocks, top_heading)


def item_blocks_from_html(html: str, *, base: str = "") -> tuple[ItemBlock, ...]:
    """The same, for places that hold paragraphs and lists only: headings become bold lines."""
    return _as_item(blocks_from_html(html, base=base))


def runs_from_html(html: str, *, base: str = "") -> Runs:
    """The same on one paragraph: blocks are set apart by line breaks."""
    return _as_runs(blocks_from_html(html, base=base))


def _parsed(html: str) -> Tag:
    # Wrapped, so that a text which looks like a file name is not taken for a mistake.
    cleaned = "".join(f"{line}\n" for line in characters.lines(html))
    try:
        return BeautifulSoup(f"<div>{cleaned}</div>", "html.parser")
    except (ParserRejectedMarkup, AssertionError):
        return BeautifulSoup(f"<div>{cleaned}</div>", "lxml")


class _State:
    """The formatting that an element hands down to what is inside it."""

    __slots__ = ("bold", "depth", "href", "italic", "lists")

    def __init__(
        self,
        *,
        bold: bool = False,
        italic: bool = False,
        href: str = "",
        depth: int = 0,
        lists: int = 0,
    ) -> None:
        self.bold = bold
        self.italic = italic
        self.href = href
        self.depth = depth
        self.lists = lists

    def inside(self, tag: Tag) -> _State:
        return _State(
            bold=self.bold or tag.name in _BOLD,
            italic=self.italic or tag.name in _ITALIC,
            href=self.href,
            depth=self.depth + 1,
            lists=self.lists,
        )


class _Reader:
    """Collects blocks while walking a tree."""

    def __init__(self, *, base: str) -> None:
        self.base = base
        self.blocks: list[Block] = []
        self.runs: list[Run] = []

    def read_children(self, tag: Tag, state: _State) -> None:
        for child in tag.children:
            self.read(child, state)

    def read(self, node: PageElement, state: _State) -> None:
        if not isinstance(node, Tag):
            # Comments, declarations and the like are subclasses that say nothing to a reader.
            if type(node) in (NavigableString, CData):
                self.add_text(str(node), state)
            return
        if node.name in _SILENT:
            return
        if state.depth >= _MAX_DEPTH:
            self.add_text(node.get_text(" "), state)
            return
        special = self._special(node.name)
        if special is not None:
            special(node, state)
        elif node.name in _BLOCK:
            self.end_paragraph()
            self.read_children(node, state.inside(node))
            self.end_paragraph()
        else:
            self.read_children(node, state.inside(node))

    def _special(self, name: str) -> Callable[[Tag, _State], None] | None:
        if name in _HEADINGS:
            return self.read_heading
        return {
            "a": self.read_link,
            "br": self.read_break,
            "img": self.read_image,
            "ul": self.read_list,
            "ol": self.read_list,
            "table": self.read_table,
        }.get(name)

    def add_text(self, text: str, state: _State) -> None:
        text = _SPACE.sub(" ", text)
        if state.href and text.strip():
            self.runs.append(Link(text, state.href, bold=state.bold, italic=state.italic))
        elif text:
            self.runs.append(Text(text, bold=state.bold, italic=state.italic))

    def end_paragraph(self) -> None:
        runs = tidied(self.runs)
        self.runs = []
        if runs:
            self.blocks.append(Paragraph(runs))

    def read_break(self, _tag: Tag, _state: _State) -> None:
        self.runs.append(LineBreak())

    def read_image(self, tag: Tag, state: _State) -> None:
        self.add_text(str(tag.get("alt") or ""), state)

    def read_link(self, tag: Tag, state: _State) -> None:
        inner = state.inside(tag)
        inner.href = characters.safe_address(str(tag.get("href") or ""), base=self.base)
        self.read_children(tag, inner)

    def read_heading(self, tag: Tag, state: _State) -> None:
        self.end_paragraph()
        text = plain(self._inner(tag, state))
        if text:
            self.blocks.append(Heading(_HEADINGS[tag.name], text))

    def read_list(self, tag: Tag, state: _State) -> None:
        self.end_paragraph()
        inner = state.inside(tag)
        inner.lists += 1
        if inner.lists > _MAX_LIST_DEPTH:
            self.read_children(tag, inner)
            self.end_paragraph()
            return
        items = []
        for child in tag.children:
            if isinstance(child, Tag) and child.name == "li":
                item = _as_item(self._inner(child, inner))
            else:
                reader = _Reader(base=self.base)
                reader.read(child, inner)
                reader.end_paragraph()
                item = _as_item(tuple(reader.blocks))
            if item:
                items.append(item)
        if items:
            kind = NumberedList if tag.name == "ol" else BulletList
            self.blocks.append(kind(tuple(items)))

    def read_table(self, tag: Tag, state: _State) -> None:
        self.end_paragraph()
        caption = tag.find("caption")
        if isinstance(caption, Tag):
            text = plain(self._inner(caption, state))
            if text:
                self.blocks.append(Paragraph((Text(text, bold=True),)))
        rows: list[tuple[Runs, ...]] = []
        columns: tuple[Runs, ...] = ()
        for row in tag.find_all("tr"):
            if row.find_parent("table") is not tag:
                continue
            names = {cell.name for cell in row.children if isinstance(cell, Tag)}
            cells = self._cells(row, state)
            if not cells:
                continue
            in_head = row.parent is not None and row.parent.name == "thead"
            if not rows and not columns and (in_head or names == {"th"}):
                columns = cells
            else:
                rows.append(cells)
        if rows or columns:
            self.blocks.append(Table(columns, tuple(rows)))

    def _cells(self, row: Tag, state: _State) -> tuple[Runs, ...]:
        cells: list[Runs] = []
        for cell in row.children:
            if not isinstance(cell, Tag) or cell.name not in ("td", "th"):
                continue
            cells.append(_as_runs(self._inner(cell, state)))
            cells.extend([()] * (_span(cell) - 1))
        head, tail = cells[: _MAX_COLUMNS - 1], cells[_MAX_COLUMNS - 1 :]
        return (*head, _joined(tail)) if tail else tuple(head)

    def _inner(self, tag: Tag, state: _State) -> tuple[Block, ...]:
        reader = _Reader(base=self.base)
        reader.read_children(tag, state.inside(tag))
        reader.end_paragraph()
        return tuple(reader.blocks)


def _span(cell: Tag) -> int:
    value = str(cell.get("colspan") or "1").strip()
    number = int(value[:4]) if value.isascii() and value.isdigit() else 1
    return min(max(number, 1), _MAX_COLUMNS)


def _joined(parts: list[Runs]) -> Runs:
    joined: list[Run] = []
    for part in parts:
        if part and joined:
            joined.append(LineBreak())
        joined.extend(part)
    return tuple(joined)


def _levelled(blocks: list[Block], top: int) -> tuple[Block, ...]:
    highest = min((block.level for block in blocks if isinstance(block, Heading)), default=1)
    levelled: list[Block] = []
    previous = top - 1
    for block in blocks:
        if isinstance(block, Heading):
            previous = min(top + block.level - highest, previous + 1, 6)
            block = Heading(previous, block.text)
        levelled.append(block)
    return tuple(levelled)


def _as_item(blocks: tuple[Block, ...]) -> tuple[ItemBlock, ...]:
    item: list[ItemBlock] = []
    for block in blocks:
        if isinstance(block, Paragraph | BulletList | NumberedList):
            item.append(block)
        elif isinstance(block, Heading):
            item.append(Paragraph((Text(block.text, bold=True),)))
        elif isinstance(block, Table):
            rows = (block.columns, *block.rows) if block.columns else block.rows
            item.extend(Paragraph(runs) for row in rows if (runs := _beside(row)))
    return tuple(item)


def _beside(row: tuple[Runs, ...]) -> Runs:
    runs: list[Run] = []
    for cell in row:
        if cell and runs:
            runs.append(Text(" | "))
        runs.extend(cell)
    return tuple(runs)


def _as_runs(blocks: tuple[Block, ...]) -> Runs:
    return _joined([runs for block in _as_item(blocks) for runs in _paragraphs(block, "")])


def _paragraphs(block: ItemBlock, mark: str) -> list[Runs]:
    if isinstance(block, Paragraph):
        return [(Text(mark), *block.runs)] if mark else [block.runs]
    found: list[Runs] = []
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if isinstance(block, NumberedList) else "• "
        for inner in item:
            found.extend(_paragraphs(inner, mark))
            mark = ""
    return found


def plain(blocks: tuple[Block, ...]) -> str:
    """The words of some blocks on one line."""
    return _SPACE.sub(" ", " ".join(text_of(runs) for runs in [_as_runs(blocks)])).strip()


def text_of(runs: Runs) -> str:
    """The words of a line of runs, blanks in brackets."""
    words = []
    for run in runs:
        match run:
            case Text() | Link():
                words.append(run.text)
            case LineBreak():
                words.append(" ")
            case _:
                words.append(run.shown)
    return "".join(words)


def tidied(runs: list[Run]) -> Runs:
    """Runs without space at the ends and around line breaks, neighbours of one kind joined."""
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if isinstance(run, Text):
            text = run.text
            if (
                last is None
                or isinstance(last, LineBreak)
                or (isinstance(last, Text | Link) and last.text.endswith(" "))
            ):
                text = text.lstrip(" ")
            if not text:
                continue
            if isinstance(last, Text) and (last.bold, last.italic) == (run.bold, run.italic):
                joined[-1] = Text(last.text + text, bold=run.bold, italic=run.italic)
            else:
                joined.append(Text(text, bold=run.bold, italic=run.italic))
        else:
            if isinstance(run, LineBreak):
                _strip_end(joined)
            joined.append(run)
    while joined and isinstance(joined[0], LineBreak):
        del joined[0]
    _strip_end(joined)
    while joined and isinstance(joined[-1], LineBreak):
        del joined[-1]
        _strip_end(joined)
    return tuple(joined)


def _strip_end(runs: list[Run]) -> None:
    while runs and isinstance(last := runs[-1], Text):
        text = last.text.rstrip(" ")
        if text:
            runs[-1] = Text(text, bold=last.bold, italic=last.italic)
            return
        del runs[-1]
