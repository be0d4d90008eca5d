"""Rich text that is sanitised on the way in and on the way out."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from wagtail.blocks import RichTextBlock
from wagtail.documents import get_document_model
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.fields import RichTextField
from wagtail.rich_text import RichText, expand_db_html
from wagtail.rich_text.pages import PageLinkHandler

from toolkit.core.privacy import open_files
from toolkit.core.sanitising import clean_html, plain_text

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link", "h3", "h4", "blockquote"]
INLINE_FEATURES = ["bold", "italic", "link", "document-link"]


_TAG = re.compile(r"<[^>]*>")
_HOLDS_HIDDEN = re.compile(r"<(?:!--|script|style|template|noscript|svg|math|object|iframe)", re.I)


class FileLink(DocumentLinkHandler):
    """A link to a file. One that not everybody may have is linked by its number, without its
    name: whoever may have it is led on, everybody else asked to sign in."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        wanted = {attrs["id"] for attrs in attrs_list if str(attrs.get("id", "")).isdigit()}
        found = get_document_model().objects.filter(pk__in=wanted).select_related("collection")
        files = {str(file.pk): file for file in found}
        everybodys = {str(file.pk) for file in open_files(files.values(), None)}
        tags = []
        for attrs in attrs_list:
            number = str(attrs.get("id", ""))
            if number in everybodys:
                tags.append(f'<a href="{escape(files[number].url)}">')
            elif number in files:
                tags.append(f'<a href="{reverse("private-file", args=[number])}">')
            else:
                tags.append("<a>")
        return tags


class PageLink(PageLinkHandler):
    """A link to a page. One that is not published has no address yet, and its working title is
    nobody's business."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        pages = [page and page.localized for page in cls.get_many(attrs_list)]
        return [
            f'<a href="{escape(page.url)}">' if page and page.live and page.url else "<a>"
            for page in pages
        ]


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
