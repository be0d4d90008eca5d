"""Whatever a text holds, no parser fails on it or takes long, and the editor opens it."""

from __future__ import annotations

import time
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from tests.hostile_texts import TEXTS, soups
from toolkit.core.html_to_stream import html_to_rich_text, html_to_stream
from toolkit.core.markdown import markdown_to_html
from toolkit.core.markup import MAX_DEPTH, MAX_INLINE, VOID, balanced, words
from toolkit.core.richtext import FEATURES, INLINE_FEATURES, is_empty
from toolkit.core.sanitising import clean_html, plain_text, stored_html
from toolkit.core.templatetags.page_parts import anchor, rich
from toolkit.documents.html import blocks_from_html

EVERYTHING = [*FEATURES, "h2", "hr", "image", "embed", "code", "superscript", "strikethrough"]


def all_kept(html: str) -> str:
    return balanced(html, tags=None, keeps=lambda _name, attributes: attributes)


class Nesting(HTMLParser):
    """Fails where an element does not end inside the one that it began in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.deepest = 0
        self.feed(html)
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag not in VOID
        self.inside.append(tag)
        self.deepest = max(self.deepest, len(self.inside))

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag


def every_text(test: Callable[..., None]) -> Callable[..., None]:
    """The test for each of ``TEXTS``, and for soups of them."""
    for text in TEXTS.values():
        test = example(text)(test)
    return settings(max_examples=150, deadline=None)(given(soups)(test))


class TestBalanced:
    @every_text
    def test_ends_everything_in_the_order_in_which_it_began(self, text: str) -> None:
        Nesting(all_kept(text))

    def test_says_what_a_browser_would_show(self) -> None:
        pairs = {
            "<p>a<p>b": "<p>a</p><p>b</p>",
            "<ul><li>a<li>b<ul><li>c</ul></ul>": (
                "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"
            ),
            "<b><p>a</p></b>": "<p><b>a</b></p>",
            "<p><b>a<i>b</b>c</i>": "<p><b>a<i>b</i></b><i>c</i></p>",
            "<table><tr><td>a<td>b<tr><th>c</table>": (
                "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>"
            ),
            "1 < 2 & 3 > 2 &lt;": "1 &lt; 2 &amp; 3 &gt; 2 &lt;",
            "a<!-- b -->c<![x]>d<?e?>f": "acdf",
            "a<script>b</script >c<svg/>d": "acd",
            "a <b title='x": "a &lt;b title='x",
        }
        for html, expected in pairs.items():
            assert all_kept(html) == expected

    def test_keeps_the_words_of_what_stands_too_deep(self) -> None:
        html = all_kept("<ul><li>" * 500 + "deep" + "<b>" * 500 + "bold")
        assert Nesting(html).deepest <= MAX_DEPTH + MAX_INLINE
        assert words(html) == "deepbold"


class TestNoText:
    @pytest.mark.django_db
    @every_text
    def test_makes_a_function_fail_that_reads_texts(self, text: str) -> None:
        for read in (clean_html, plain_text, is_empty, html_to_stream, html_to_rich_text, rich):
            read(text)
        for read in (markdown_to_html, anchor, blocks_from_html):
            read(text)

    @every_text
    def test_is_stored_so_that_the_editor_cannot_open_it(self, text: str) -> None:
        stored = stored_html(text)
        assert stored_html(stored) == stored
        for features in (FEATURES, INLINE_FEATURES):
            ContentstateConverter(features).from_database_format(stored)

    @pytest.mark.django_db
    def test_is_stored_so_that_an_editor_of_pictures_cannot_open_it(self) -> None:
        converter = ContentstateConverter(EVERYTHING)
        for text in TEXTS.values():
            converter.from_database_format(stored_html(text))


class TestTime:
    """Twice the text must not take four times as long: it is measured in CPU, generously."""

    PATTERNS = {
        "openings": "<",
        "references": "&",
        "lists": "<ul><li>",
        "attributes of one element": "a=1 ",
        "tags that do not end": '<a b="',
        "equals signs": "<a =' ",
        "comments": "<!--",
        "bold words": "<b>x",
        "crossed ends": "<b><i>x</b>",
        "cells": "<td>x",
        "paragraphs in bold": "<b>x<p>y",
    }

    @pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
    def test_of_balancing_grows_with_the_length_and_no_faster(self, pattern: str) -> None:
        start = "<p " if pattern == "a=1 " else "<table>" if pattern == "<td>x" else ""
        short = start + pattern * (25_000 // len(pattern))
        long = start + pattern * (200_000 // len(pattern))
        assert _seconds(all_kept, long) < 24 * _seconds(all_kept, short) + 0.05

    @pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
    def test_of_cleaning_is_bounded(self, pattern: str) -> None:
        start = "<p " if pattern == "a=1 " else ""
        for length in (190_000, 900_000):
            html = start + pattern * (length // len(pattern))
            assert _seconds(stored_html, html) < 10


def _seconds(work: Callable[[str], object], html: str) -> float:
    """The CPU time of a piece of work, the better of two."""
    times = []
    for _turn in range(2):
        before = time.process_time()
        work(html)
        times.append(time.process_time() - before)
    return min(times)
