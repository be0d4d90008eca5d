"""The one place where a stranger's HTML becomes ours. Nothing else imports bleach."""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Mapping
from html import unescape

import bleach
from bleach.css_sanitizer import CSSSanitizer
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from toolkit.core.markup import MAX_ELEMENTS, balanced

# fmt: off
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del",
    "dl", "dt", "em", "h2", "h3", "h4", "h5", "hr", "i", "ins",
    "li", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "bdi",
    "bdo", "embed",
})
# fmt: on
ATTRIBUTES = {
    "a": ["href", "title", "hreflang", "linktype", "id"],
    "abbr": ["title"],
    "bdo": ["dir"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
    "ol": ["start"],
    "embed": ["embedtype", "id", "alt", "format"],
}
ATTRIBUTES_OF_ALL = frozenset({"lang", "dir"})
PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})

#: Characters of one text, its markup included: a hundred printed pages. Longer ones are refused
#: at their field; where there is no field to refuse them at, only their words are kept.
MAX_LENGTH = 200_000
_REMEMBERED = 20_000  # characters: of longer texts the cleaned form is not kept in memory

# Wagtail's own references, and what they must say to be followed or opened in the editor.
_LINKED = frozenset({"page", "document"})
_PICTURE_FORMATS = frozenset({"fullwidth", "left", "right"})
_NUMBER = re.compile(r"[0-9]{1,18}")  # as large as a database's numbers go

_INLINE = (
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "i", "ins", "q", "s"),
    *("small", "strong", "sub", "sup", "u"),
)
# A linked word followed by a comma is one piece of text, so inline tags leave no space
_ATTRIBUTES = r"""(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*+)?+"""  # each try ends at the next "<"
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(_INLINE)}){_ATTRIBUTES}>")
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(TAGS - {*_INLINE}))}){_ATTRIBUTES}/?>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_UNSEEN = re.compile(r"[\x00-\x20]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def _is_kept(tag: str, name: str, value: str) -> bool:
    """Whether an element keeps an attribute, before bleach looks at its address."""
    if name == "href":
        # bleach takes "javascript:1" for a host and a port
        scheme = _SCHEME.match(_UNSEEN.sub("", unescape(value)))
        return tag == "a" and (scheme is None or scheme[1].lower() in PROTOCOLS)
    if name == "id" and not _NUMBER.fullmatch(value):
        return False  # no number of Wagtail's: it could stand for a part of the page in a script
    return name in ATTRIBUTES_OF_ALL or name in ATTRIBUTES.get(tag, ())


def _kept(tag: str, attributes: Mapping[str, str]) -> dict[str, str] | None:
    """The attributes that an element keeps; None for a picture that names none.

    A reference to a page, a file or a picture is kept whole or not at all: Wagtail's editor
    cannot open a text with half of one.
    """
    kept = {name: value for name, value in attributes.items() if _is_kept(tag, name, value)}
    if tag == "embed":
        is_whole = (
            kept.get("embedtype") == "image"
            and "id" in kept
            and kept.get("format") in _PICTURE_FORMATS
        )
        return kept if is_whole else None
    if tag == "a" and not (kept.get("linktype") in _LINKED and "id" in kept):
        kept.pop("linktype", None)
        kept.pop("id", None)
    return kept


class _Cleaners(threading.local):
    """A cleaner for each thread: its parser keeps what it is parsing in itself."""

    def __init__(self) -> None:
        self.own = bleach.Cleaner(
            tags=TAGS,
            attributes=_is_kept,
            protocols=PROTOCOLS,
            strip=True,
            strip_comments=True,
            css_sanitizer=CSSSanitizer(allowed_css_properties=[]),
        )


_cleaners = _Cleaners()


def clean_text(text: str) -> str:
    """Text as it is stored: in NFC, without the characters that no page, file or database may hold
    (``docs/decisions/0028-nfc.md``)."""
    return composed(_CONTROL.sub("", text))


def composed(text: str) -> str:
    """Text in NFC: an accent is part of its letter, and no sign of its own behind it."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def clean_html(html: str) -> SafeString:
    """HTML with only the tags, attributes and protocols of a document's body.

    Scripts, styles and everything hidden go with their contents; unknown tags leave their
    text. Wagtail's own references (``<a linktype=…>``, ``<embed …>``) stay as they are. Takes
    any text and never raises; of one that is longer than ``MAX_LENGTH`` the words are left.
    """
    html = str(html)
    return _remembered(html) if len(html) <= _REMEMBERED else _cleaned(html)


def stored_html(html: str) -> str:
    """``clean_html`` in the form in which Wagtail writes it and its editor reads it back."""
    return _remembered_to_store(html) if len(html) <= _REMEMBERED else _to_store(html)


def check_size(html: str, *, longest: int = MAX_LENGTH, most: int = MAX_ELEMENTS) -> None:
    """Raises ``ValidationError`` for a text that is too long, or too richly formatted, to keep."""
    if len(html) > longest:
        raise ValidationError(
            _(
                "This text is too long: with its formatting it has %(length)s characters, and at "
                "most %(limit)s can be kept. Divide it between several texts or pages."
            )
            % {"length": len(html), "limit": longest},
            code="too_long",
        )
    if html.count("<") > 2 * most:  # a beginning and an end each
        raise ValidationError(
            _(
                "This text has too many paragraphs, links and formatted words: at most %(limit)s "
                "can be kept. Divide it between several texts or pages, or paste it as plain text."
            )
            % {"limit": most},
            code="too_rich",
        )


def _cleaned(html: str) -> SafeString:
    html = clean_text(html)
    is_short = len(html) <= MAX_LENGTH
    html = balanced(html, tags=TAGS if is_short else (), keeps=_kept)
    if "<" in html:  # else there is nothing to clean
        html = _cleaners.own.clean(html)
    return mark_safe(html)  # noqa: S308


def _to_store(html: str) -> str:
    return balanced(_cleaned(html), tags=TAGS, keeps=_kept)


# The same texts are sanitised with every view of their page, and parsing is dear.
_remembered = functools.lru_cache(maxsize=4096)(_cleaned)
_remembered_to_store = functools.lru_cache(maxsize=4096)(_to_store)


def plain_text(html: str) -> str:
    """The text of some HTML, words of neighbouring blocks kept apart, white space folded."""
    if "<" not in html and "&" not in html:
        return " ".join(clean_text(html).split())
    text = _without_tags(html)
    if "<" in text:
        # A comment, a tag that we do not keep, or half a one: a stranger's, and cleaned first
        text = _without_tags(clean_html(html))
    return " ".join(clean_text(unescape(text)).split())


#: What a block of text that is a sentence ends with, in all languages, closing marks aside.
_ENDS_SENTENCE = re.compile(r"[.!?…:;,،؛؟。！？：；，、·][\"'”’»）)\]』」]*\Z")


def running_text(*texts: str) -> str:
    """The text of several pieces of HTML, one after the other, as a passage can be cut from it:
    a block that does not end as a sentence does (a heading, a fact, a cell) is parted from what
    follows by a dot between two spaces."""
    found = ""
    for html in texts:
        for block in _blocks(html):
            if found and block:
                found += " " if _ENDS_SENTENCE.search(found, max(len(found) - 9, 0)) else " · "
            found += block
    return found


def _blocks(html: str) -> list[str]:
    if "<" not in html and "&" not in html:
        return [" ".join(clean_text(html).split())]
    html = " ".join(html.split())
    text = _without_tags(html, "\n")
    if "<" in text:
        text = _without_tags(clean_html(html), "\n")
    return [" ".join(clean_text(unescape(part)).split()) for part in text.split("\n")]


def _without_tags(html: str, between: str = " ") -> str:
    """HTML without the tags that ``clean_html`` leaves, with ``between`` instead of those of
    blocks. No parser is needed for these: in clean HTML, "<" begins a tag and nothing else."""
    return _BLOCK_TAG.sub(between, _INLINE_TAG.sub("", html))
