"""What a reader's words are names of: kinds, partner types, regions and countries, goals,
directions, roles and tags, by any of their names in any of the languages.

"ngo mou" names a partner type and a kind. An entry that has them counts as having the words, and
comes sooner (``search.text.reading``); the page offers them as filters.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from search.text.queries import TextQuery
from search.text.reading import FacetValue, Named, QueryWord, asked_words
from search.text.terms import LANGUAGES, fold_word, is_stop_word, joined, terms, words
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

#: Facets whose values are named by words. That of languages is not: "French" is said of much
#: that is not written in it.
NAMED_FACETS = tuple(name for name in FACETS if name != "language")

_Key = tuple[str, ...]
_Values = dict[FacetValue, None]


class Names:
    """The names of all terms, by their words: folded whatever language they are of, and stemmed
    in their own."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary]) -> None:
        self._vocabularies = vocabularies
        self._folded: dict[_Key, _Values] = defaultdict(dict)
        self._stemmed: dict[str, dict[_Key, _Values]] = {
            language: defaultdict(dict) for language in LANGUAGES
        }
        for facet in NAMED_FACETS:
            for term in vocabularies[facet]:
                for language, name in names_of(term):
                    self._add(name, language, (facet, term.value))
        self._longest = max(map(len, self._folded), default=0)

    def _add(self, name: str, language: str, value: FacetValue) -> None:
        said = [word.text for word in words(name) if not is_stop_word(word.text, language)]
        if said:
            self._folded[tuple(map(fold_word, said))][value] = None
            self._stemmed[language][tuple(terms(word, language)[0] for word in said)][value] = None
        if any(word.is_one for word in joined(name)):  # "Asia-Oceania", asked for as it is written
            asked = asked_words(TextQuery(words=(name,)), language)
            self._folded[tuple(word.folded for word in asked)][value] = None

    def __call__(self, query: TextQuery, language: str) -> tuple[Named, ...]:
        """What the words of a query, typed by a reader of ``language``, are names of. The longest
        name counts, not those within it; the query's phrases and exclusions name nothing."""
        asked = asked_words(query, language)
        found = []
        start = 0
        while start < len(asked):
            for end in range(min(start + self._longest, len(asked)), start, -1):
                if values := self._values(asked[start:end], language):
                    said = tuple(word.folded for word in asked[start:end])
                    labels = dict.fromkeys(self._label(value, language) for value in values)
                    general = tuple(self._general(values))
                    found.append(Named(said, tuple(values), tuple(labels), general))
                    start = end
                    break
            else:
                start += 1
        return tuple(found)

    def called(self, said: Sequence[str], language: str) -> tuple[FacetValue, ...]:
        """What words together are the whole name of, however they are inflected in ``language``;
        nothing where they are more, or less, than a name."""
        folded = tuple(map(fold_word, said))
        stemmed = tuple(next(iter(terms(word, language)), word) for word in said)
        return tuple({**self._folded.get(folded, {}), **self._stemmed[language].get(stemmed, {})})

    def _values(self, asked: tuple[QueryWord, ...], language: str) -> _Values:
        folded = tuple(word.folded for word in asked)
        stemmed = tuple(next(iter(word.terms), word.folded) for word in asked)
        return {**self._folded.get(folded, {}), **self._stemmed[language].get(stemmed, {})}

    def _general(self, values: _Values) -> _Values:
        """What holds for all stands behind "Africa" as it does behind "Europe"; a country is
        asked for because something is about it."""
        tops = [(f, v) for f, v in values if (t := self._vocabularies[f].get(v)) and not t.parent]
        general = {(facet, FACETS[facet].general): None for facet, _value in tops}
        return {
            (facet, value): None
            for facet, value in general
            if value in self._vocabularies[facet] and (facet, value) not in values
        }

    def _label(self, value: FacetValue, language: str) -> str:
        facet, code = value
        term = self._vocabularies[facet].get(code)
        return term.label(language) if term else code


def names_of(term: TermValue) -> Iterator[tuple[str, str]]:
    """The names of a term, each with its language. A number is one where nothing else is meant by
    it ("16.10")."""
    yield from term.labels.items()
    for language, names in term.also_known_as.items():
        for name in names:
            yield language, name
    if "." in term.number:
        yield "en", term.number


@functools.lru_cache(maxsize=2)
def _names(kept: tuple[Vocabulary, ...]) -> Names:
    return Names(dict(zip(NAMED_FACETS, kept, strict=True)))


def names(vocabularies: Mapping[str, Vocabulary]) -> Names:
    """The names of what stands in vocabularies, read once for as long as these are kept."""
    return _names(tuple(vocabularies[name] for name in NAMED_FACETS))
