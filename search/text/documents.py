"""An entry → the fields of its index document, all text as terms."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import NamedTuple

from search.entries import SearchEntry
from search.text.terms import (
    ANY_HAN,
    LANGUAGES,
    PLAIN_WORD,
    SEPARATOR,
    fold_word,
    is_han,
    sort_key,
    terms,
    words,
)


class _Form(NamedTuple):
    """What is carried for a word."""

    term: str
    other: str  # its second term, "" if there is none
    folded: str
    letters: str  # the two characters of a Chinese pair, else ""


@functools.lru_cache(maxsize=200_000)
def _form(word: str, language: str) -> _Form:
    first, second = (*terms(word, language), "", "")[:2]
    folded = fold_word(word)
    return _Form(first, second, folded, folded if len(folded) == 2 and is_han(folded) else "")


def _forms(text: str, language: str) -> list[_Form]:
    has_han = ANY_HAN.search(text)
    found = [word.text for word in words(text)] if has_han else PLAIN_WORD.findall(text)
    forms = [_form(word, language) for word in found]
    return [form for form in forms if form.term]


def _carried(parts: Iterable[list[_Form]]) -> str:
    tokens: list[str] = []
    others: dict[str, None] = {}
    for forms in parts:
        tokens += [form.term for form in forms]
        tokens.append(SEPARATOR)
        for form in dict.fromkeys(forms):
            if form.other:
                others[form.other] = None
            if form.letters:
                others.update(dict.fromkeys(form.letters))
    for term in others:
        tokens += (term, SEPARATOR)
    return " ".join(tokens)


def _surface(parts: Iterable[list[_Form]]) -> str:
    tokens: list[str] = []
    letters: dict[str, None] = {}
    for forms in parts:
        tokens += [form.folded for form in forms]
        tokens.append(SEPARATOR)
        for form in dict.fromkeys(forms):
            if form.letters:
                letters.update(dict.fromkeys(form.letters))
    for letter in letters:
        tokens += (letter, SEPARATOR)
    return " ".join(tokens)


def carried(parts: Iterable[str], language: str) -> str:
    """Texts of one language as terms for a tokenizer that splits at spaces.

    First the main terms in order, a separator between the parts; then, each behind a
    separator, the other terms of these words (once each) and the lone Han characters of
    which pairs were made, so that they are found but never belong to a phrase.
    """
    return _carried(_forms(part, language) for part in parts)


def surface(parts: Iterable[str]) -> str:
    """Texts as folded words that are not stemmed, carried in the same way."""
    return _surface(_forms(part, "") for part in parts)


def document(entry: SearchEntry) -> dict[str, str]:
    """The text fields of an entry's index document.

    ``text_L``     everything there is in language L: title, summary, body, labels
    ``title_L``, ``summary_L``  for the extra weight
    ``words``      all of it in all languages, not stemmed: beginnings, spelling, exact phrases
    ``titles``     the titles in all languages, not stemmed: completion
    ``sort_L``     what the title shown to a reader of L is ordered by
    Empty fields are left out, but never ``words``, ``titles`` and ``sort_L``.
    """
    fields: dict[str, str] = {}
    everything: list[list[_Form]] = []
    titles: list[list[_Form]] = []
    for language in LANGUAGES:
        parts: list[list[_Form]] = []
        version = entry.versions.get(language)
        if version is not None:
            title = _forms(version.title, language)
            summary = _forms(version.summary, language)
            parts += (title, summary, _forms(version.body, language))
            fields[f"title_{language}"] = _carried((title,))
            if summary:
                fields[f"summary_{language}"] = _carried((summary,))
            titles.append(title)
        parts += [_forms(label, language) for label in entry.labels.get(language, ())]
        parts = [part for part in parts if part]
        if parts:
            fields[f"text_{language}"] = _carried(parts)
            everything += parts
    ordered = {code: sort_key(version.title) for code, version in entry.versions.items()}
    for language in LANGUAGES:
        fields[f"sort_{language}"] = ordered.get(language, ordered[entry.original])
    fields["words"] = _surface(everything)
    fields["titles"] = _surface(titles)
    return fields
