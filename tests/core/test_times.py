"""No text takes more than a time in proportion to its length to be read."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from search.text.queries import parse_query
from toolkit.core.html_to_stream import html_to_stream
from toolkit.core.markdown import markdown_to_html

SHORT, LONG = 4_000, 32_000

MARKDOWN = (
    "[",
    "> ",
    "- ",
    "*a_ ",
    "`a``",
    "[a](",
    "**a *b ",
    "[a]: x\n",
    "|a|b\n",
    " - a\n",
    "<!--",
)
HTML = (
    "<ul><li>",
    "<b>",
    "<table><tr><td>",
    "<p>x",
    "<a href=x>",
    "<blockquote>",
    "<br>",
    "<p a=1",
)
WORDS = ('"', '„a "', "-", "a ", "«a", ' -"')


def cpu(read: Callable[[str], Any], text: str) -> float:
    begun = time.process_time()
    with contextlib.suppress(ValidationError):  # refused with words, and soon
        read(text)
    return time.process_time() - begun


@pytest.mark.parametrize(
    ("read", "pieces"),
    [(markdown_to_html, MARKDOWN), (html_to_stream, HTML), (parse_query, WORDS)],
    ids=["markdown", "html to blocks", "questions"],
)
def test_eight_times_the_text_takes_less_than_24_times_the_time(
    read: Callable[[str], Any], pieces: tuple[str, ...]
) -> None:
    """A pattern that goes back over what it has read takes 64 times as long, or for ever."""
    for piece in pieces:
        short = cpu(read, (piece * SHORT)[:SHORT])
        long = cpu(read, (piece * LONG)[:LONG])
        assert long < max(24 * short, 1.5), (piece, short, long)  # less is not worth a word
