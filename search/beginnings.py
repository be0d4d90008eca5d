"""Which terms a reader begins to name: what a search box proposes as filters.

"mou gha" leaves "mou" to be searched for and names Ghana. Names in the reader's language count from
their beginnings on, whatever word of theirs is begun; in other languages only as a whole, as
everywhere (docs/decisions/0019-the-readers-words.md).
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from search.names import NAMED_FACETS, Names, names
from search.text.completion import MOST_WORDS, SHORTEST
from search.text.queries import parse_query
from search.text.reading import FacetValue
from search.text.terms import APOSTROPHES, Word, fold_word, is_han, is_stop_word, words
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import Vocabulary

#: Whoever types a word of a sentence does not name the direction that the sentence describes.
PROPOSED_FACETS = tuple(name for name in NAMED_FACETS if not FACETS[name].in_sentences)

#: How a name was typed, the best first: all of it, its beginning, a word within it.
WHOLE, BEGUN, WITHIN = range(3)

#: What ends a row of words that may be a name: a quotation, an exclusion.
_ENDS_A_ROW = re.compile(r'["\u201c\u201d\u201e\u00ab\u00bb\u300c-\u300f]|(?<!\S)[-\u2212]')


@dataclass(frozen=True)
class Begun:
    """The terms that the last words typed begin to name, best first, and what stands before."""

    rest: str = ""
    values: tuple[FacetValue, ...] = ()


class _Name(NamedTuple):
    words: tuple[str, ...]  # folded
    value: FacetValue
    is_label: bool


class Beginnings:
    """The names that terms have in one language, by the beginnings of their words."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary], language: str) -> None:
        self._language = language
        self._whole: Names = names(vocabularies)
        self._names = list(_names_in(vocabularies, language))
        self._words = sorted(
            {
                (word, place)
                for place, name in enumerate(self._names)
                for word in name.words
                if len(name.words) == 1 or not is_stop_word(word, language)
            }
        )

    def __call__(self, text: str, offered: Mapping[str, Mapping[str, int]]) -> Begun:
        """What the end of a text begins to name. As many of the last words as are the beginning of
        a name count together; the last alone needs two letters, or a Chinese one.

        ``offered`` is facet → value → how many entries have it: what none has is not named. But a
        country is, after all others: what holds for every region holds there."""
        typed = words(text)
        if not typed or len(typed) > MOST_WORDS or not parse_query(text).open_ended:
            return Begun()
        for start in range(len(typed)):
            row = typed[start:]
            if _ENDS_A_ROW.search(text, max(row[0].start - 1, 0)):
                continue
            if found := self._begun([fold_word(word.text) for word in row], offered):
                return Begun(self._rest(text, typed[:start], row[0].start), found)
        return Begun()

    def _begun(
        self, asked: list[str], offered: Mapping[str, Mapping[str, int]]
    ) -> tuple[FacetValue, ...]:
        ranks: dict[FacetValue, tuple[bool, int, bool, int, int]] = {}

        def rank(value: FacetValue, how: int, *, is_label: bool) -> None:
            facet, code = value
            number = offered.get(facet, {}).get(code, 0)
            if number or (facet == "region" and how < WITHIN):
                new = (not number, how, not is_label, PROPOSED_FACETS.index(facet), -number)
                ranks[value] = min(ranks.get(value, new), new)

        if not is_stop_word(asked[0], self._language):
            said = [word for word in asked if not is_stop_word(word, self._language)]
            for value in self._whole.called(said, self._language):
                if value[0] in PROPOSED_FACETS:
                    rank(value, WHOLE, is_label=True)
        for name in self._candidates(asked):
            begins = name.words[: len(asked) - 1] == tuple(asked[:-1])
            begins = begins and name.words[len(asked) - 1].startswith(asked[-1])
            rank(name.value, BEGUN if begins else WITHIN, is_label=name.is_label)
        return tuple(sorted(ranks, key=lambda value: (ranks[value], value)))

    def _candidates(self, asked: Sequence[str]) -> Iterator[_Name]:
        """Names that have all words but the last, and one that begins as the last does."""
        *whole, last = asked
        if not whole and len(last) < SHORTEST and not is_han(last):
            return
        first = whole[0] if whole else last
        for place in self._places(first, whole=bool(whole)):
            name = self._names[place]
            rest = set(name.words).difference(whole)
            if set(whole).issubset(name.words) and any(w.startswith(last) for w in rest):
                yield name

    def _places(self, word: str, *, whole: bool) -> list[int]:
        """Where names stand that have a word, or one that begins so."""
        found: dict[int, None] = {}
        for known, place in self._words[bisect.bisect_left(self._words, (word, -1)) :]:
            if not known.startswith(word) or (whole and known != word):
                break
            found[place] = None
        return list(found)

    def _rest(self, text: str, before: list[Word], end: int) -> str:
        """What stands before a name, without what only leads up to it ("in", "d’")."""
        for word in reversed(before):
            is_elided = len(word.text) <= 2 and text[word.end : word.end + 1] in APOSTROPHES
            leads_up = is_elided or is_stop_word(word.text, self._language)
            if not leads_up or _ENDS_A_ROW.search(text[word.start : end]):
                break
            end = word.start
        return text[:end].rstrip()


def _names_in(vocabularies: Mapping[str, Vocabulary], language: str) -> Iterator[_Name]:
    for facet in PROPOSED_FACETS:
        for term in vocabularies[facet]:
            others = term.also_known_as.get(language, ())
            for place, name in enumerate((term.label(language), *others, term.number)):
                if said := tuple(fold_word(word.text) for word in words(name)):
                    yield _Name(said, (facet, term.value), place == 0)


@functools.lru_cache(maxsize=16)
def _beginnings(language: str, kept: tuple[Vocabulary, ...]) -> Beginnings:
    return Beginnings(dict(zip(NAMED_FACETS, kept, strict=True)), language)


def beginnings(vocabularies: Mapping[str, Vocabulary], language: str) -> Beginnings:
    """The names of what stands in vocabularies as a reader of ``language`` begins them, read once
    for as long as these are kept."""
    return _beginnings(language, tuple(vocabularies[name] for name in NAMED_FACETS))
