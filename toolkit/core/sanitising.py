"""The one place where a stranger's HTML becomes ours. Nothing else imports bleach."""

from __future__ import annotations

import functools
import re
import threading
from html import unescape

import bleach
from bleach.css_sanitizer import CSSSanitizer
from django.utils.safestring import SafeString, mark_safe

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
    "a": ["href", "title", "hreflang", "linktype", "id", "uuid"],
    "abbr": ["title"],
    "bdo": ["dir"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
    "ol": ["start"],
    "embed": ["embedtype", "id", "alt", "format"],
}
ATTRIBUTES_OF_ALL = frozenset({"lang", "dir"})
PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})

# What a browser hides or runs is removed with all it holds; bleach alone would leave its text.
_HIDDEN = re.compile(
    r"<(script|style|template|iframe|object|noscript|svg|math|head|textarea|select)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
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
    if name == "id" and not (value.isascii() and value.isdigit()):
        return False  # no number of Wagtail's: it could stand for a part of the page in a script
    return name in ATTRIBUTES_OF_ALL or name in ATTRIBUTES.get(tag, ())


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
    """Text without the characters that no page, file or database may hold."""
    return _CONTROL.sub("", text)


def clean_html(html: str) -> SafeString:
    """HTML with only the tags, attributes and protocols of a document's body.

    Scripts, styles and everything hidden go with their contents; unknown tags leave their
    text. Wagtail's own references (``<a linktype=…>``, ``<embed …>``) stay as they are.
    """
    return _cleaned(str(html))


@functools.lru_cache(maxsize=4096)
def _cleaned(html: str) -> SafeString:
    # The same texts are sanitised with every view of their page, and parsing is dear.
    return mark_safe(_cleaners.own.clean(_HIDDEN.sub("", clean_text(html))))  # noqa: S308


def plain_text(html: str) -> str:
    """The text of some HTML, words of neighbouring blocks kept apart, white space folded."""
    if "<" not in html and "&" not in html:
        return " ".join(clean_text(html).split())
    text = _without_tags(html)
    if "<" in text:
        # A comment, a tag that we do not keep, or half a one: a stranger's, and cleaned first
        text = _without_tags(clean_html(html))
    return " ".join(clean_text(unescape(text)).split())


def _without_tags(html: str) -> str:
    """HTML without the tags that ``clean_html`` leaves. No parser is needed for these: in clean
    HTML, "<" begins a tag and nothing else."""
    return _BLOCK_TAG.sub(" ", _INLINE_TAG.sub("", html))
