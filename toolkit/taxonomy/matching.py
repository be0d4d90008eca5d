"""Terms by whatever people call them: code, label in any language, another name."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict

from rapidfuzz import fuzz, process

from toolkit.core.folding import fold
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

_SEPARATORS = re.compile(r"[,;|\n،；，、]")


class UnknownTerm(ValueError):
    """A name that stands for no term, or for several; the message says which one is near."""


class Matcher:
    """Finds terms of one vocabulary by name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._by_code = {term.value: term for term in vocabulary}
        self._by_name: dict[str, dict[str, TermValue]] = defaultdict(dict)
        for term in vocabulary:
            others = itertools.chain.from_iterable(term.also_known_as.values())
            names = [*term.labels.values(), *others, term.value]
            if term.number:
                names += [
                    term.number,
                    *(f"{term.number} {label}" for label in term.labels.values()),
                ]
            for name in names:
                if name:
                    self._by_name[fold(name)][term.value] = term

    def find(self, name: str) -> TermValue:
        """The term of that name. Raises ``UnknownTerm``."""
        if term := self._by_code.get(name.strip().lower()):
            return term
        found = self._by_name.get(fold(name), {})
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            raise UnknownTerm(f"“{name}” may be {', '.join(found)}: write the code")
        raise UnknownTerm(f"“{name}” is unknown{self._nearest(name)}")

    def find_all(self, cell: str) -> list[TermValue]:
        """The terms that a cell names, separated by , ; or |.

        A name may hold a comma itself: the longest run of parts that is a name is taken.
        Raises ``UnknownTerm`` for the first name that is none.
        """
        parts = [part.strip() for part in _SEPARATORS.split(cell)]
        parts = [part for part in parts if part]
        found: dict[str, TermValue] = {}
        while parts:
            taken, term = self._longest(parts)
            found[term.value] = term
            parts = parts[taken:]
        return list(found.values())

    def _longest(self, parts: list[str]) -> tuple[int, TermValue]:
        for length in range(min(len(parts), 8), 1, -1):
            names = self._by_name.get(fold(", ".join(parts[:length])), {})
            if len(names) == 1:
                return length, next(iter(names.values()))
        return 1, self.find(parts[0])

    def _nearest(self, name: str) -> str:
        names: list[str] = list(self._by_name)
        near = process.extractOne(fold(name), names, scorer=fuzz.ratio)
        if not near:
            return "; the vocabulary is empty"
        term = next(iter(self._by_name[near[0]].values()))
        return f"; the nearest is “{term.value}” ({term.label()})"


def split_names(cell: str) -> list[str]:
    """Free names in a cell, separated by , ; or |, each once."""
    names: dict[str, str] = {}
    for part in _SEPARATORS.split(cell):
        name = " ".join(part.split())
        if name:
            names.setdefault(fold(name), name)
    return list(names.values())
