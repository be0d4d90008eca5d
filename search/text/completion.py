"""How what stands in a search box may go on: titles, then words. One rule for every engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from search.entries import Version
from search.text import terms

MOST_WORDS = 8
#: Letters of a word that stands alone; behind others one is enough ("protocole d"), and Chinese
#: words are as short.
SHORTEST = 2
#: So many titles that fit, the first ones by name, are put in order.
MOST_TITLES = 50


@dataclass(frozen=True)
class Completion:
    """How a text may go on: as the title of an entry, whose address ``url`` is, or by a word."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Typed:
    """What stands in the search box, of which the last word is unfinished."""

    text: str
    language: str
    words: tuple[str, ...]  # folded

    @classmethod
    def read(cls, text: str, language: str) -> Typed | None:
        """None where too little was typed to go on from, or more than titles are known by."""
        folded = tuple(terms.fold_word(word.text) for word in terms.words(text)[: MOST_WORDS + 1])
        if not folded or len(folded) > MOST_WORDS:
            return None
        typed = cls(text, language, folded)
        is_said = typed.is_long_enough or any(len(word) >= SHORTEST for word in typed.whole)
        return typed if is_said else None

    @property
    def whole(self) -> tuple[str, ...]:
        """The words that are finished."""
        return self.words[:-1]

    @property
    def beginning(self) -> str:
        """What the last word begins with."""
        return self.words[-1]

    @property
    def is_long_enough(self) -> bool:
        """Whether the last word says by itself what it may become."""
        return len(self.beginning) >= SHORTEST or terms.is_han(self.beginning)

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


def completions(text: str, shelf: Shelf, *, language: str, limit: int) -> list[Completion]:
    """Titles that begin as typed, other titles, then what was typed with its last word
    finished by the most frequent words."""
    typed = Typed.read(text, language)
    if typed is None:
        return []
    found = _titles(typed, shelf.titled(typed))
    last = terms.words(text)[-1]
    if len(found) < limit and typed.is_long_enough and not terms.is_han(last.text):
        words = sorted(shelf.finished(typed), key=lambda word: (-word[1], terms.fold_word(word[0])))
        found += [Completion(text[: last.start] + word) for word, _number in words]
    once: dict[str, Completion] = {}
    for completion in found:
        once.setdefault(completion.text, completion)
    return list(once.values())[:limit]


def _titles(typed: Typed, versions: Iterable[Version]) -> list[Completion]:
    start = terms.sort_key(typed.text)
    ranks: dict[Completion, tuple[bool, bool]] = {}
    for version in versions:
        # The title that fits may be one in another language than the one shown
        inside = {terms.fold_word(word.text) for word in terms.words(version.title)}
        if inside.issuperset(typed.whole) and any(w.startswith(typed.beginning) for w in inside):
            begins = terms.sort_key(version.title).startswith(start)
            found = Completion(version.title, version.url)
            ranks[found] = (not begins, version.language != typed.language)
    return sorted(ranks, key=lambda found: ranks[found])
