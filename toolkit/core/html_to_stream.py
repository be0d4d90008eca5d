"""HTML from elsewhere as the blocks of a page's body, without losing a word.

What a reader could not use or what would ask a third party goes: scripts, styles, comments.
An image leaves its alternative text, an embedded video a link. The HTML may come from
anyone and hold anything; every text in the answer has been through ``clean_html``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from toolkit.core.markup import balanced
from toolkit.core.sanitising import check_size, clean_html, clean_text, plain_text

Block = dict[str, Any]

#: Of HTML in one go, in characters and elements: a book of five hundred pages.
MAX_LENGTH = 1_000_000
MAX_ELEMENTS = 20_000

_FRAMES = ["iframe", "video", "audio", "embed", "object"]
_PARAGRAPHS = {"p", "pre", "address", "figcaption", "legend", "dt"}
_LISTS = {"ul", "ol", "menu", "dir"}
_SMALL_HEADINGS = {"h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_CONTAINERS = {
    "[document]", "html", "body", "div", "section", "article", "main", "header", "footer", "aside",
    "nav", "center", "figure", "form", "fieldset", "details", "dl", "dd", "hgroup", "picture", "li",
    "tbody", "thead", "tfoot", "tr", "td", "th", "hr", "caption", "summary",
}  # fmt: skip
_BLOCKS = _PARAGRAPHS | _LISTS | _CONTAINERS | {"h1", "h2", *_SMALL_HEADINGS} | {
    "blockquote", "table", "x-video",
}  # fmt: skip
_CALLOUTS = {
    "warning": {"warning", "caution", "danger", "attention", "alert-warning", "alert-danger"},
    "tip": {"tip", "hint", "activity", "alert-success"},
    "note": {"callout", "note", "admonition", "notice", "alert", "infobox", "info", "alert-info"},
}
_VIDEO_HOSTS = (
    "youtube.com", "youtube-nocookie.com", "youtu.be", "vimeo.com", "ted.com", "dailymotion.com",
    "archive.org", "bilibili.com", "rutube.ru", "wistia.com", "wistia.net", "loom.com",
)  # fmt: skip
_LENGTH = re.compile(r"\(?(\d{1,2}:)?\d{1,2}:\d{2}\)?")
_CREDIT = re.compile(r"^\s*(?:—|–|―|--)\s*(?=\S)")
_VALID_URL = URLValidator(schemes=["http", "https"])


def html_to_stream(html: str, *, heading_level: int = 2) -> list[Block]:
    """The blocks (``{"type", "value"}``) of a ``BodyBlock`` that say what the HTML says.

    Headings down to ``heading_level`` become blocks of their own, deeper ones stay in texts.
    Takes any text; raises ``ValidationError`` for one that is too long or too richly formatted.
    """
    check_size(html, longest=MAX_LENGTH, most=MAX_ELEMENTS)
    html = balanced(clean_text(html), tags=None, keeps=_all, most=MAX_ELEMENTS)
    soup = BeautifulSoup(f"<div>{html}</div>", "html.parser")
    if heading_level > 2:
        for heading in soup.find_all(["h3", "h4", "h5", "h6"]):
            heading.name = f"h{max(int(heading.name[1]) - heading_level + 2, 2)}"
    for image in soup.find_all(["img", "image"]):
        alt = str(image.get("alt") or "").strip()
        image.replace_with(NavigableString(f" {alt} " if alt else ""))
    for frame in soup.find_all(_FRAMES):
        if frame.parent is not None:
            _replace_frame(soup, frame)
    writer = _Writer()
    writer.children(soup)
    writer.flush()
    return writer.blocks


def _all(_name: str, attributes: Mapping[str, str]) -> Mapping[str, str]:
    return attributes


def html_to_rich_text(html: str) -> str:
    """The same for a field that holds one text: HTML of paragraphs, lists and small headings.

    A video becomes a link, a table a paragraph a row, a callout a part of the text.
    """
    parts: list[str] = []
    for block in html_to_stream(html):
        value = block["value"]
        if block["type"] == "video":
            parts.append(f"<p>{_link(value['url'], value['title'])} {value['length']}</p>")
        elif block["type"] == "table":
            for row in value["table"]["data"]:
                parts.append(f"<p>{_escaped(' – '.join(cell for cell in row if cell))}</p>")
        else:
            parts.extend(_as_texts([block]))
    return str(clean_html("".join(parts)))


class _Writer:
    """Walks the blocks of a document; collects texts until another kind of block comes."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.texts: list[str] = []
        self.heading = ""  # the nearest above: names a table that has no caption

    def flush(self) -> None:
        html = str(clean_html("".join(self.texts)))
        self.texts = []
        if plain_text(html):
            self.blocks.append({"type": "text", "value": html})

    def add(self, kind: str, value: Any) -> None:
        self.flush()
        self.blocks.append({"type": kind, "value": value})

    def children(self, parent: Tag) -> None:
        """The contents of a container: inline runs become paragraphs of their own."""
        run: list[str] = []

        def end_run() -> None:
            html = "".join(run).strip()
            run.clear()
            if plain_text(html):
                self.texts.append(f"<p>{html}</p>")

        for child in list(parent.children):
            if isinstance(child, Tag) and (
                child.name in _BLOCKS or child.find(list(_BLOCKS)) is not None
            ):
                end_run()
                self.block(child)
            elif isinstance(child, (Tag, NavigableString)):
                run.append(_serialised(child))
        end_run()

    def block(self, tag: Tag) -> None:
        name = tag.name
        if name in {"h1", "h2"}:
            self.large_heading(tag)
        elif name == "table":
            self.table(tag)
        elif name == "x-video":
            self.video(tag)
        elif name == "blockquote":
            self.quote(tag)
        elif name == "summary":
            self.heading = _words(tag)
            self.texts.append(f"<h3>{_inline(tag)}</h3>")
        elif _callout_kind(tag):
            self.callout(tag)
        elif name in _PARAGRAPHS or name in _LISTS or name in _SMALL_HEADINGS:
            self.text(tag)
        else:
            self.children(tag)

    def text(self, tag: Tag) -> None:
        """A paragraph, list or small heading; tables and videos inside come after it."""
        if tag.name in _PARAGRAPHS and tag.find(list(_BLOCKS - {"x-video"})):
            self.children(tag)
            return
        later = _taken_out(tag)
        if tag.name in _LISTS:
            self.texts.append(_list(tag))
        elif plain_text(inline := _inline(tag)):
            name = _SMALL_HEADINGS.get(tag.name, "p")
            if name != "p":
                self.heading = _words(tag)
            if tag.name == "dt":
                inline = f"<strong>{inline}</strong>"
            self.texts.append(f"<{name}>{inline}</{name}>")
        for inner in later:
            self.block(inner)

    def large_heading(self, tag: Tag) -> None:
        later = _taken_out(tag)
        words = _words(tag)
        if words:
            self.heading = words
            self.add("heading", words)
            # A heading is plain text; where it led is said below it.
            for link in tag.find_all("a", href=True):
                shown = _host(str(link["href"])) or str(link["href"])
                html = clean_html(f"<p>{_link(str(link['href']), shown)}</p>")
                if "href" in html:
                    self.texts.append(str(html))
        for inner in later:
            self.block(inner)

    def quote(self, tag: Tag) -> None:
        later = _taken_out(tag)
        if tag.find(["a", *_LISTS, "h1", "h2", "h3", "h4", "h5", "h6", "dl", "pre"]):
            inner = _Writer()
            inner.children(tag)
            self.texts.append(f"<blockquote>{''.join(inner.as_texts())}</blockquote>")
        elif lines := _lines(tag):
            source = ""
            cite = tag.find(["cite", "footer"])
            if len(lines) > 1 and _CREDIT.match(lines[-1]):
                source = _CREDIT.sub("", lines.pop())
            elif len(lines) > 1 and cite and _words(cite) == lines[-1]:
                source = lines.pop()
            self.add("quote", {"text": "\n".join(lines), "source": source})
        for block in later:
            self.block(block)

    def callout(self, tag: Tag) -> None:
        kind = _callout_kind(tag)
        later = _taken_out(tag)
        inner = _Writer()
        inner.children(tag)
        html = str(clean_html("".join(inner.as_texts())))
        if plain_text(html):
            self.add("callout", {"kind": kind, "text": html})
        outer = self.heading
        self.heading = inner.heading or outer
        for block in later:
            self.block(block)
        self.heading = outer

    def as_texts(self) -> Iterable[str]:
        """All that was collected, as HTML that may stand inside another block."""
        self.flush()
        return _as_texts(self.blocks)

    def video(self, tag: Tag) -> None:
        value = {
            "title": str(tag["title"]) or self.heading or _host(str(tag["url"])),
            "url": str(tag["url"]),
            "length": str(tag.get("length", "")),
            "size": "",
            "transcript": "",
        }
        self.add("video", value)

    def table(self, tag: Tag) -> None:
        caption = tag.find("caption")
        rows = [
            row.find_all(["td", "th"], recursive=False)
            for row in tag.find_all("tr")
            if row.find_parent("table") is tag
        ]
        rows = [row for row in rows if row]
        if max((len(row) for row in rows), default=0) < 2:
            # One column is no table but a frame around something.
            if caption:
                self.texts.append(f"<p>{_inline(caption)}</p>")
            for row in rows:
                self.children(row[0])
            return
        later = [inner for row in rows for cell in row for inner in _taken_out(cell)]
        data: list[list[str]] = []
        for row in rows:
            cells: list[str] = []
            for cell in row:
                cells += [_cell(cell), *[""] * (_number(cell, "colspan") - 1)]
            data.append(cells)
        width = max(len(row) for row in data)
        data = [row + [""] * (width - len(row)) for row in data]
        if any(cell for row in data for cell in row):
            first_row = all(cell.name == "th" for cell in rows[0])
            in_head = rows[0][0].find_parent("thead") is not None
            row_heads = len(rows) > 1 and all(row[0].name == "th" for row in rows[1:])
            header = first_row or in_head
            self.add(
                "table",
                {
                    "caption": (_words(caption) if caption else "") or self.heading or _("Table"),
                    "table": {
                        "data": data,
                        "cell": [],
                        "mergedCells": [],
                        "first_row_is_table_header": header,
                        "first_col_is_header": row_heads,
                        "table_header_choice": (
                            "both" if header and row_heads
                            else "row" if header
                            else "column" if row_heads
                            else "neither"
                        ),
                        "table_caption": "",
                    },
                },
            )  # fmt: skip
        for block in later:
            self.block(block)


def _as_texts(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        value = block["value"]
        if block["type"] == "text":
            yield value
        elif block["type"] == "heading":
            yield f"<h3>{_escaped(value)}</h3>"
        elif block["type"] == "callout":
            yield value["text"]
        elif block["type"] == "quote":
            words = "<br>".join(map(_escaped, value["text"].split("\n")))
            if value["source"]:
                words += f"<br>— {_escaped(value['source'])}"
            yield f"<blockquote>{words}</blockquote>"


# --- frames and videos ------------------------------------------------------------------


def _replace_frame(soup: BeautifulSoup, frame: Tag) -> None:
    """A frame becomes a mark for a video, or a link; its address is kept, nothing is loaded."""
    source = frame.find("source")
    raw = frame.get("src") or frame.get("data") or frame.get("data-src")
    raw = raw or (source.get("src") if isinstance(source, Tag) else "") or ""
    url = _address(str(raw))
    title = str(frame.get("title") or frame.get("aria-label") or "").strip()
    host = _host(url)
    is_video = frame.name == "video" or any(
        host == known or host.endswith(f".{known}") for known in _VIDEO_HOSTS
    )
    if url and is_video:
        mark = soup.new_tag("x-video", attrs={"url": url, "title": title})
        length = _length_after(frame)
        if length is not None:
            mark["length"] = _words(length).strip("()")
            length.decompose()
    elif url:
        mark = soup.new_tag("p")
        link = soup.new_tag("a", attrs={"href": url})
        link.string = title or host
        mark.append(link)
    else:
        mark = soup.new_tag("p")
        mark.string = title
    # What stands between the tags is what a reader without the frame is meant to read.
    fallback = soup.new_tag("div")
    for child in list(frame.children):
        if not (isinstance(child, Tag) and child.name in {"source", "track", "param"}):
            fallback.append(child.extract())
    frame.replace_with(mark)
    if fallback.get_text(strip=True) and mark.parent is not None:
        mark.insert_after(fallback)


def _address(raw: str) -> str:
    """A web address as a reader can open it, or "" for anything else."""
    raw = raw.strip()
    if raw.startswith("//"):
        raw = f"https:{raw}"
    try:
        _VALID_URL(raw)
        parts = urlsplit(raw)
    except (ValidationError, ValueError):
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    video = re.fullmatch(r"/embed/([\w-]{6,})/?", parts.path)
    if host in {"youtube.com", "youtube-nocookie.com"} and video and video[1] != "videoseries":
        start = parse_qs(parts.query).get("start", [""])[0]
        after = f"&t={start}" if start.isdigit() else ""
        return f"https://www.youtube.com/watch?v={video[1]}{after}"
    if host == "player.vimeo.com" and (video := re.fullmatch(r"/video/(\d+)/?", parts.path)):
        return f"https://vimeo.com/{video[1]}"
    return raw


def _length_after(frame: Tag) -> Tag | None:
    """The element right after a video that only says how long it is."""
    after = frame.next_sibling
    while isinstance(after, NavigableString) and not after.strip():
        after = after.next_sibling
    if isinstance(after, Tag) and _LENGTH.fullmatch(after.get_text(strip=True)):
        return after
    return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


# --- small things -----------------------------------------------------------------------


def _callout_kind(tag: Tag) -> str:
    if tag.name not in {"div", "aside", "section"}:
        return ""
    classes = {str(name).lower() for name in tag.get_attribute_list("class") if name}
    if tag.get("role") == "note":
        classes.add("note")
    return next((kind for kind, names in _CALLOUTS.items() if classes & names), "")


def _taken_out(tag: Tag) -> list[Tag]:
    """Tables and videos inside, taken out: they are blocks of their own."""
    found = tag.find_all(["table", "x-video"])
    return [inner.extract() for inner in found if not _is_in_table(inner, below=tag)]


def _is_in_table(tag: Tag, *, below: Tag) -> bool:
    """Whether an element is part of a table that itself stands in ``below``."""
    around = takewhile(lambda parent: parent is not below, tag.parents)
    return any(parent.name == "table" for parent in around)


def _serialised(node: Tag | NavigableString) -> str:
    return node.decode() if isinstance(node, Tag) else node.output_ready(formatter="minimal")


def _inline(tag: Tag) -> str:
    return tag.decode_contents().strip()


def _list(tag: Tag) -> str:
    """A list with paragraphs inside its items unwrapped, as the editor keeps them."""
    for item in tag.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        item.name = "strong"
    for block in tag.find_all(["p", "div", "blockquote"]):
        following = block.find_next_sibling(["p", "div", "blockquote"])
        if following is not None:
            block.append(Tag(name="br", can_be_empty_element=True))
        block.unwrap()
    tag.name = "ol" if tag.name == "ol" else "ul"
    return tag.decode()


def _words(tag: Tag) -> str:
    return plain_text(tag.decode_contents())


def _lines(tag: Tag) -> list[str]:
    for line_break in tag.find_all("br"):
        line_break.replace_with("\n")
    for block in tag.find_all(["p", "div", "footer", "cite"]):
        if block.name != "cite" or block.find_previous_sibling() is not None:
            block.insert_before("\n")
    text = tag.get_text()
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _cell(cell: Tag) -> str:
    """A cell's words; a cell is plain text, so a link says where it leads."""
    for link in cell.find_all("a", href=True):
        target = str(link["href"])
        if _address(target) and target not in link.get_text():
            link.append(f" ({target})")
    for item in cell.find_all("li"):
        item.insert(0, " • ")
    for block in cell.find_all(["br", "p", "div", "li"]):
        block.insert_after(" ")
    return " ".join(cell.get_text().split())


def _number(tag: Tag, name: str) -> int:
    value = str(tag.get(name, ""))
    return min(int(value), 50) if value.isdecimal() and int(value) else 1


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(href: str, text: str) -> str:
    return f'<a href="{_escaped(href).replace(chr(34), "&quot;")}">{_escaped(text)}</a>'
