"""Markdown to HTML: how long texts are written in source files."""

from __future__ import annotations

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from toolkit.core.sanitising import clean_html

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")


def markdown_to_html(text: str) -> SafeString:
    """CommonMark with tables as sanitised HTML. HTML in the text is shown, never obeyed."""
    return clean_html(_parser.render(text))
