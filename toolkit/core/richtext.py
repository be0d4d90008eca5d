"""Rich text that is sanitised on the way in, on the way out, and on the way to the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from wagtail.blocks import Block, ListBlock, RichTextBlock
from wagtail.blocks.stream_block import BaseStreamBlock
from wagtail.blocks.struct_block import BaseStructBlock
from wagtail.documents import get_document_model
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import RichText, expand_db_html
from wagtail.rich_text.pages import PageLinkHandler

from toolkit.core.privacy import open_files
from toolkit.core.sanitising import check_size, clean_html, clean_text, plain_text, stored_html

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link", "h3", "h4", "blockquote"]
INLINE_FEATURES = ["bold", "italic", "link", "document-link"]


_TAG = re.compile(r"<[^<>]*>")
_HOLDS_HIDDEN = re.compile(r"<(?:[!?]|script|style|template|noscript|svg|math|head|textarea)", re.I)


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
    """Stored rich text as HTML for a page: references resolved, then sanitised once more.

    Sanitised before as well: Wagtail cannot resolve a reference to a page that is no number.
    """
    return clean_html(expand_db_html(stored_html(str(source))))


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

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        check_size(value or "")

    def value_from_object(self, obj: Any) -> Any:
        """What the editor opens and what a revision holds."""
        value = super().value_from_object(obj)
        return stored_html(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = stored_html(value)
            setattr(model_instance, self.attname, value)
        return value


class SanitisedStreamField(StreamField):
    """A column of blocks that never holds more than ``stored_html`` and ``clean_text`` leave.

    Wagtail writes what was given as raw data as it was given. Here its rich texts are cleaned
    as those from the editor are, and no text holds a character that a database refuses.
    """

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return _cleaned(prepared, self.stream_block) if isinstance(prepared, list) else prepared

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        # To a database it is Wagtail's field: what is done on saving needs no migration.
        return name, "wagtail.fields.StreamField", args, kwargs


def _cleaned(raw: Any, block: Block | None) -> Any:
    """Raw data of a block, its texts cleaned; data of no known block as texts and no more."""
    if isinstance(raw, str):
        is_rich = isinstance(block, RichTextBlock)
        return stored_html(raw) if is_rich else clean_text(raw)
    if isinstance(raw, list):
        if isinstance(block, BaseStreamBlock):
            return [_cleaned_item(item, block.child_blocks) for item in raw]
        if isinstance(block, ListBlock):
            return [_cleaned_item(item, {"item": block.child_block}) for item in raw]
        return [_cleaned(item, None) for item in raw]
    if isinstance(raw, dict):
        children = block.child_blocks if isinstance(block, BaseStructBlock) else {}
        return {
            clean_text(name): _cleaned(inner, children.get(name)) for name, inner in raw.items()
        }
    return raw


def _cleaned_item(item: Any, blocks: Mapping[str, Block]) -> Any:
    """An item of a list or a stream: with its type and id, or bare as older data has it."""
    if isinstance(item, dict) and "value" in item and item.get("type") in blocks:
        value = _cleaned(item["value"], blocks[item["type"]])
        return {**_cleaned({**item, "value": None}, None), "value": value}
    return _cleaned(item, blocks.get("item"))


class SanitisedRichTextBlock(RichTextBlock):
    """A rich text block that never holds more than ``clean_html`` leaves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(*args, **kwargs)

    def clean(self, value: RichText | None) -> Any:
        check_size(value.source if value else "")
        return super().clean(value)

    def value_for_form(self, value: RichText | None) -> str:
        return self.get_prep_value(value)

    def get_prep_value(self, value: RichText | None) -> str:
        return stored_html(value.source if value else "")

    def render_basic(
        self, value: RichText | None, context: dict[str, Any] | None = None
    ) -> SafeString:
        return render_rich_text(value.source if value else "")

    class Meta:
        icon = "pilcrow"
