"""A clause as the page shows it."""

from __future__ import annotations

from resources.templatetags.agreements import with_blanks


class TestBlanks:
    def test_say_what_is_to_be_filled_in(self) -> None:
        html = with_blanks("<p>Made by {first_party}.</p>", {"first_party": "First <party>"})
        assert '<span class="blank">' in html
        assert "First &lt;party&gt;</span>." in html

    def test_leave_the_address_of_a_link_whole(self) -> None:
        html = '<p><a href="https://example.org/{first_party}?a=1" title="a &gt; b">here</a></p>'
        assert with_blanks(html, {"first_party": "First party"}) == html
