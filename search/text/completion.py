"""How what stands in a search box may go on: titles, then words. One rule for every engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from search.entries import Version
from search.text import terms

MOST_WORDS = 8
#: So many titles that fit, the first ones by name, are put in order.
MOST_TITLES = 50


@dataclass(frozen=True)
class Typed:
    """What stands in the search box, of which the last word is unfinished."""

    text: str
    language: str
    words: tuple[str, ...]  # folded

    @classmethod
    def read(cls, text: str, language: str) -> Typed | None:
        """None where too little was typed to go on from."""
        folded = tuple(terms.fold_word(word.text) for word in terms.words(text)[:MOST_WORDS])
        if not folded or (len(folded[-1]) < 2 and not terms.is_han(folded[-1])):
            return None
        return cls(text, language, folded)

    @property
    def whole(self) -> tuple[str, ...]:
        """The words that are finished."""
        return self.words[:-1]

    @property
    def beginning(self) -> str:
        """What the last word begins with."""
        return self.words[-1]

    def goes_on(self, word: str) -> bool:
        """Whether a folded word is more than what was typed of it."""
        return word != self.beginning and word.startswith(self.beginning)


class Shelf(Protocol):
    """What an engine knows of beginnings."""

    def titled(self, typed: Typed) -> Iterable[Version]:
        """Versions as shown to the reader, of up to ``MOST_TITLES`` entries that have a title
        with all words typed, in the order of their titles."""
        ...

    def finished(self, typed: Typed) -> Iterable[tuple[str, int]]:
        """Words of the reader's language, as written, that go on from the last one typed, and
        how often there are."""
        ...


def completions(text: str, shelf: Shelf, *, language: str, limit: int) -> list[str]:
    """Titles that begin as typed, other titles, then what was typed with its last word
    finished by the most frequent words."""
    typed = Typed.read(text, language)
    if typed is None:
        return []
    found = _titles(typed, shelf.titled(typed))
    last = terms.words(text)[-1]
    if len(found) < limit and not terms.is_han(last.text):
        words = sorted(shelf.finished(typed), key=lambda word: (-word[1], terms.fold_word(word[0])))
        found += [text[: last.start] + word for word, _number in words]
    return list(dict.fromkeys(found))[:limit]


def _titles(typed: Typed, versions: Iterable[Version]) -> list[str]:
    start = terms.sort_key(typed.text)
    ranks: dict[str, tuple[bool, bool]] = {}
    for version in versions:
        # The title that fits may be one in another language than the one shown
        inside = {terms.fold_word(word.text) for word in terms.words(version.title)}
        if inside.issuperset(typed.whole) and any(w.startswith(typed.beginning) for w in inside):
            begins = terms.sort_key(version.title).startswith(start)
            ranks.setdefault(version.title, (not begins, version.language != typed.language))
    return sorted(ranks, key=lambda title: ranks[title])
