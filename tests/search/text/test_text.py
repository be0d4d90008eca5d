"""Words, terms and highlights."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.entries import SearchEntry, Version
from search.text import documents
from search.text.highlighting import Highlighter
from search.text.queries import parse_query
from search.text.reading import MOST_LETTERS, read
from search.text.terms import LANGUAGES as LANGUAGE_CODES
from search.text.terms import MAX_TERM, SEPARATOR, fold_word, letters, terms, words
from search.text.terms import cut as quickly_cut
from toolkit.core.collation import filing_key, written
from toolkit.core.folding import fold

LANGUAGES = st.sampled_from(LANGUAGE_CODES)
TEXTS = st.text(st.characters(codec="utf-8")) | st.text("aé<&>\"' 图书馆ال5.b|\u0301\u200d")


def cut(text: str) -> list[str]:
    return [word.text for word in words(text)]


class TestWords:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Library associations", ["Library", "associations"]),
            ("book-sharing_scheme", ["book", "sharing", "scheme"]),
            ("l’accord d'été", ["l", "accord", "d", "été"]),
            ("SDG 16.10 and 5.b.", ["SDG", "16.10", "and", "5.b"]),
            ("2019-24.3.2", ["2019", "24.3.2"]),
            ("in 2019.Next", ["in", "2019", "Next"]),
            ("covid19", ["covid19"]),
            ("图书馆协会", ["图书", "书馆", "馆协", "协会"]),
            ("书", ["书"]),
            ("MOU模板2", ["MOU", "模板", "2"]),
            ("cafe\u0301", ["cafe\u0301"]),
            ("مُذَكِّرة", ["مُذَكِّرة"]),
            ("", []),
            ("?! — …", []),
        ],
    )
    def test_are_cut_where_writing_parts_them(self, text, expected) -> None:
        assert cut(text) == expected

    @given(TEXTS)
    def test_lie_where_they_say(self, text) -> None:
        for word in words(text):
            assert text[word.start : word.end] == word.text

    @given(st.text())
    def test_are_the_same_without_their_places(self, text: str) -> None:
        """Entries are cut by the quicker of the two, questions and highlights by the other."""
        assert quickly_cut(text) == [word.text for word in words(text)]


class TestFold:
    @pytest.mark.parametrize(
        ("written", "folded"),
        [
            ("ÉTÉ", "ete"),
            ("Straße", "strasse"),
            ("Łódź", "lodz"),
            ("Œuvre", "oeuvre"),
            ("Ёлка", "елка"),
            ("Йод", "йод"),
            ("и\u0306од", "йод"),
            ("إتفاقيّة", "اتفاقيه"),
            ("مُذَكِّرة", "مذكره"),
            ("كتـــاب", "كتاب"),
            ("مستشفى", "مستشفي"),
            ("مسؤول", "مسوول"),
            ("١٢", "12"),
            ("ＭＯＵ", "mou"),
            ("İ", "i"),
        ],
    )
    def test_ignores_case_accents_and_letter_forms(self, written, folded) -> None:
        assert fold(written) == folded

    @given(TEXTS)
    def test_twice_is_once(self, text) -> None:
        assert fold(fold(text)) == fold(text)

    @given(TEXTS)
    def test_of_a_word_leaves_no_space(self, text) -> None:
        assert not re.search(r"\s", fold_word(text))

    def test_of_a_text_leaves_single_spaces(self) -> None:
        assert fold(" São  Tomé\n") == fold("Sao Tome") == "sao tome"


class TestLetters:
    @pytest.mark.parametrize(
        ("word", "rows"),
        [
            ("bucher", ("buch", "uche", "cher")),
            ("buch", ("buch",)),
            ("ein", ()),
            ("16.10", ()),
            ("图书", ()),
            ("", ()),
        ],
    )
    def test_are_four_in_a_row(self, word, rows) -> None:
        assert letters(word) == rows

    def test_of_a_text_stand_once_and_hold_no_stop_words(self) -> None:
        version = Version("de", "Bücher", "/", "Buch und welche Bücher", "")
        fields = documents.document(SearchEntry("a", "mou", "de", {"de": version}))
        assert fields["letters_de"] == "buch uche cher"

    def test_of_a_question_are_those_of_its_words_and_not_many(self) -> None:
        assert read(parse_query("welche Bücher, Bücher?"), "de").letters == ("buch", "uche", "cher")
        long = " ".join(letter.join("bcdefghi") for letter in "klmnopqrstuv")
        assert len(read(parse_query(long), "de").letters) == MOST_LETTERS

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_are_not_looked_at_in_every_language(self, language) -> None:
        version = Version(language, "Bücher 图书馆", "/")
        fields = documents.document(SearchEntry("a", "mou", language, {language: version}))
        assert f"letters_{language}" not in fields
        assert read(parse_query("Bücher"), language).letters == ()


class TestTerms:
    @pytest.mark.parametrize(
        ("language", "one", "other"),
        [
            ("en", "libraries", "library"),
            ("en", "agreements", "agreement"),
            ("de", "Bibliotheken", "Bibliothek"),
            ("de", "Verträge", "Vertrages"),
            ("es", "asociaciones", "asociacion"),
            ("fr", "bibliothèques", "bibliotheque"),
            ("ru", "библиотеками", "библиотека"),
            ("ar", "الكتاب", "كتاب"),
            ("ar", "وبالمكتبات", "مكتبة"),
            ("ar", "للمكتبة", "مكتبات"),
            ("en", "5.b", "5B"),
            ("zh", "5.b", "5b"),
        ],
    )
    def test_of_two_forms_meet(self, language, one, other) -> None:
        assert set(terms(one, language)) & set(terms(other, language))

    def test_of_a_goals_number_keep_the_dot(self) -> None:
        assert terms("16.10", "en") == ("16.10",)

    def test_keep_short_arabic_words_whole(self) -> None:
        assert terms("ال", "ar") == ("ال",)
        assert terms("وال", "ar")[0]

    @given(TEXTS, LANGUAGES)
    def test_are_one_or_two_without_spaces_or_separators(self, text, language) -> None:
        for word in words(text):
            found = terms(word.text, language)
            assert len(found) <= 2
            assert all(found)
            assert not any(re.search(r"\s", term) or SEPARATOR in term for term in found)
            assert not any(len(term) > MAX_TERM for term in found)


class TestDocument:
    entry = SearchEntry(
        key="a",
        kind="mou",
        original="es",
        versions={
            "es": Version("es", "Asociación nacional", "/es/a/", "Un acuerdo", "Cuerpo"),
            "zh": Version("zh", "图书馆", "/zh/a/"),
        },
        labels={"ru": ("Меморандум",), "es": ("Memorando",)},
    )

    def test_holds_title_summary_body_and_labels_in_one_field(self) -> None:
        found = documents.document(self.entry)["text_es"].split()
        assert found.count(SEPARATOR) >= 4
        assert {"nacional", "acuerd", "cuerp"} <= {term[:8] for term in found} | set(found)

    def test_holds_labels_of_languages_without_a_version(self) -> None:
        fields = documents.document(self.entry)
        assert fields["text_ru"].split()[0] == "меморандум"
        assert "title_ru" not in fields

    def test_holds_all_languages_words_unstemmed(self) -> None:
        found = documents.document(self.entry)["words"].split()
        assert {"asociacion", "меморандум", "图书", "书馆", "馆"} <= set(found)

    def test_sorts_by_the_title_that_a_reader_sees(self) -> None:
        fields = documents.document(self.entry)
        spanish = self.entry.versions["es"].title
        assert fields["sort_es"] == written(filing_key(spanish, "es"))
        assert fields["sort_en"] == written(filing_key(spanish, "en", "es"))
        assert fields["sort_zh"] == written(filing_key("图书馆", "zh"))


class TestRead:
    def test_counts_repeated_words(self) -> None:
        (word, other) = read(parse_query("library Library museum "), "en").words
        assert (word.folded, word.weight, other.weight) == ("library", 2, 1)

    def test_lets_stop_words_of_the_reader_go(self) -> None:
        query = parse_query("la biblioteca")
        assert [word.folded for word in read(query, "es").required] == ["biblioteca"]
        assert [word.folded for word in read(query, "en").required] == ["la", "biblioteca"]

    def test_requires_stop_words_where_there_is_nothing_else(self) -> None:
        assert len(read(parse_query("to be"), "en").required) == 2
        assert not read(parse_query('to be "or not"'), "en").required

    def test_lets_what_an_apostrophe_cuts_off_go(self) -> None:
        assert [w.folded for w in read(parse_query("library's l’accord"), "de").required] == [
            "library",
            "accord",
        ]

    def test_takes_only_the_last_word_for_a_beginning(self) -> None:
        for typed in ("libr memo", "memo libr memo"):
            asked = read(parse_query(typed), "en")
            assert [word.unfinished for word in asked.words] == [False, True]
            assert [word.prefix for word in asked.going_on().words] == [False, True]
            assert not any(word.prefix for word in asked.words)
        for typed in ("libr mem", 'libr "memo"', "libr 图书馆协会", "libr -memo"):
            assert read(parse_query(typed), "en").unfinished is None

    def test_reads_excluded_words_and_phrases(self) -> None:
        found = read(parse_query('-word -"two words" -图书馆'), "en").excluded
        assert [type(part).__name__ for part in found] == [
            "QueryWord",
            "QueryPhrase",
            "QueryPhrase",
        ]

    @given(TEXTS, LANGUAGES)
    def test_never_fails(self, text, language) -> None:
        found = read(parse_query(text), language)
        assert len({word.folded for word in found.words}) == len(found.words)


class TestHighlight:
    def marked(self, text: str, query: str, language: str = "en", **fields: int) -> str:
        return Highlighter(read(parse_query(query), language)).highlight(text, language, **fields)

    def test_marks_other_forms_of_a_word(self) -> None:
        assert self.marked("Two Libraries", "library ") == "Two <mark>Libraries</mark>"

    def test_marks_beginnings(self) -> None:
        asked = read(parse_query("inter"), "en").going_on()
        assert Highlighter(asked).highlight("International", "en") == "<mark>International</mark>"

    def test_marks_words_of_another_language_as_they_are_written(self) -> None:
        asked = read(parse_query("accords "), "en")
        marked = Highlighter(asked).highlight("Accords, accord", "fr")
        assert marked == "<mark>Accords</mark>, accord"

    def test_marks_what_is_written_in_two_parts(self) -> None:
        assert self.marked("An e-book", "ebooks ") == "An <mark>e-book</mark>"
        assert "<mark>" in self.marked("中國圖書館協會", "图书馆协会", "zh")

    def test_marks_a_chinese_word_as_one(self) -> None:
        assert (
            self.marked("中国图书馆协会是", "图书馆协会", "zh") == "中国<mark>图书馆协会</mark>是"
        )

    def test_marks_a_lone_chinese_character(self) -> None:
        assert "<mark>" in self.marked("中国图书馆", "馆", "zh")

    def test_leaves_stop_words_alone(self) -> None:
        assert self.marked("the library", "the library ") == "the <mark>library</mark>"

    def test_shows_the_passage_with_most_different_words(self) -> None:
        filler = "nothing at all " * 30
        text = f"apple apple apple {filler} apple and pear {filler}"
        found = self.marked(text, "apple pear ", width=100)
        assert "<mark>pear</mark>" in found
        assert found.startswith("…")
        assert found.endswith("…")
        assert len(re.sub("</?mark>", "", found)) <= 103

    def test_finds_a_passage_late_in_a_long_text(self) -> None:
        text = "nothing at all " * 5000 + "needle" + " nothing" * 5000
        assert "<mark>needle</mark>" in self.marked(text, "needle", width=240)

    def test_shows_nothing_where_nothing_matches(self) -> None:
        assert self.marked("some text", "other ", width=100) == ""
        assert self.marked("some <b>", "other ") == "some &lt;b&gt;"

    @given(
        st.text("aéÉßlæا لكتبوالЁеж图书馆\u0301 -", max_size=40),
        st.text("aéÉßlæا لكتبЁеж图书馆 ", max_size=12),
        LANGUAGES,
    )
    def test_passes_over_no_word_that_every_word_looked_at_would_show(
        self, text, query, language
    ) -> None:
        """Only words with a fitting first letter are looked at: none may be missed for it."""
        asked = read(parse_query(query), language)
        found = Highlighter(asked).highlight(text, language)
        wanted = {term for word in asked.words if word.required for term in word.terms}
        starts = tuple(word.folded for word in asked.words if word.prefix)
        expected = [
            word
            for word in words(text)
            if wanted & set(terms(word.text, language))
            or (starts and fold_word(word.text).startswith(starts))
        ]
        plain = html.unescape(re.sub("<mark>.*?</mark>", lambda m: "·" * (len(m[0]) - 13), found))
        for word in expected:
            assert "·" * (word.end - word.start) == plain[word.start : word.end]

    def test_without_words_looks_at_nothing(self, monkeypatch) -> None:
        def looked(*_: object) -> None:
            raise AssertionError

        monkeypatch.setattr("search.text.highlighting._Marker", looked)
        highlighter = Highlighter(read(parse_query("-not"), "en"))
        assert highlighter.highlight("A <b>", "en") == "A &lt;b&gt;"
        assert highlighter.highlight("A <b>", "en", width=100) == ""

    @given(TEXTS, TEXTS, LANGUAGES)
    def test_is_the_text_once_its_marks_are_gone(self, text, query, language) -> None:
        found = Highlighter(read(parse_query(query), language)).highlight(text, language)
        assert html.unescape(re.sub(r"</?mark>", "", found)) == html.unescape(html.escape(text))
        assert not re.search(r"<(?!/?mark>)|(?<!mark)>", found)

    @given(st.text("ab <&图", max_size=400), st.integers(20, 60))
    def test_of_a_passage_is_part_of_the_text(self, text, width) -> None:
        found = Highlighter(read(parse_query("ab 图 b"), "en")).highlight(text, "en", width=width)
        bare = html.unescape(re.sub(r"</?mark>", "", found)).strip("…")
        assert bare in text
