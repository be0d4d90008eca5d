"""Markup from anywhere made plain: balanced, shallow and short, in one pass over the text.

Parsers of HTML can be made to fail (``<![>``) and to take minutes (a thousand lists inside one
another, twenty thousand attributes, a million ``<``). What has been through ``balanced`` cannot
do either: every element is closed in the order in which it was opened, nothing stands deeper
than ``MAX_DEPTH``, what was no tag is text. Wagtail's editor asks for the same, and for no less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from html import unescape
from itertools import islice

MAX_DEPTH = 32  # blocks inside one another
MAX_INLINE = 8  # ways in which a word can be marked at once
MAX_ELEMENTS = 5_000  # of a text; of later ones the words are left
MAX_ATTRIBUTES = 40  # of an element: what comes after them is not read
MAX_REOPENED = 50_000  # characters of tags that are written again after a block

#: What an element keeps of its attributes; None: the element goes, its text stays.
Keeps = Callable[[str, Mapping[str, str]], Mapping[str, str] | None]

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"}
    | {"source", "track", "wbr"}
)
INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em"}
    | {"font", "i", "ins", "kbd", "label", "mark", "q", "ruby", "s", "samp", "small", "span"}
    | {"strike", "strong", "sub", "sup", "time", "tt", "u", "var"}
)
#: Removed with all they hold: a browser hides it, or runs it.
HIDDEN = frozenset(
    {"script", "style", "template", "noscript", "svg", "math", "head", "textarea", "select"}
)
_XML = frozenset({"svg", "math"})  # these alone may close themselves

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_GROUPS = frozenset({"tbody", "thead", "tfoot"})
_CELLS = frozenset({"td", "th", "caption"})
# What begins ends what stands here, unless one of the second lies between (HTML, 13.1.2.4).
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _LISTS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    **dict.fromkeys(_CELLS, (_CELLS, frozenset({"tr", "table"}))),
    "tr": (_CELLS | {"tr", "colgroup"}, _GROUPS | {"table"}),
    **dict.fromkeys(_GROUPS, (_GROUPS | _CELLS | {"tr", "colgroup"}, frozenset({"table"}))),
    **dict.fromkeys(_HEADINGS, (_HEADINGS, _CELLS | _LISTS | {"blockquote", "table"})),
}
_PARAGRAPH = (frozenset({"p"}), _CELLS | {"table"})
_ENDS_PARAGRAPH = (
    _HEADINGS
    | _LISTS
    | {
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
    }
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "li"}
    | {"main", "nav", "p", "pre", "search", "section", "summary", "table"}
)
_TABLE_PARTS = _GROUPS | _CELLS | {"tr", "colgroup", "col"}

# Possessive throughout: a text that does not match is given up after one look at it.
_TAG = re.compile(
    r"<(/?)([a-z][^\s/>]*+)((?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')|=)*+)>",
    re.IGNORECASE | re.ASCII,
)
_ATTRIBUTE = re.compile(r"([^\s=/>\"'<]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?+")
_LETTER = re.compile(r"[a-z]", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});)", re.I)
_ESCAPED = str.maketrans({"<": "&lt;", ">": "&gt;"})
_ENDINGS = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*+>", re.IGNORECASE) for name in HIDDEN}
_MARKS = re.compile(r"<(?:[^>\"]++|\"[^\"]*+\")*+>")


def balanced(
    html: str, *, tags: Collection[str] | None, keeps: Keeps, most: int = MAX_ELEMENTS
) -> str:
    """The HTML with its elements balanced and every other ``<`` as text.

    Only ``tags`` stay (None: all but the hidden ones), with what ``keeps`` says of their
    attributes, and no more than ``most`` of them. Comments and hidden elements go with what
    they hold, of other elements the text stays. Never raises; takes a time in proportion to
    the length of the text.
    """
    writer = _Writer(tags, keeps, most)
    for text, tag in _tokens(html):
        writer.text(text)
        if tag is None:
            continue
        name = tag[2].lower()
        if tag[1]:
            writer.end(name)
        else:
            writer.start(name, tag[3])
    return writer.finished()


def words(html: str) -> str:
    """The text of HTML that ``balanced`` made, as it is read: no tags, no references."""
    return unescape(_MARKS.sub("", html))


def escaped(text: str) -> str:
    """A piece of HTML without tags: what looks like one is text, references stay."""
    return _BARE_AMPERSAND.sub("&amp;", text).translate(_ESCAPED)


def _tokens(html: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Pieces of text, each with the tag that follows it."""
    done = 0  # what has been handed out
    at = 0  # where to look
    while (at := html.find("<", at)) != -1:
        after = html[at + 1 : at + 2]
        if after in {"!", "?"} or (after == "/" and not _LETTER.match(html, at + 2)):
            yield html[done:at], None
            ending = "-->" if html.startswith("<!--", at) else ">"
            end = html.find(ending, at + 2)
            if end == -1:
                return  # a browser takes all of the rest for a comment
            done = at = end + len(ending)
        elif after != "/" and not _LETTER.match(after):
            at += 1  # a sign for "less than"
        elif tag := _TAG.match(html, at):
            yield html[done:at], None if (name := tag[2].lower()) in HIDDEN else tag
            done = at = tag.end()
            if name in HIDDEN and not tag[1] and not (name in _XML and tag[3].endswith("/")):
                ending_tag = _ENDINGS[name].search(html, at)
                if ending_tag is None:
                    return
                done = at = ending_tag.end()
        else:
            break  # the tag never ends, and no later one does: all of it is text
    yield html[done:], None


class _Writer:
    """Writes tags and texts so that each element ends inside the one that it began in."""

    def __init__(self, tags: Collection[str] | None, keeps: Keeps, most: int) -> None:
        self.tags = tags
        self.keeps = keeps
        self.most = most
        self.out: list[str] = []
        self.blocks: list[tuple[str, str]] = []  # name, name as it was written
        self.inline: list[tuple[str, str, int]] = []  # name, tag, how many blocks it stands in
        self.written = 0  # how many of them have been
        self.elements = 0
        self.reopened = 0
        self.left_out: dict[str, int] = {}  # name → beginnings whose ends are yet to come

    def text(self, text: str) -> None:
        if not text:
            return
        if not text.isspace():
            self._go_into_cell()
            self._write_inline()
        self.out.append(escaped(text))

    def start(self, name: str, attributes: str) -> None:
        if not self._is_known(name):
            return
        if self.elements >= self.most:
            self._leave_out(name)
            return
        kept = self.keeps(name, _attributes(attributes))
        if kept is None:
            self._leave_out(name)
            return
        marks = "".join(f' {key}="{_quoted(value)}"' for key, value in kept.items())
        if name in INLINE:
            if name == "a":
                self.end("a")  # a link in a link is two links
            if len(self.inline) >= MAX_INLINE:
                self._leave_out(name)
            else:
                self.inline.append((name, f"<{name}{marks}>", len(self.blocks)))
        elif name in VOID:
            if name == "hr":
                self._end_for(_PARAGRAPH)
                self._end_inline(0)
            elif name != "col":
                self._go_into_cell()
                self._write_inline()
            self.out.append(f"<{name}{marks}/>")
            self.elements += 1
        else:
            self._start_block(name, marks)

    def end(self, name: str) -> None:
        if self.left_out.get(name):
            self.left_out[name] -= 1
        elif name in INLINE:
            for place in range(len(self.inline) - 1, -1, -1):
                if self.inline[place][0] == name:
                    self._end_inline(place)
                    del self.inline[place : place + 1]
                    return
        else:
            for place in range(len(self.blocks) - 1, -1, -1):
                if self.blocks[place][0] == name:
                    self._end_blocks(place)
                    return

    def finished(self) -> str:
        self._end_blocks(0)
        self._end_inline(0)
        return "".join(self.out)

    def _is_known(self, name: str) -> bool:
        return bool(_NAME.fullmatch(name)) if self.tags is None else name in self.tags

    def _leave_out(self, name: str) -> None:
        if name not in VOID:
            self.left_out[name] = self.left_out.get(name, 0) + 1

    def _start_block(self, name: str, marks: str) -> None:
        if name in _ENDS_PARAGRAPH:
            self._end_for(_PARAGRAPH)
        if name in _ENDS:
            self._end_for(_ENDS[name])
        if name not in _TABLE_PARTS:
            self._go_into_cell()
        inside = {block for block, _written in self.blocks}
        if len(self.blocks) >= MAX_DEPTH or (name in _TABLE_PARTS and "table" not in inside):
            self._leave_out(name)
            return
        self._end_inline(0)
        written = "p" if name == "li" and not inside & _LISTS else name
        self.blocks.append((name, written))
        self.out.append(f"<{written}{marks}>")
        self.elements += 1

    def _go_into_cell(self) -> None:
        """A table holds nothing but cells: what stands beside them gets one."""
        if self.blocks and self.blocks[-1][0] in _GROUPS | {"table"}:
            self._start_block("tr", "")
        if self.blocks and self.blocks[-1][0] == "tr":
            self._start_block("td", "")

    def _end_for(self, ends: tuple[frozenset[str], frozenset[str]]) -> None:
        """End what cannot go on when something begins; several cells and rows at once."""
        names, bounds = ends
        outermost = None
        for place in range(len(self.blocks) - 1, -1, -1):
            name = self.blocks[place][0]
            if name in bounds:
                break
            if name in names:
                outermost = place
        if outermost is not None:
            self._end_blocks(outermost)

    def _end_blocks(self, place: int) -> None:
        if place < len(self.blocks):
            self._end_inline(0)
            self.out += [f"</{written}>" for _name, written in reversed(self.blocks[place:])]
            del self.blocks[place:]
            self.inline = [mark for mark in self.inline if mark[2] <= place]

    def _write_inline(self) -> None:
        for name, tag, _blocks in self.inline[self.written :]:
            self.out.append(tag)
            self.reopened += len(tag) + len(name)
            self.elements += 1
        self.written = len(self.inline)

    def _end_inline(self, place: int) -> None:
        if place < self.written:
            marks = self.inline[place : self.written]
            self.out += [f"</{name}>" for name, _tag, _blocks in reversed(marks)]
            self.written = place
            if self.reopened > MAX_REOPENED or self.elements > self.most:
                del self.inline[place:]


def _attributes(text: str) -> dict[str, str]:
    """Name → value as it is written; the first of a name counts."""
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(text), MAX_ATTRIBUTES):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return found


def _quoted(value: str) -> str:
    return escaped(value).replace('"', "&quot;")
