"""What every template needs: rich text made safe, icons, headings with anchors, file sizes."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from babel.units import format_unit
from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.models import Page
from wagtail.rich_text import RichText

from toolkit.core.markup import words
from toolkit.core.models import open_to_all
from toolkit.core.richtext import render_rich_text
from toolkit.core.templatetags.localise import cldr_locale

register = template.Library()

_HEADING = re.compile(r"<h([2-5])(?P<attributes>[^>]*)>(?P<text>.*?)</h\1>", re.DOTALL)
_REFERENCE = re.compile(r"linktype|embedtype", re.IGNORECASE)
_TABLE_TAG = re.compile(r"<(/?)table\b[^>]*>")
_HEADER_CELL = re.compile(r"<th(?![^>]*\bscope=)(?=[\s>])")
_ID = re.compile(r'\sid="([^"]+)"')
_OPENS_HEADING = re.compile(r"<h[1-6]\b")
_UNITS = ((10**9, "gigabyte"), (10**6, "megabyte"), (10**3, "kilobyte"), (1, "byte"))

CONTENTS_FROM = 4  # headings: a shorter page needs no table of contents


@dataclass(frozen=True)
class Heading:
    """A heading that a table of contents leads to."""

    text: str
    anchor: str


@register.filter
def anchor(text: object) -> str:
    """The id of a heading with these words; letters of every script are kept."""
    return slugify(str(text), allow_unicode=True)[:60].strip("-") or "part"


@register.filter
def rich(source: object, top: int = 3) -> SafeString:
    """Stored rich text as HTML whose highest heading has the level ``top``.

    Headings get an id, header cells a scope, and a wide table scrolls in a frame of its own
    that the keyboard reaches.
    """
    if isinstance(source, RichText):
        source = source.source
    text = str(source or "")
    if _REFERENCE.search(text):
        return _rich(text, top)  # what it names may change, or be closed
    return _kept_rich(text, top, get_language())


@functools.lru_cache(maxsize=2048)
def _kept_rich(source: str, top: int, _language: str | None) -> SafeString:
    return _rich(source, top)


def _rich(source: str, top: int) -> SafeString:
    html = str(render_rich_text(source))
    levels = [int(found[1]) for found in _HEADING.finditer(html)]
    shift = top - min(levels) if levels else 0

    def heading(found: re.Match[str]) -> str:
        level = min(max(int(found[1]) + shift, 2), 6)
        text = found["text"]
        return f'<h{level} id="{anchor(words(text))}"{found["attributes"]}>{text}</h{level}>'

    html = _HEADING.sub(heading, html)
    html = _framed(_HEADER_CELL.sub('<th scope="col"', html))
    return mark_safe(html)  # noqa: S308  (sanitised above; nothing but ids and a frame were added)


@register.filter
def rich_at(source: object, top: object) -> SafeString:
    """``rich``, for a level that a template carries as text."""
    return rich(source, int(str(top)))


def _framed(html: str) -> str:
    """Each table in a frame of its own, those inside another table in its frame."""
    frame = format_html(
        '<div class="table-frame" role="group" tabindex="0" aria-label="{}">', _("Table")
    )
    depth = 0

    def table_tag(found: re.Match[str]) -> str:
        nonlocal depth
        if found[1]:
            depth -= 1
            return found[0] if depth else f"{found[0]}</div>"
        depth += 1
        return found[0] if depth > 1 else f"{frame}{found[0]}"

    return _TABLE_TAG.sub(table_tag, html)


@register.simple_tag(takes_context=True)
def body(context: dict[str, Any], stream: StreamValue | None, top: int = 2) -> SafeString:
    """The blocks of a body, one after the other.

    ``top`` is the level of its highest headings: a text that comes before any heading block
    begins there, one below a heading block a level deeper, so that no level is left out.
    """
    parts = []
    heading = ""
    for block in stream or ():
        if block.block_type == "heading":
            heading = str(block.value)
        parts.append(
            block.render(
                {
                    "top": top,
                    "text_top": top + 1 if heading else top,
                    "below": heading,
                    "language": get_language(),
                    "request": context.get("request"),
                }
            )
        )
    return mark_safe("\n".join(parts))  # noqa: S308


@register.simple_tag
def contents(stream: StreamValue | None) -> list[Heading]:
    """The headings of a body's first level, if there are enough for a table of contents."""
    found = list(_headings(stream or ()))
    return found if len(found) >= CONTENTS_FROM else []


def _headings(blocks: Iterable[Any]) -> Iterator[Heading]:
    blocks = list(blocks)
    titles = [str(block.value) for block in blocks if block.block_type == "heading"]
    if not titles:
        for block in blocks:
            if block.block_type == "text":
                html = str(render_rich_text(block.value.source))
                levels = [int(h[1]) for h in _HEADING.finditer(html)]
                titles += [
                    words(h["text"]) for h in _HEADING.finditer(html) if int(h[1]) == min(levels)
                ]
    taken: set[str] = set()
    for title in titles:
        free = _free(anchor(title), taken)
        taken.add(free)
        yield Heading(text=title, anchor=free)


class UniqueIds(template.Node):
    """Gives a heading whose id the page has already another one: two steps of a body may have
    the same title, and a text may have the heading "Main"."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        html = self.nodelist.render(context)
        ids = _ID.findall(html)
        if len(set(ids)) == len(ids):
            return html
        seen: set[str] = set()

        def once(found: re.Match[str]) -> str:
            name = found[1]
            if name in seen and _OPENS_HEADING.match(html, html.rfind("<", 0, found.start())):
                name = _free(name, {*ids, *seen})
            seen.add(name)
            return f' id="{name}"'

        return mark_safe(_ID.sub(once, html))  # noqa: S308  (what was rendered, renumbered)


@register.tag
def unique_ids(parser: Any, token: Any) -> UniqueIds:
    """``{% unique_ids %}…{% endunique_ids %}``: no id stands twice in what is between."""
    nodelist = parser.parse(("endunique_ids",))
    parser.delete_first_token()
    return UniqueIds(nodelist)


def _free(name: str, taken: Container[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of ``templates/icons/`` as SVG in the page: decoration beside words, so hidden
    from screen readers. An unknown name gives the icon of any entry."""
    return _icon(name or "", classes)


@functools.lru_cache(maxsize=500)
def _icon(name: str, classes: str) -> SafeString:
    safe = name if re.fullmatch(r"[a-z0-9-]+", name) else "entry"
    try:
        drawing = render_to_string(f"icons/{safe}.svg")
    except template.TemplateDoesNotExist:
        drawing = render_to_string("icons/entry.svg")
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        f" {classes}" if classes else "",
        mark_safe(drawing.strip()),  # noqa: S308
    )


@register.filter
def file_size(size: int | None) -> str:
    """Bytes as the reader's language writes a size, to two figures: "38 kB", "1.4 MB"."""
    if size is None:
        return ""
    factor, unit = next(((f, u) for f, u in _UNITS if size >= f), _UNITS[-1])
    amount = size / factor
    rounded = round(amount, 1) if amount < 10 and factor > 1 else round(amount)
    locale = cldr_locale(get_language() or settings.LANGUAGE_CODE)
    return format_unit(rounded, f"digital-{unit}", length="short", locale=locale)


@register.filter
def for_everyone(pages: Iterable[Page | None]) -> list[Page]:
    """The pages that anyone may read, in the order given; one query."""
    chosen = [page.pk for page in pages if page]
    found = open_to_all(Page.objects.filter(pk__in=chosen)).select_related("locale").in_bulk()
    return [found[pk] for pk in chosen if pk in found]


@register.filter
def own_name(code: str) -> str:
    """What a language calls itself: "العربية" for "ar"."""
    return dict(settings.LANGUAGES).get(code, code)


@register.filter
def direction(code: str) -> str:
    """The direction in which a language is written: "rtl" or "ltr"."""
    try:
        return "rtl" if get_language_info(code or "")["bidi"] else "ltr"
    except KeyError:
        return "ltr"


@register.filter
def extension(name: str) -> str:
    """The format of a file by its name, in capitals: "DOCX"."""
    return name.rpartition(".")[2].upper() if "." in name else ""


@register.filter
def host(address: str) -> str:
    """The host of an address, so that a reader knows where a link leads."""
    return re.sub(r"^[a-z]+://(www\.)?([^/:?#]+).*$", r"\2", address or "")


@register.filter
def web_address(address: object) -> str:
    """The address if it leads to the web, else nothing: a form refuses ``javascript:``, but a
    text that came by another way may hold it."""
    text = str(address or "").strip()
    return text if re.match(r"https?://[^/]", text, re.IGNORECASE) else ""


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """A block of linked data. Nothing in it can end the block or start a tag."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char, escaped in (("&", "\\u0026"), ("<", "\\u003C"), (">", "\\u003E")):
        text = text.replace(char, escaped)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308
    )
