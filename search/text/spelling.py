"""Which known word a misspelt one was probably meant to be, and how texts write it.

One rule for every engine: an engine tells what words it has (``Lexicon``), and what is decided
between them is decided here. Words are folded (``search.text.terms.fold_word``), if nothing
else is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.text import terms

SHORTEST, LONGEST = 3, 32

#: Words up to this length may differ by one letter, longer ones by two.
SHORT = 5

#: Arabic prepositions and conjunctions of one letter, written together with the next word.
PROCLITICS = "وفبكل"

#: So many words of a query are respelt, the first ones.
MOST_RESPELT = 5

#: Of the words that are equally close, as many are weighed against each other.
CONSIDERED = 20


@dataclass(frozen=True)
class Use:
    """How a word is used now: by how many entries, and whether by texts of the language."""

    entries: int
    in_language: bool


class Lexicon(Protocol):
    """What an engine knows of words. Each method is asked once for all words in question."""

    def near(self, words: Collection[str]) -> Mapping[str, Collection[str]]:
        """Word → known words that may be close to it, the most frequent first; some may be too
        far, or be in no entry any more."""
        ...

    def uses(self, words: Collection[str], language: str) -> Mapping[str, Use]:
        """How each of these words is used."""
        ...

    def texts_with(self, words: Collection[str], language: str) -> Mapping[str, Iterable[str]]:
        """Word → texts that show it as it is written, those of the language first."""
        ...


def can_be_misspelt(word: str) -> bool:
    """Numbers and Chinese are not respelt, nor is what is too short to tell."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha() and not terms.is_han(word)


def most_edits(word: str) -> int:
    """How many letters may be inserted, removed, replaced or swapped with their neighbour."""
    return 1 if len(word) <= SHORT else 2


def respelt(text: str, unknown: Iterable[str], lexicon: Lexicon, *, language: str) -> str | None:
    """``text`` with known words, as texts write them, for those that are ``unknown``; None where
    nothing is that close."""
    asked = [word for word in dict.fromkeys(unknown) if can_be_misspelt(word)][:MOST_RESPELT]
    meant = closest(asked, lexicon, language=language)
    if not meant:
        return None
    written = as_written(set(meant.values()), lexicon, language=language)
    changed = text
    for word in reversed(terms.words(text)):
        known = meant.get(terms.fold_word(word.text))
        if known is not None:
            changed = changed[: word.start] + written[known] + changed[word.end :]
    return changed if changed != text else None


def closest(words: Collection[str], lexicon: Lexicon, *, language: str) -> dict[str, str]:
    """Word → the known word it was probably meant to be; words that have none are left out.

    Only words of the reader's language are meant. A word without what Arabic writes onto its
    beginning comes first (بتمويل is تمويل, and not misspelt); then words with the same first
    letter, the fewest letters apart, the most frequent.
    """
    if not words:
        return {}
    near = lexicon.near(words)
    groups = {word: _groups(word, near.get(word, ())) for word in words}
    found: dict[str, str] = {}
    while groups:
        # One round is enough unless all the closest words are gone from the entries
        here = {word: group for word, rest in groups.items() if (group := next(rest, None))}
        if not here:
            break
        uses = lexicon.uses({close for group in here.values() for close in group}, language)
        for word, group in here.items():
            ranked = [
                (-uses[close].entries, close)
                for close in group
                if uses[close].entries and uses[close].in_language
            ]
            if ranked:
                found[word] = min(ranked)[-1]
        groups = {word: groups[word] for word in here if word not in found}
    return found


def _groups(word: str, near: Iterable[str]) -> Iterator[list[str]]:
    """Words between which only frequency decides, the closest first."""
    most = most_edits(word)
    groups: dict[tuple[bool, bool, int], list[str]] = defaultdict(list)
    for close in near:
        apart = OSA.distance(word, close, score_cutoff=most)
        if apart <= most and can_be_misspelt(close):
            is_rest = word[0] in PROCLITICS and word[1:] == close
            groups[not is_rest, close[0] != word[0], apart].append(close)
    for rank in sorted(groups):
        yield groups[rank][:CONSIDERED]


def as_written(words: Collection[str], lexicon: Lexicon, *, language: str) -> dict[str, str]:
    """Word → the word with its accents, in lower case, as the first text that has it writes
    it; a word that no text shows (a name that entries are classified by) stays as it is."""
    texts = lexicon.texts_with(words, language)
    return {word: _written(word, texts.get(word, ())) for word in words}


def _written(folded: str, texts: Iterable[str]) -> str:
    for text in texts:
        for match in terms.WORD.finditer(text):
            if terms.fold_word(match[0]) == folded:
                return match[0].lower()
    return folded


def insisting(text: str, meant: str) -> str:
    """``text`` with quotes around the words that ``meant``, its respelling, writes otherwise: a
    search for what is written and nothing else."""
    kept = {terms.fold_word(word.text) for word in terms.words(meant)}
    for word in reversed(terms.words(text)):
        if terms.fold_word(word.text) not in kept:
            text = f'{text[: word.start]}"{word.text}"{text[word.end :]}'
    return text


class KnownWords:
    """Words that can be looked through for those like another one."""

    def __init__(self, words: Iterable[str]) -> None:
        """``words``: the most frequent first."""
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in dict.fromkeys(words):
            if can_be_misspelt(word):
                self._by_length[len(word)].append(word)

    def near(self, word: str) -> list[str]:
        """Those that are close to a word, the most frequent of each length first."""
        most = most_edits(word)
        found: list[str] = []
        for length in range(len(word) - most, len(word) + most + 1):
            close = process.extract_iter(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most
            )
            found += [known for known, _apart, _place in close]
        return found
