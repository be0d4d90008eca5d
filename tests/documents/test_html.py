from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.documents.html import blocks_from_html, item_blocks_from_html, runs_from_html
from toolkit.documents.outline import (
    BulletList,
    Heading,
    LineBreak,
    Link,
    NumberedList,
    Paragraph,
    Table,
    Text,
)


def words(html: str) -> str:
    return repr(blocks_from_html(html))


class TestBlocks:
    def test_paragraphs_keep_their_emphasis(self):
        assert blocks_from_html("<p>One <strong>two</strong> <em>three</em></p>") == (
            Paragraph(
                (Text("One "), Text("two", bold=True), Text(" "), Text("three", italic=True))
            ),
        )

    def test_white_space_is_folded_but_a_no_break_space_stays(self):
        assert blocks_from_html("<p>  a \n b\u00a0: </p>") == (Paragraph((Text("a b\u00a0:"),)),)

    def test_line_breaks_stand_inside_a_paragraph_and_not_at_its_ends(self):
        assert blocks_from_html("<p><br>a <br> b<br></p>") == (
            Paragraph((Text("a"), LineBreak(), Text("b"))),
        )

    def test_lists_nest(self):
        assert blocks_from_html("<ol><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ol>") == (
            NumberedList(
                (
                    (Paragraph((Text("a"),)), BulletList(((Paragraph((Text("b"),)),),))),
                    (Paragraph((Text("c"),)),),
                )
            ),
        )

    def test_headings_start_at_the_level_asked_for_and_leave_none_out(self):
        blocks = blocks_from_html("<h3>a</h3><h6>b</h6><h4>c</h4>", top_heading=2)
        assert blocks == (Heading(2, "a"), Heading(3, "b"), Heading(3, "c"))

    def test_a_table_has_its_header_row_and_equal_rows(self):
        html = "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td></tr></table>"
        assert blocks_from_html(html) == (
            Table(((Text("a"),), (Text("b"),)), (((Text("c"),), ()),)),
        )

    def test_a_table_without_a_header_row_gets_none(self):
        (table,) = blocks_from_html("<table><tr><th>a</th><td>b</td></tr></table>")
        assert isinstance(table, Table)
        assert table.columns == ()

    def test_unknown_tags_contribute_their_text(self):
        assert blocks_from_html("<x-y>a <blink>b</blink></x-y>") == (Paragraph((Text("a b"),)),)

    @pytest.mark.parametrize("tag", ["script", "style", "template"])
    def test_what_is_no_text_contributes_nothing(self, tag):
        assert blocks_from_html(f"<{tag}>alert(1)</{tag}><!-- no -->") == ()

    def test_an_image_is_read_by_its_alternative_text(self):
        assert blocks_from_html("<p><img src='x' alt='A map'></p>") == (
            Paragraph((Text("A map"),)),
        )


class TestLinks:
    def test_a_link_keeps_its_address(self):
        assert runs_from_html("<a href='https://a.org/x?y=1&amp;z=2'>b</a>") == (
            Link("b", "https://a.org/x?y=1&z=2"),
        )

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "//[", "/relative", "data:text/html,x", "http://a b/", ""]
    )
    def test_an_address_that_a_file_cannot_carry_leaves_the_words(self, url):
        assert runs_from_html(f'<a href="{url}">b</a>') == (Text("b"),)

    def test_a_relative_address_is_resolved_against_the_base(self):
        assert runs_from_html("<a href='/en/x/'>b</a>", base="https://a.org/") == (
            Link("b", "https://a.org/en/x/"),
        )


class TestHostileMarkup:
    @pytest.mark.parametrize(
        "html",
        [
            "<div>" * 5000 + "deep",
            "<ul><li>" * 500 + "deep",
            "<table><tr><td>" * 200 + "deep",
            "<b><i>" * 3000 + "deep",
        ],
    )
    def test_deep_nesting_keeps_the_text(self, html):
        assert "deep" in words(html)

    def test_a_million_columns_are_not_made(self):
        (table,) = blocks_from_html("<table><tr><td colspan=1000000>a</td><td>b</td></tr></table>")
        assert isinstance(table, Table)
        assert table.width <= 63

    def test_only_paragraphs_and_lists_where_only_those_fit(self):
        blocks = item_blocks_from_html("<h2>a</h2><table><tr><td>b</td><td>c</td></tr></table>")
        assert blocks == (
            Paragraph((Text("a", bold=True),)),
            Paragraph((Text("b"), Text(" | "), Text("c"))),
        )

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.sampled_from(
                    [
                        "<p>",
                        "</p>",
                        "<ul>",
                        "<li>",
                        "</ul>",
                        "<table>",
                        "<tr>",
                        "<td",
                        "colspan=3>",
                        "<th>",
                        "</table>",
                        "<h2>",
                        "<a",
                        "href='",
                        "<![",
                        "<!--",
                        "-->",
                        "<?",
                        "<br>",
                        "&#0;",
                        "&lt",
                        "<b>",
                        "</i>",
                        "\x00",
                        "�",
                    ]
                ),
                st.text(max_size=5),
            )
        ).map("".join)
    )
    def test_any_string_is_read(self, html):
        blocks_from_html(html)
