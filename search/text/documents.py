"""An entry → the fields of its index document, all text as terms."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from typing import NamedTuple

from search.entries import SearchEntry, Version
from search.text.terms import (
    LANGUAGES,
    LETTERED,
    SEPARATOR,
    cut,
    fold_word,
    is_han,
    is_stop_word,
    joined,
    letters,
    neighbours,
    terms,
)
from toolkit.core.collation import filing_key, written


class _Form(NamedTuple):
    """What is carried for a word."""

    term: str
    others: tuple[str, ...]  # its other terms
    folded: str
    characters: str  # the two characters of a Chinese pair, else ""
    says: str  # its term, "" where it only holds a sentence together; none of Chinese
    letters: tuple[str, ...]  # four in a row, where it says something


class _Forms(dict[str, _Form]):
    """Word → form in one language, filled as words come: a site says the same words in every
    entry, and looking one up here is all that most of them cost."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> _Form:
        if len(self) >= _MOST_FORMS:
            self.clear()
        first, *others = terms(word, self._language) or ("",)
        folded = fold_word(word)
        characters = folded if len(folded) == 2 and is_han(folded) else ""
        is_said = first and not is_han(folded) and not is_stop_word(word, self._language)
        says = first if is_said else ""
        rows = letters(folded) if says and self._language in LETTERED else ()
        form = self[word] = _Form(first, tuple(others), folded, characters, says, rows)
        return form


_MOST_FORMS = 100_000
_known = {language: _Forms(language) for language in ("", *LANGUAGES)}


class _Part(NamedTuple):
    """A text as it is carried: its terms and its folded words, parted by spaces, the forms of words
    that carry more than that, and those of words that are written in two parts."""

    terms: str
    folded: str
    richer: tuple[_Form, ...]
    joined: tuple[_Form, ...]
    neighbours: str
    letters: tuple[str, ...]


def _part(text: str, language: str) -> _Part:
    forms = [form for form in map(_known[language].__getitem__, cut(text)) if form[0]]
    return _Part(
        " ".join([form[0] for form in forms]),
        " ".join([form[2] for form in forms]),
        tuple({id(form): form for form in forms if form[1] or form[3]}.values()),
        tuple(_known[language][word.text] for word in joined(text)),
        neighbours([form[4] for form in forms if form[4]]),
        tuple(dict.fromkeys(itertools.chain.from_iterable([form[5] for form in forms]))),
    )


#: Labels are few and stand with many entries.
_label = functools.lru_cache(maxsize=20_000)(_part)


def _carried(parts: Iterable[_Part]) -> str:
    tokens: list[str] = []
    others: dict[str, None] = {}
    for part in parts:
        tokens += (part.terms, SEPARATOR) if part.terms else (SEPARATOR,)
        for form in part.richer:
            others.update(dict.fromkeys((*form.others, *form.characters)))
        for form in part.joined:
            others.update(dict.fromkeys((form.term, *form.others)))
    for term in others:
        tokens += (term, SEPARATOR)
    return " ".join(tokens)


def _surface(parts: Iterable[_Part]) -> str:
    tokens: list[str] = []
    loose: dict[str, None] = {}
    for part in parts:
        tokens += (part.folded, SEPARATOR) if part.folded else (SEPARATOR,)
        for form in part.richer:
            if form.characters:
                loose.update(dict.fromkeys(form.characters))
            elif form.folded[0].isdigit():
                loose.update(dict.fromkeys(form.others))  # a code without its dot
        loose.update((form.folded, None) for form in part.joined)
    for token in loose:
        tokens += (token, SEPARATOR)
    return " ".join(tokens)


def carried(parts: Iterable[str], language: str) -> str:
    """Texts of one language as terms for a tokenizer that splits at spaces.

    First the main terms in order, a separator between the parts; then, each behind a
    separator, the other terms of these words (once each) and the lone Han characters of
    which pairs were made, so that they are found but never belong to a phrase.
    """
    return _carried(_part(part, language) for part in parts)


def surface(parts: Iterable[str]) -> str:
    """Texts as folded words that are not stemmed, carried in the same way."""
    return _surface(_part(part, "") for part in parts)


def title_order(version: Version, language: str) -> str:
    """What a title is ordered by for a reader of ``language``; compares by its UTF-8."""
    return written(filing_key(version.title, language, version.language))


def document(entry: SearchEntry) -> dict[str, str]:
    """The text fields of an entry's index document.

    ``text_L``     everything there is in language L: title, summary, body, labels
    ``title_L``, ``summary_L``  for the extra weight
    ``pairs_L``    the neighbours in language L that say something, two by two
    ``letters_L``  the rows of four letters in ``text_L``, each once (``terms.LETTERED`` only)
    ``words``      all of it in all languages, not stemmed: beginnings, spelling, exact phrases
    ``titles``     the titles in all languages, not stemmed: completion
    ``files_L``    the words in files of language L, and of their titles
    ``filed``      these words of all files, not stemmed
    ``sort_L``     what the title shown to a reader of L is ordered by
    Empty fields are left out, but never ``words``, ``titles`` and ``sort_L``.
    """
    fields: dict[str, str] = {}
    everything: list[_Part] = []
    titles: list[_Part] = []
    for language in LANGUAGES:
        parts: list[_Part] = []
        version = entry.versions.get(language)
        if version is not None:
            title = _part(version.title, language)
            summary = _part(version.summary, language)
            parts += (title, summary, _part(version.body, language))
            fields[f"title_{language}"] = _carried((title,))
            if summary.terms:
                fields[f"summary_{language}"] = _carried((summary,))
            titles.append(title)
            if pairs := " ".join(part.neighbours for part in parts if part.neighbours):
                fields[f"pairs_{language}"] = pairs
        parts += [_label(label, language) for label in entry.labels.get(language, ())]
        parts = [part for part in parts if part.terms]
        if parts:
            fields[f"text_{language}"] = _carried(parts)
            rows = dict.fromkeys(itertools.chain.from_iterable([part.letters for part in parts]))
            if rows:
                fields[f"letters_{language}"] = " ".join(rows)
            everything += parts
    for language in LANGUAGES:
        fields[f"sort_{language}"] = title_order(entry.version_for(language), language)
    fields["words"] = _surface(everything)
    fields["titles"] = _surface(titles)
    fields.update(_in_files(entry))
    return fields


def _in_files(entry: SearchEntry) -> dict[str, str]:
    by_language: dict[str, list[_Part]] = {}
    for file in entry.files:
        language = file.language if file.language in LANGUAGES else ""
        parts = (_part(text, language) for text in (file.title, file.text))
        by_language.setdefault(language, []).extend(part for part in parts if part.terms)
    fields = {
        f"files_{language}": _carried(parts) for language, parts in by_language.items() if language
    }
    if everything := [part for parts in by_language.values() for part in parts]:
        fields["filed"] = _surface(everything)
    return fields
