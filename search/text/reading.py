"""A parsed query → what each of its words, phrases and exclusions must match, and how much
a match counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.text.queries import TextQuery
from search.text.terms import (
    APOSTROPHES,
    LANGUAGES,
    Word,
    fold_word,
    is_han,
    is_stop_word,
    terms,
    words,
)
from toolkit.core.folding import fold

# What a match counts. One field holds everything; title and summary come on top with low
# weight, as extra clauses (measured, see docs/decisions/0003-one-analysis.md).
READER_WEIGHT = 1.0
OTHER_LANGUAGE_WEIGHT = 0.8
TITLE_WEIGHT = 0.3
SUMMARY_WEIGHT = 0.3
STOP_WORD_WEIGHT = 0.1
PREFIX_WEIGHT = 0.5
#: What having a value that is named counts, times the rarity of the value among the entries; and
#: what a named term's label counts in the title (docs/decisions/0018-names.md).
NAMED_WEIGHT = 1.0
LABEL_WEIGHT = 0.5


#: Facet and value.
FacetValue = tuple[str, str]


@dataclass(frozen=True)
class Named:
    """Words of a query that are the name of terms: the words, folded, the terms' facets and values,
    and what the terms are called in the reader's language (``search.names`` tells them)."""

    words: tuple[str, ...]
    values: tuple[FacetValue, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class QueryWord:
    """A word asked for.

    An entry has the word if, in any language L, ``text_L`` holds one of ``terms[L]``; or if
    ``prefix`` is set and ``words`` holds a word that begins with ``folded``; or if the entry has
    one of ``values`` (facet, value), which the word names or helps to name.
    ``required`` is False for the reader's stop words: they only score, lightly.
    ``weight`` is how often the word was typed.
    """

    text: str
    folded: str
    terms: Mapping[str, tuple[str, ...]]
    required: bool = True
    prefix: bool = False
    weight: int = 1
    values: tuple[FacetValue, ...] = ()


@dataclass(frozen=True)
class QueryPhrase:
    """Words asked for in a row.

    An entry has the phrase if, in any language L, ``text_L`` holds ``terms[L]`` one after the
    other; or ``words`` holds ``folded`` one after the other (for accents left out).
    """

    text: str
    folded: tuple[str, ...]
    terms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class ReadName:
    """What is named: values, and labels that the query itself does not say."""

    values: tuple[FacetValue, ...]
    labels: tuple[QueryPhrase, ...]


@dataclass(frozen=True)
class ReadQuery:
    """A query as terms. ``excluded`` words and phrases match as others do, without prefix.
    Of each of the ``names`` an entry comes sooner if it has a value, or a label in its title."""

    language: str
    words: tuple[QueryWord, ...] = ()
    phrases: tuple[QueryPhrase, ...] = ()
    excluded: tuple[QueryWord | QueryPhrase, ...] = ()
    names: tuple[ReadName, ...] = ()

    @property
    def required(self) -> tuple[QueryWord, ...]:
        return tuple(word for word in self.words if word.required)

    @property
    def is_ranked(self) -> bool:
        """Whether there is anything to rank by; exclusions alone only filter."""
        return bool(self.words or self.phrases)

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.excluded)

    def weight_of(self, language: str) -> float:
        """A query is read in the reader's language first, in the others too."""
        return READER_WEIGHT if language == self.language else OTHER_LANGUAGE_WEIGHT


def _query_word(text: str, **fields: bool | int) -> QueryWord:
    return QueryWord(
        text=text,
        folded=fold_word(text),
        terms={language: terms(text, language) for language in LANGUAGES},
        **fields,  # type: ignore[arg-type]
    )


def _query_phrase(text: str, surfaces: list[str]) -> QueryPhrase:
    return QueryPhrase(
        text=text,
        folded=tuple(fold_word(word) for word in surfaces),
        terms={
            language: tuple(terms(word, language)[0] for word in surfaces) for language in LANGUAGES
        },
    )


def _surfaces(text: str) -> list[str]:
    return [word.text for word in words(text) if fold(word.text)]


def _is_elided(part: str, word: Word) -> bool:
    """Whether a word is what an apostrophe left of one: l’ d’ qu’ ’s ’t."""
    if len(word.text) > 2:
        return False
    return part[word.end : word.end + 1] in APOSTROPHES or (
        word.start > 0 and part[word.start - 1] in APOSTROPHES
    )


def read(query: TextQuery, language: str, named: Sequence[Named] = ()) -> ReadQuery:
    """Read a parsed query as a reader of ``language`` means it; ``named`` is what its words name.

    Parts without a letter or digit are left out. Words that are typed twice become one word
    of twice the weight. Stop words of the reader's language and what stands beside an
    apostrophe (l’, ’s) are not required, unless there is nothing else.
    """
    phrases = [(part, _surfaces(part)) for part in query.phrases]
    phrases = [(part, inner) for part, inner in phrases if inner]
    asked = _words_asked(query, language)
    if not phrases and not any(word.required for word in asked):
        asked = [replace(word, required=True) for word in asked]
    values = _by_word(named)
    asked = [replace(word, values=values.get(word.folded, ())) for word in asked]
    excluded: list[QueryWord | QueryPhrase] = []
    for part in query.excluded:
        inner = _surfaces(part)
        if len(inner) == 1:
            excluded.append(_query_word(inner[0]))
        elif inner:
            excluded.append(_query_phrase(part, inner))
    return ReadQuery(
        language=language,
        words=tuple(asked),
        phrases=tuple(_query_phrase(part, inner) for part, inner in phrases),
        excluded=tuple(excluded),
        names=tuple(_read_name(name) for name in named),
    )


def asked_words(query: TextQuery, language: str) -> tuple[QueryWord, ...]:
    """The words of a query that are not stop words, in order, whatever else it has."""
    return tuple(word for word in _words_asked(query, language) if word.required)


def _words_asked(query: TextQuery, language: str) -> list[QueryWord]:
    found: dict[str, QueryWord] = {}
    surfaces = [(part, word) for part in query.words for word in words(part) if fold(word.text)]
    last = len(surfaces) - 1
    for place, (part, word) in enumerate(surfaces):
        folded = fold_word(word.text)
        required = not is_stop_word(word.text, language) and not _is_elided(part, word)
        long_enough = len(folded) >= 2 and not is_han(folded)
        lone_han = len(folded) == 1 and is_han(folded)
        prefix = query.open_ended and place == last and (long_enough or lone_han)
        known = found.pop(folded, None) if prefix else found.get(folded)
        found[folded] = _query_word(
            known.text if known else word.text,
            required=required,
            prefix=prefix,
            weight=known.weight + 1 if known else 1,
        )
    return list(found.values())


def _read_name(name: Named) -> ReadName:
    said = set(name.words)
    labels = {label: _surfaces(label) for label in name.labels}
    phrases = [
        _query_phrase(label, inner)
        for label, inner in labels.items()
        if inner and not said.issuperset(map(fold_word, inner))
    ]
    return ReadName(name.values, tuple(phrases))


def _by_word(named: Iterable[Named]) -> dict[str, tuple[FacetValue, ...]]:
    found: dict[str, dict[FacetValue, None]] = {}
    for name in named:
        for word in name.words:
            found.setdefault(word, {}).update(dict.fromkeys(name.values))
    return {word: tuple(values) for word, values in found.items()}
