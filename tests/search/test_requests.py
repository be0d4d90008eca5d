"""How a query string is read: cleaned, bounded, and written back."""

from __future__ import annotations

import pytest

from search.requests import (
    MAX_PAGE,
    MAX_QUERY_LENGTH,
    MAX_SELECTED,
    MAX_WORDS,
    Cut,
    SearchRequest,
    Sort,
)

KNOWN = {"region": {"ke", "ng"}, "tag": {f"t{n}" for n in range(100)}}


def read(**query: list[str]) -> SearchRequest:
    return SearchRequest.from_query(query, language="en", known=KNOWN)


class TestWords:
    def test_are_kept_as_typed_but_for_white_space(self) -> None:
        assert read(q=["  library \t “two  words” -war "]).text == "library “two words” -war"

    def test_mean_words_phrases_and_exclusions(self) -> None:
        query = read(q=['library "two words" -war']).query
        assert (query.words, query.phrases, query.excluded) == (
            ("library",),
            ("two words",),
            ("war",),
        )

    def test_survive_a_null_byte(self) -> None:
        assert read(q=["lib\x00rary"]).text == "lib rary"

    def test_are_cut_at_a_word_when_the_question_is_too_long(self) -> None:
        asked = read(q=["abcdefghi " * 120])
        assert len(asked.text) <= MAX_QUERY_LENGTH
        assert asked.text.endswith("abcdefghi")
        assert Cut.QUERY_TOO_LONG in asked.cuts

    def test_are_limited_in_number(self) -> None:
        asked = read(q=["a b c d " * 40])
        assert asked.query.length == MAX_WORDS
        assert asked.cuts == (Cut.TOO_MANY_WORDS,)


class TestFilters:
    def test_keep_known_values_once_and_in_order(self) -> None:
        assert read(region=["ng", "xx", "ke", "ng"]).selected == {"region": ("ng", "ke")}

    def test_tell_unknown_values_until_the_search_changes(self) -> None:
        asked = read(region=["xx", "ke", "xx", ""], tag=["zines"])
        assert asked.unknown == (("region", "xx"), ("tag", "zines"))
        assert asked.query_string() == "region=ke"
        for later in (asked.on_page(2), asked.toggled("region", "ng"), asked.without_words()):
            assert later.unknown == ()

    def test_ignore_unknown_facets(self) -> None:
        assert read(colour=["red"]).selected == {}

    def test_are_limited_in_number(self) -> None:
        asked = read(tag=[f"t{n}" for n in range(100)])
        assert len(asked.selected["tag"]) == MAX_SELECTED
        assert asked.cuts == (Cut.TOO_MANY_VALUES,)


class TestPage:
    @pytest.mark.parametrize("typed", ["0", "-3", "x", "", "1e3", "²", "٣", "99999999999999999999"])
    def test_is_the_first_where_it_is_no_number(self, typed: str) -> None:
        assert read(page=[typed]).page == 1

    def test_is_limited(self) -> None:
        asked = read(page=["51"])
        assert asked.page == MAX_PAGE
        assert asked.cuts == (Cut.PAGE_TOO_DEEP,)


class TestQueryString:
    def test_leaves_defaults_out(self) -> None:
        assert read(sort=["relevance"], page=["1"]).query_string() == ""
        assert read(sort=["cheapest"]).sort is Sort.RELEVANCE

    def test_is_read_back_as_the_same_request(self) -> None:
        asked = read(q=["كتاب & “quotes”"], region=["ke", "ng"], sort=["title"], page=["2"])
        from urllib.parse import parse_qs

        again = SearchRequest.from_query(parse_qs(asked.query_string()), language="en", known=KNOWN)
        assert again == asked
