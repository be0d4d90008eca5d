"""What is left of a stranger's HTML."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError

from toolkit.core.sanitising import (
    MAX_LENGTH,
    _without_tags,
    check_size,
    clean_html,
    plain_text,
    running_text,
    stored_html,
)


class TestALink:
    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "javascript:1",  # bleach takes it for a host and a port
            " JavaScript:1",
            "java&#9;script:alert(1)",
            "&#x6A;avascript:1",
            "data:text/html,1",
            "vbscript:1",
        ],
    )
    def test_leads_nowhere_if_it_would_run_something(self, address: str) -> None:
        assert clean_html(f'<a href="{address}">here</a>') == "<a>here</a>"

    @pytest.mark.parametrize(
        "address",
        ["https://example.org:80/a", "mailto:a@example.org", "tel:+4930", "/a:b", "#c", "?q=a:1"],
    )
    def test_leads_where_it_did_if_that_is_a_place(self, address: str) -> None:
        html = f'<a href="{address}">here</a>'
        assert clean_html(html) == html

    def test_keeps_its_language(self) -> None:
        html = '<a href="/fr/" hreflang="fr" lang="fr" dir="ltr">français</a>'
        assert clean_html(html) == html

    def test_cannot_take_the_name_of_a_part_of_the_page(self) -> None:
        assert clean_html('<a id="main" href="/">here</a>') == '<a href="/">here</a>'

    def test_of_wagtail_stays_as_it_is(self) -> None:
        html = (
            '<p><a linktype="page" id="3">here</a> '
            '<embed embedtype="image" id="7" format="left" alt="A bus"/><br/></p>'
        )
        assert stored_html(html) == html

    def test_of_wagtail_goes_if_it_is_half_a_reference(self) -> None:
        for half in ('linktype="page"', 'linktype="page" id="x"', 'linktype="y" id="3"', 'id="3"'):
            assert clean_html(f"<a {half}>here</a>") == "<a>here</a>"
        for half in ('embedtype="image" id="7"', 'embedtype="media" id="7" format="left"'):
            assert clean_html(f"<p>A bus<embed {half}></p>") == "<p>A bus</p>"


class TestSize:
    def test_that_can_be_kept_is_said_at_the_field(self) -> None:
        check_size("<p>x</p>" * 1000)
        with pytest.raises(ValidationError, match="too long"):
            check_size("x" * (MAX_LENGTH + 1))
        with pytest.raises(ValidationError, match="too many paragraphs"):
            check_size("<i>x</i>" * 5_001)

    def test_costs_the_markup_and_not_the_words_where_there_is_no_field(self) -> None:
        assert clean_html("<p>word</p>" * 50_000) == "word" * 50_000
        assert clean_html("<i>x</i>" * 6_000).count("x") == 6_000


class TestPlainText:
    def test_is_what_a_browser_shows(self) -> None:
        """Clean HTML is read without a parser: words run together, tags read aloud, or entities
        left as they stand would show here."""
        for html, text in {
            "<p>One <b>bold</b>, word</p><p>Two</p>": "One bold, word Two",
            "a<br/>b<br>c<hr>d": "a b c d",
            '<p title="a>b">c</p>': "c",
            '<a href="/x" title="a&lt;b">link</a>.': "link.",
            "<ul><li>x</li><li>y</li></ul>": "x y",
            "&lt;p&gt; &amp;amp; x&nbsp;y": "<p> &amp; x y",
            '<embed embedtype="image" id="1" alt="x"/>after': "after",
            # A stranger's
            "<script>alert(1)</script>y": "y",
            "<p>a</p><!-- b -->c": "a c",
            "<P>A<EM>b</EM></P>": "Ab",
            "<![>x": "x",
            "a < b": "a < b",
            "<" * 60: "<" * 60,
        }.items():
            assert plain_text(html) == text, html

    def test_takes_no_time_over_half_tags(self) -> None:
        """An expression that tries each beginning to the end of the text takes hours here."""
        for piece in ('<p "', '<a href="', "<p '", "<p ", "</"):
            began = time.process_time()
            _without_tags(piece * 50_000)
            assert time.process_time() - began < 2, piece


class TestRunningText:
    def test_parts_what_does_not_end_as_a_sentence_from_what_follows(self) -> None:
        for parts, text in {
            ("<h3>Money</h3><p>Each pays. All gain.</p>", "It ends"): (
                "Money · Each pays. All gain. It ends"
            ),
            ("<ul><li>a</li><li>b <b>c</b></li></ul>", "", "<p></p>", "d"): "a · b c · d",
            ("“Done.”", "Bring: ", "a pen"): "“Done.” Bring: a pen",
            ("<p>后。</p><p>前</p>", "当事双方"): "后。 前 · 当事双方",
            ("من؟", "نعم", "لا"): "من؟ نعم · لا",
            ("x < y &amp; z", "a &lt;b&gt;"): "x < y & z · a <b>",
            ("<script>alert(1)</script>y", "<!-- b -->z"): "y · z",
            (): "",
        }.items():
            assert running_text(*parts) == text, parts


class TestThreads:
    def test_do_not_read_each_others_texts(self) -> None:
        texts = [f"<p>{'x' * (n % 7)} <b>{n}</b> <script>1</script></p>" * 20 for n in range(2000)]
        with ThreadPoolExecutor(8) as threads:
            cleaned = list(threads.map(clean_html, texts))
        for n, html in enumerate(cleaned):
            assert html == f"<p>{'x' * (n % 7)} <b>{n}</b> </p>" * 20
