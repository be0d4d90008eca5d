from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.core.blocks import BodyBlock, body_text
from toolkit.core.html_to_stream import html_to_rich_text, html_to_stream
from toolkit.core.markdown import markdown_to_html
from toolkit.core.sanitising import clean_html, plain_text


def types(html: str) -> list[str]:
    return [block["type"] for block in html_to_stream(html)]


def only(html: str) -> Any:
    (block,) = html_to_stream(html)
    return block["value"]


def words(blocks: list[dict[str, Any]]) -> Counter[str]:
    return Counter(re.findall(r"\w+", body_text(BodyBlock().to_python(blocks))))


class TestHeadings:
    def test_of_the_first_two_levels_are_blocks(self) -> None:
        blocks = html_to_stream("<h1>One</h1><p>a</p><h2>Two <em>b</em></h2>")
        assert [(b["type"], b["value"]) for b in blocks] == [
            ("heading", "One"),
            ("text", "<p>a</p>"),
            ("heading", "Two b"),
        ]

    def test_below_stay_in_the_text(self) -> None:
        assert only("<p>a</p><h3>b</h3><h5>c</h5>") == "<p>a</p><h3>b</h3><h4>c</h4>"

    def test_can_be_counted_from_the_third_level(self) -> None:
        blocks = html_to_stream("<h3>One</h3><h4>Two</h4>", heading_level=3)
        assert blocks == [
            {"type": "heading", "value": "One"},
            {"type": "text", "value": "<h3>Two</h3>"},
        ]

    def test_keep_where_they_led(self) -> None:
        blocks = html_to_stream('<h2><a href="https://example.org/x">Sheet</a></h2>')
        assert blocks[0] == {"type": "heading", "value": "Sheet"}
        assert 'href="https://example.org/x"' in blocks[1]["value"]


class TestTexts:
    def test_take_paragraphs_and_lists_together(self) -> None:
        assert types("<p>a</p><ul><li>b</li></ul><ol><li>c</li></ol>") == ["text"]

    def test_take_words_outside_every_paragraph(self) -> None:
        assert only("loose <b>words</b><div>and more</div>") == (
            "<p>loose <b>words</b></p><p>and more</p>"
        )

    def test_open_what_was_folded(self) -> None:
        value = only("<details><summary>Answer</summary><p>Forty-two</p></details>")
        assert value == "<h3>Answer</h3><p>Forty-two</p>"

    def test_keep_paragraphs_in_a_list_apart(self) -> None:
        value = only("<ul><li><p>a</p><p>b</p></li></ul>")
        assert plain_text(value) == "a b"
        assert "<p>" not in value

    def test_keep_a_linked_word_and_the_comma_after_it_together(self) -> None:
        value = (
            '<p><a href="https://x.example/">EIFL</a>, <b>an</b> H<sub>2</sub>O<br>b</p><p>c</p>'
        )
        assert plain_text(value) == "EIFL, an H2O b c"

    def test_lose_scripts_styles_and_comments(self) -> None:
        html = "<p>a</p><script>x()</script><style>p{}</style><!-- <p>b</p> --><p onclick=x>c</p>"
        assert only(html) == "<p>a</p><p>c</p>"

    def test_lose_addresses_that_run(self) -> None:
        assert "javascript" not in only('<p><a href="javascript:alert(1)">a</a></p>')

    def test_of_nothing_are_none(self) -> None:
        assert html_to_stream("") == html_to_stream("<p> </p><div><br></div>") == []


class TestImages:
    def test_leave_their_alternative_text(self) -> None:
        value = only('<p>See <img src="https://example.org/a.png" alt="a bus of books">.</p>')
        assert "a bus of books" in value
        assert "example.org" not in value

    def test_without_one_leave_nothing(self) -> None:
        assert html_to_stream('<p><img src="a.png"></p>') == []


class TestQuotes:
    def test_are_blocks_with_who_said_it(self) -> None:
        value = only("<blockquote><p>Read.<br/>— A. Name, <em>A Book</em></p></blockquote>")
        assert value == {"text": "Read.", "source": "A. Name, A Book"}

    def test_take_the_source_from_a_footer(self) -> None:
        value = only("<blockquote><p>Read.</p><footer>A. Name</footer></blockquote>")
        assert value == {"text": "Read.", "source": "A. Name"}

    def test_with_links_stay_text(self) -> None:
        value = only('<blockquote>Read <a href="https://example.org/">this</a></blockquote>')
        assert value.startswith("<blockquote>")
        assert 'href="https://example.org/"' in value


class TestTables:
    HTML = (
        "<h2>Partners</h2><table><tr><th>Who</th><th>How often</th></tr>"
        '<tr><td>Libraries</td><td><a href="https://example.org/">46</a></td></tr></table>'
    )

    def test_are_named_by_the_heading_above(self) -> None:
        assert html_to_stream(self.HTML)[1]["value"]["caption"] == "Partners"

    def test_are_named_by_their_caption_first(self) -> None:
        html = self.HTML.replace("<table>", "<table><caption>Answers</caption>")
        assert html_to_stream(html)[1]["value"]["caption"] == "Answers"

    def test_know_their_head(self) -> None:
        table = html_to_stream(self.HTML)[1]["value"]["table"]
        assert table["first_row_is_table_header"]
        assert not table["first_col_is_header"]
        assert table["data"][0] == ["Who", "How often"]

    def test_say_where_a_link_leads(self) -> None:
        table = html_to_stream(self.HTML)[1]["value"]["table"]
        assert table["data"][1] == ["Libraries", "46 (https://example.org/)"]

    def test_are_rectangles(self) -> None:
        html = '<table><tr><td colspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></table>'
        assert only(html)["table"]["data"] == [["a", "", "b"], ["c", "", ""]]

    def test_of_one_column_are_none(self) -> None:
        assert only("<table><tr><td><p>a</p></td></tr></table>") == "<p>a</p>"

    def test_inside_tables_come_after(self) -> None:
        inner = "<table><tr><td>x</td><td>y</td></tr></table>"
        html = f"<table><tr><td>a</td><td>b{inner}</td></tr></table>"
        assert types(html) == ["table", "table"]


class TestVideos:
    @pytest.mark.parametrize(
        ("source", "address"),
        [
            ("https://www.youtube.com/embed/abcDEF12345", "https://www.youtube.com/watch?v=abcDEF12345"),
            ("//player.vimeo.com/video/1234", "https://vimeo.com/1234"),
            ("https://embed.ted.com/talks/x", "https://embed.ted.com/talks/x"),
        ],
    )  # fmt: skip
    def test_become_links_that_a_reader_can_open(self, source: str, address: str) -> None:
        value = only(f'<iframe src="{source}" title="A talk"></iframe>')
        assert (value["url"], value["title"]) == (address, "A talk")

    def test_take_title_and_length_from_beside_them(self) -> None:
        html = (
            '<h3>How it works</h3><iframe src="https://www.youtube.com/embed/abcDEF12345">'
            "</iframe><div>5:59</div>"
        )
        text, video = html_to_stream(html)
        assert (video["value"]["title"], video["value"]["length"]) == ("How it works", "5:59")
        assert text["value"] == "<h3>How it works</h3>"

    def test_inside_a_callout_follow_it(self) -> None:
        html = (
            '<div class="callout"><p>Watch.</p>'
            '<iframe src="https://youtu.be/abcDEF12345"></iframe></div>'
        )
        assert types(html) == ["callout", "video"]

    def test_are_not_made_of_other_frames(self) -> None:
        value = only('<iframe src="https://example.org/form" title="A form"></iframe>')
        assert value == '<p><a href="https://example.org/form">A form</a></p>'

    def test_are_not_made_of_dangerous_addresses(self) -> None:
        assert html_to_stream('<iframe src="javascript:alert(1)"></iframe>') == []


class TestCallouts:
    @pytest.mark.parametrize(
        ("name", "kind"), [("callout", "note"), ("callout activity", "tip"), ("warning", "warning")]
    )
    def test_know_what_they_are(self, name: str, kind: str) -> None:
        value = only(f'<div class="{name}"><h2>Mind</h2><p>the step</p></div>')
        assert value == {"kind": kind, "text": "<h3>Mind</h3><p>the step</p>"}


PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div>", "</div>", "<div class=note>", "<ul><li>", "</li></ul>", "<h2>",
        "</h2>", "<h4>", "</h4>", "<blockquote>", "</blockquote>", "<table><tr><td>", "</td><td>",
        "</td></tr></table>", "<a href='https://example.org/'>", "</a>", "<em>", "</em>", "<br>",
        "<dl><dt>", "</dt><dd>", "</dd></dl>", "<details><summary>", "</summary>", "</details>",
        "<iframe src='https://youtu.be/abcDEF12345'></iframe>", "<img alt='picture'>", "<!-- c -->",
    ]
)  # fmt: skip


class TestWords:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.tuples(PIECES, st.sampled_from(["alpha ", "beta ", "gamma", " "]))))
    def test_are_never_lost(self, pieces: list[tuple[str, str]]) -> None:
        html = "".join(tag + text for tag, text in pieces)
        soup = BeautifulSoup(html.replace("<!-- c -->", ""), "html.parser")
        expected = Counter(
            word for word in re.findall(r"\w+", soup.get_text(" ")) if word.isalpha()
        )
        found = "".join(words(html_to_stream(html)).elements())
        assert Counter(re.findall("alpha|beta|gamma", found)) >= Counter(
            re.findall("alpha|beta|gamma", "".join(expected.elements()))
        )

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.tuples(PIECES, st.sampled_from(["alpha ", "<script>x</script>"]))))
    def test_make_blocks_that_the_admin_takes(self, pieces: list[tuple[str, str]]) -> None:
        blocks = html_to_stream("".join(tag + text for tag, text in pieces))
        block = BodyBlock()
        block.clean(block.to_python(blocks))
        for item in blocks:
            if item["type"] == "text":
                assert clean_html(item["value"]) == item["value"]

    def test_survive_any_depth(self) -> None:
        blocks = html_to_stream("<div>" * 5000 + "deep" + "</div>" * 5000)
        assert words(blocks) == Counter({"deep": 1})


class TestRichText:
    def test_holds_what_would_have_been_blocks(self) -> None:
        html = (
            "<h2>Head</h2><p>Text</p><blockquote>Said</blockquote>"
            "<table><tr><th>a</th><th>b</th></tr></table>"
            '<iframe src="https://youtu.be/abcDEF12345" title="Film"></iframe>'
        )
        value = html_to_rich_text(html)
        assert plain_text(value) == "Head Text Said a – b Film"
        assert "<table" not in value


class TestMarkdown:
    def test_knows_tables_and_lists(self) -> None:
        html = markdown_to_html("- one\n- two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n")
        assert "<li>one</li>" in html
        assert types(html) == ["text", "table"]

    def test_shows_html_instead_of_obeying_it(self) -> None:
        assert "&lt;script&gt;" in markdown_to_html("<script>alert(1)</script>")

    def test_refuses_addresses_that_run(self) -> None:
        assert "href" not in markdown_to_html("[a](javascript:alert(1))")
