"""Which word was meant, whatever the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import pytest

from search.text import terms
from search.text.spelling import KnownWords, Use, closest, respelt


class Texts:
    """A lexicon made of texts: word frequencies, and all of one language."""

    def __init__(self, *texts: str, gone: Collection[str] = ()) -> None:
        self._texts = texts
        self._number = Counter(terms.fold_word(w.text) for text in texts for w in terms.words(text))
        self._gone = gone
        self.asked = 0

    def near(self, words: Collection[str]) -> dict[str, list[str]]:
        known = KnownWords(word for word, _ in self._number.most_common())
        return {word: known.near(word) for word in words}

    def uses(self, words: Collection[str], language: str) -> dict[str, Use]:
        self.asked += 1
        return {w: Use(0 if w in self._gone else self._number[w], True) for w in words}

    def texts_with(self, words: Collection[str], language: str) -> dict[str, Iterable[str]]:
        return dict.fromkeys(words, self._texts)


class TestRespelling:
    @pytest.mark.parametrize(
        ("asked", "known", "suggested"),
        [
            ("wrod", "word", "word"),  # two letters swapped are one slip
            ("wod", "word", "word"),
            ("worrd", "word", "word"),
            ("ward", "word", "word"),
            ("wrds", "word", None),  # two slips in a short word
            ("memorandmu", "memorandum", "memorandum"),
            ("memurandmu", "memorandum", "memorandum"),
            ("memurindmu", "memorandum", None),
            ("asosiacion", "Asociación", "asociación"),
            ("меморандом", "Меморандум", "меморандум"),
            ("xerox", "word", None),
        ],
    )
    def test_allows_one_letter_in_short_words_and_two_in_long_ones(
        self, asked, known, suggested
    ) -> None:
        assert respelt(asked, [asked], Texts(known), language="en") == suggested

    def test_keeps_the_rest_of_what_was_typed(self) -> None:
        lexicon = Texts("Memorandum of understanding")
        asked = ' -not "memorandom" of undrestanding!'
        found = respelt(asked, ["memorandom", "undrestanding"], lexicon, language="en")
        assert found == ' -not "memorandum" of understanding!'

    def test_looks_further_only_where_the_closest_word_is_gone(self) -> None:
        lexicon = Texts("partnar", "partners", gone={"partnar"})
        assert closest(["partnur"], lexicon, language="en") == {"partnur": "partners"}
        assert lexicon.asked == 2
        lexicon = Texts("partnar", "partners")
        assert closest(["partnur"], lexicon, language="en") == {"partnur": "partnar"}
        assert lexicon.asked == 1

    def test_asks_for_a_few_words_of_a_long_query(self) -> None:
        asked = [f"{letter * 3}word" for letter in "abcdefghijkl"]
        lexicon = Texts(" ".join(f"{word}s" for word in asked))
        found = respelt(" ".join(asked), asked, lexicon, language="en")
        assert found is not None
        assert found.count("words") == 5
