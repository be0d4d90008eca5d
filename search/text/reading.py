"""A parsed query → what each of its words, phrases and exclusions must match, and how much
a match counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from search.text.queries import TextQuery
from search.text.terms import (
    APOSTROPHES,
    LETTERED,
    Word,
    fold_word,
    is_han,
    is_stop_word,
    joined,
    letters,
    neighbours,
    terms,
    words,
)
from toolkit.core.folding import fold

# What a match counts. One field holds everything; title and summary come on top with low
# weight, as extra clauses (measured, see docs/decisions/0003-one-analysis.md). A word as it is
# written, in whatever language, counts a little less than its stem in the reader's.
WHOLE_WORD_WEIGHT = 0.8
TITLE_WEIGHT = 0.3
SUMMARY_WEIGHT = 0.3
STOP_WORD_WEIGHT = 0.1
#: What a word as it is written counts beside its stem, and what two neighbours do.
WRITTEN_WEIGHT = 0.1
NEIGHBOURS_WEIGHT = 0.1
#: What four letters in a row count that a word of the query has, and of how many of them; each
#: costs as much as a word, in every entry that is found (record 26).
LETTERS_WEIGHT = 0.15
MOST_LETTERS = 60
PREFIX_WEIGHT = 0.5
#: What a word counts that stands in a file alone (docs/decisions/0022-words-in-files.md).
FILE_WEIGHT = 0.1
SHORTEST_BEGINNING = 4
#: What having a value that is named counts, times the rarity of the value among the entries; and
#: what a named term's label counts in the title (docs/decisions/0018-names.md).
NAMED_WEIGHT = 1.0
LABEL_WEIGHT = 0.5


#: Facet and value.
FacetValue = tuple[str, str]


@dataclass(frozen=True)
class Named:
    """Words of a query that are the name of terms: the words, folded, the terms' facets and values,
    and what the terms are called in the reader's language (``search.names`` tells them).

    ``general`` are the values of what holds for the terms as it does for all beside them: an entry
    with one has the words, too, and is not what is offered as a filter."""

    words: tuple[str, ...]
    values: tuple[FacetValue, ...]
    labels: tuple[str, ...] = ()
    general: tuple[FacetValue, ...] = ()

    @property
    def had_by(self) -> tuple[FacetValue, ...]:
        """The values with which an entry has the words."""
        return (*self.values, *self.general)


@dataclass(frozen=True)
class QueryWord:
    """A word asked for.

    An entry has the word if its text in the reader's language holds one of ``terms``; or if
    ``words``, which has all languages, holds ``folded`` (or with ``prefix`` a word that begins so);
    or if a file of it has the word in one of these ways, though not as a beginning; or if the entry
    has one of ``values`` (facet, value), which the word names or helps to name.
    ``required`` is False for the reader's stop words: they only score, lightly.
    ``unfinished`` says that the word may be the beginning of another one, where no entry has it.
    ``weight`` is how often the word was typed.
    """

    text: str
    folded: str
    terms: tuple[str, ...]
    required: bool = True
    unfinished: bool = False
    prefix: bool = False
    weight: int = 1
    values: tuple[FacetValue, ...] = ()


@dataclass(frozen=True)
class QueryPhrase:
    """Words asked for in a row.

    An entry has the phrase if its text in the reader's language holds ``terms`` one after the
    other; or ``words`` holds ``folded`` one after the other; or a file does either.
    """

    text: str
    folded: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True)
class ReadName:
    """What is named: values, and labels that the query itself does not say."""

    values: tuple[FacetValue, ...]
    labels: tuple[QueryPhrase, ...]


@dataclass(frozen=True)
class ReadQuery:
    """A query as terms. ``excluded`` words and phrases match as others do, without prefix.
    Of each of the ``names`` an entry comes sooner if it has a value, or a label in its title; and
    it does if it has neighbours of the query as neighbours (``pairs``), and four letters of its
    words in a row (``letters``)."""

    language: str
    words: tuple[QueryWord, ...] = ()
    phrases: tuple[QueryPhrase, ...] = ()
    excluded: tuple[QueryWord | QueryPhrase, ...] = ()
    names: tuple[ReadName, ...] = ()
    pairs: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()

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

    @property
    def unfinished(self) -> QueryWord | None:
        """The word that may be a beginning, if there is one."""
        return next((word for word in self.words if word.unfinished), None)

    def going_on(self) -> ReadQuery:
        """The query with its unfinished word taken for the beginning of others."""
        words = tuple(replace(word, prefix=word.unfinished) for word in self.words)
        return replace(self, words=words)


def _query_word(text: str, language: str, **fields: bool | int) -> QueryWord:
    return QueryWord(text, fold_word(text), terms(text, language), **fields)  # type: ignore[arg-type]


def _query_phrase(text: str, surfaces: list[str], language: str) -> QueryPhrase:
    return QueryPhrase(
        text=text,
        folded=tuple(fold_word(word) for word in surfaces),
        terms=tuple(terms(word, language)[0] for word in surfaces),
    )


def _words(text: str, language: str) -> list[Word]:
    """The words of a text; those that are one however they are written as one. Between spaces "e"
    is a word of its own where the language has it (padres e hijos)."""
    apart = is_stop_word("e", language)
    whole = [
        Word(word.text, word.start, word.end)
        for word in joined(text)
        if word.is_one and not (apart and " " in text[word.start : word.end])
    ]
    inside = {place for word in whole for place in range(word.start, word.end)}
    found = [word for word in words(text) if fold(word.text) and word.start not in inside]
    return sorted([*found, *whole], key=lambda word: word.start)


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
    said = [word.terms[0] for word in asked if word.required and not is_han(word.folded)]
    values = _by_word(named)
    asked = [replace(word, values=values.get(word.folded, ())) for word in asked]
    excluded: list[QueryWord | QueryPhrase] = []
    for part in query.excluded:
        inner = _surfaces(part)
        if len(inner) == 1:
            excluded.append(_query_word(inner[0], language))
        elif inner:
            excluded.append(_query_phrase(part, inner, language))
    return ReadQuery(
        language=language,
        words=tuple(asked),
        phrases=tuple(_query_phrase(part, inner, language) for part, inner in phrases),
        excluded=tuple(excluded),
        names=tuple(_read_name(name, language) for name in named),
        pairs=tuple(dict.fromkeys(neighbours(said).split())),
        letters=_letters(asked) if language in LETTERED else (),
    )


def _letters(asked: Iterable[QueryWord]) -> tuple[str, ...]:
    rows = (row for word in asked if word.required for row in letters(word.folded))
    return tuple(itertools.islice(dict.fromkeys(rows), MOST_LETTERS))


def asked_words(query: TextQuery, language: str) -> tuple[QueryWord, ...]:
    """The words of a query that are not stop words, in order, whatever else it has."""
    return tuple(word for word in _words_asked(query, language) if word.required)


def _words_asked(query: TextQuery, language: str) -> list[QueryWord]:
    found: dict[str, QueryWord] = {}
    text = " ".join(query.words)
    surfaces = [(text, word) for word in _words(text, language)]
    last = len(surfaces) - 1
    for place, (part, word) in enumerate(surfaces):
        folded = fold_word(word.text)
        required = not is_stop_word(word.text, language) and not _is_elided(part, word)
        long_enough = len(folded) >= SHORTEST_BEGINNING and not is_han(folded)
        unfinished = query.open_ended and place == last and long_enough
        known = found.pop(folded, None) if unfinished else found.get(folded)
        found[folded] = _query_word(
            known.text if known else word.text,
            language,
            required=required,
            unfinished=unfinished,
            weight=known.weight + 1 if known else 1,
        )
    return list(found.values())


def _read_name(name: Named, language: str) -> ReadName:
    said = set(name.words)
    labels = {label: _surfaces(label) for label in name.labels}
    phrases = [
        _query_phrase(label, inner, language)
        for label, inner in labels.items()
        if inner and not said.issuperset(map(fold_word, inner))
    ]
    return ReadName(name.had_by, tuple(phrases))


def _by_word(named: Iterable[Named]) -> dict[str, tuple[FacetValue, ...]]:
    found: dict[str, dict[FacetValue, None]] = {}
    for name in named:
        for word in name.words:
            found.setdefault(word, {}).update(dict.fromkeys(name.had_by))
    return {word: tuple(values) for word, values in found.items()}
