"""Rich text that is sanitised on the way in and on the way out."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from wagtail.blocks import RichTextBlock
from wagtail.fields import RichTextField
from wagtail.rich_text import RichText, expand_db_html

from toolkit.core.sanitising import clean_html, plain_text

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link", "h3", "h4", "blockquote"]
INLINE_FEATURES = ["bold", "italic", "link", "document-link"]


_TAG = re.compile(r"<[^>]*>")
_HOLDS_HIDDEN = re.compile(r"<(?:!--|script|style|template|noscript|svg|math|object|iframe)", re.I)


def render_rich_text(source: str) -> SafeString:
    """Stored rich text as HTML for a page: references resolved, then sanitised once more."""
    return clean_html(expand_db_html(str(source)))


def is_empty(html: str) -> bool:
    """Whether rich text says nothing: no words and nothing embedded, only empty paragraphs."""
    if "<embed" in html:
        return False
    if _HOLDS_HIDDEN.search(html):
        return not plain_text(html)
    return not unescape(_TAG.sub("", html)).strip()


class RichTextFormField(forms.CharField):
    """Takes rich text without a word for what it is: left empty."""

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return "" if is_empty(text) else text


class SanitisedRichTextField(RichTextField):
    """A rich text column that never holds more than ``clean_html`` leaves.

    Where it must not be left empty, an empty paragraph does not count as a text.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": RichTextFormField, **kwargs})

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return "" if isinstance(value, str) and is_empty(value) else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = str(clean_html(value))
            setattr(model_instance, self.attname, value)
        return value


class SanitisedRichTextBlock(RichTextBlock):
    """A rich text block that never holds more than ``clean_html`` leaves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: RichText | None) -> str:
        return str(clean_html(super().get_prep_value(value) or ""))

    def render_basic(
        self, value: RichText | None, context: dict[str, Any] | None = None
    ) -> SafeString:
        return render_rich_text(value.source if value else "")

    class Meta:
        icon = "pilcrow"
