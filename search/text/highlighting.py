"""Where a text has the words of a query: escaped HTML with <mark> around what matched."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from django.utils.html import escape

from search.text.reading import ReadQuery
from search.text.terms import (
    HAN,
    LETTER,
    MARKS,
    PLAIN_WORD,
    Word,
    fold_word,
    is_han,
    is_stop_word,
    joined,
    simplified,
    terms,
)
from toolkit.core.folding import fold


class _Marker:
    """Finds the words of a query in texts of one language. Stop words alone are left out."""

    def __init__(self, query: ReadQuery, language: str) -> None:
        self._language = language
        self._wanted: set[str] = set()
        #: What a text has as it is written, in a language that is not the reader's.
        self._whole: set[str] = set()
        is_own = language == query.language
        for word in query.words:
            if word.required:
                self._whole.add(word.folded)
                self._wanted.update(word.terms if is_own else ())
        for phrase in query.phrases:
            for folded, term in zip(phrase.folded, phrase.terms, strict=True):
                if len(phrase.folded) == 1 or not is_stop_word(folded, language):
                    self._whole.add(folded)
                    self._wanted.update({term} if is_own else ())
        self._beginnings = tuple(word.folded for word in query.words if word.prefix)
        self._number = len({w.folded for w in query.words if w.required}) + sum(
            len(phrase.folded) for phrase in query.phrases
        )
        self._known: dict[str, bool] = {}
        asked = {*self._wanted, *self._whole, *self._beginnings}
        han = sorted(filter(is_han, asked), key=len, reverse=True)
        self._han = _han_pattern(han, self._beginnings) if han else None
        others = {term for term in asked if not is_han(term)}
        self._words = _word_pattern(others, language) if others else None

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Word]:
        """Words of ``text[start:end]`` that the query asks for, with offsets in ``text``."""
        end = len(text) if end is None else end
        found: list[Word] = []
        if self._words:
            known = self._known
            for match in self._words.finditer(text, start, end):
                word = match[0]
                hit = known.get(word)
                if hit is None:
                    hit = known[word] = self._asked(word)
                if hit:
                    found.append(Word(word, *match.span()))
            found += [
                Word(word.text, start + word.start, start + word.end)
                for word in joined(text[start:end])
                if self._asked(word.text)
            ]
        if self._han:
            found += [
                Word(match[1], start + match.start(1), start + match.end(1))
                for match in self._han.finditer(simplified(text[start:end]))
            ]
        found.sort(key=lambda word: (word.start, word.end))
        return found

    def are_all(self, found: list[Word]) -> bool:
        """Whether these are as many different words as the query has, or more."""
        return len({terms(word.text, self._language)[:1] for word in found}) >= self._number

    def _asked(self, word: str) -> bool:
        if self._wanted and not self._wanted.isdisjoint(terms(word, self._language)):
            return True
        folded = fold_word(word)
        return folded in self._whole or (
            bool(self._beginnings) and folded.startswith(self._beginnings)
        )


def _han_pattern(wanted: Iterable[str], beginnings: Iterable[str]) -> re.Pattern[str]:
    """Where these pairs and characters stand in a run of Chinese, overlapping ones too."""
    either = [f"{term}[{HAN}]?" if term in beginnings else term for term in wanted]
    return re.compile(f"(?=({'|'.join(either)}))")


#: In Arabic letters what is written onto a word's beginning is no part of its stem.
_PROCLITICS = "وابكفل"
_ON = f"[{MARKS}\u0640]"  # what a letter carries, or is drawn out with
_LIGATURES = "\ufb50-\ufdff\ufe70-\ufefc"


def _word_pattern(wanted: Iterable[str], language: str) -> re.Pattern[str]:
    """Words that may have one of these terms: those with the same first letter. Every stemmer
    keeps it, and to pass over all others is most of the work saved: a Latin word costs next to
    nothing in a text that is Arabic or Chinese."""
    initials = {term[0] for term in wanted}
    if any(initial.isdigit() for initial in initials):
        return PLAIN_WORD  # codes with dots are cut by the whole grammar
    then = ""
    if language == "ar" and any("\u0621" <= initial <= "\u064a" for initial in initials):
        initials.update(_PROCLITICS)
        then = _arabic_beginnings(wanted)
    rest = f"{LETTER}*(?:[{MARKS}]+{LETTER}*)*"
    first = f"[{_letters(initials)}](?<!{LETTER}.)(?<![{MARKS}].)"
    dotted = rf"(?:\.{LETTER}(?!{LETTER}))+\.?"  # M.O.U.
    return re.compile(f"{first}(?:{dotted}|{then}{rest})")


def _arabic_beginnings(wanted: Iterable[str]) -> str:
    """What stands behind the first letter of a word that may have one of these terms: after what
    is written onto it, the term's first two letters. Most Arabic words have the article, so the
    first letter alone passes over few."""
    pairs: dict[str, set[str]] = {}
    for term in wanted:
        pairs.setdefault(term[0], set()).add(term[1:2])
    own, behind = [], []
    for letter, seconds in pairs.items():
        one = _letters({letter})
        # A ligature is two letters at once
        two = "" if "" in seconds else f"(?:{_ON}*[{_letters(seconds)}]|(?<=[{_LIGATURES}]))"
        own.append(f"(?<=[{one}]){two}")
        behind.append(f"[{one}]{two}")
    proclitic = f"[{_letters(_PROCLITICS)}]"
    return (
        f"(?:{'|'.join(own)}|(?<={proclitic}){_ON}*(?:{proclitic}{_ON}*){{0,4}}"
        f"(?:{'|'.join(behind)}))"
    )


def _letters(folded: Iterable[str]) -> str:
    """Folded letters in every way they are written, for a class of a pattern."""
    letters = "".join(_written_as().get(i, "") + i + i.upper() for i in sorted(folded))
    return "".join(map(re.escape, dict.fromkeys(letters)))


@functools.cache
def _written_as() -> dict[str, str]:
    """Folded first letter → letters as written that fold to it."""
    found: dict[str, str] = {}
    for first, last in _SCRIPTS:
        for letter in map(chr, range(first, last)):
            if folded := fold(letter):
                found[folded[0]] = found.get(folded[0], "") + letter
    return found


#: Latin, Greek and Cyrillic, Arabic, more Latin, and the forms that other keyboards give.
_SCRIPTS = (
    (0x41, 0x250),
    (0x370, 0x530),
    (0x620, 0x700),
    (0x1E00, 0x2000),
    (0xFB00, 0xFE00),
    (0xFE70, 0xFF60),
)


# A passage is looked for in pieces, until all words of the query were met or, after the first
# of them, the part was read through: a long text costs no more than it must. Characters.
_PIECE = 800
_PART = 4000


class Highlighter:
    """Marks the words of one query in texts of any language.

    Made by an engine for one answer: what it learns of a language's words serves all its hits.
    """

    def __init__(self, query: ReadQuery) -> None:
        self.query = query
        #: Whether there is nothing that could be marked.
        self.is_idle = not (query.words or query.phrases)
        self._markers: dict[str, _Marker] = {}

    def marks(self, text: str, language: str) -> bool:
        """Whether ``highlight`` would mark a word of ``text``, without writing it."""
        return not self.is_idle and bool(self._marker(language).find(text))

    def highlight(self, text: str, language: str, *, width: int | None = None) -> str:
        """Plain ``text`` of a language as escaped HTML with ``<mark>`` around what matches.

        With ``width`` a passage of about that many characters, in the part of the text that
        matches first the one with most different words of the query; cut at spaces, "…" where
        something is left out; "" if nothing matches. Without, the whole text. Stop words alone
        are never marked.
        """
        if self.is_idle:
            return escape(text) if width is None else ""
        marker = self._marker(language)
        if width is None:
            return _marked(text, marker.find(text), 0, len(text))
        found = _first_found(text, marker)
        if not found:
            return ""
        return _marked(text, found, *_passage(text, found, language, width))

    def _marker(self, language: str) -> _Marker:
        if language not in self._markers:
            self._markers[language] = _Marker(self.query, language)
        return self._markers[language]


def _marked(text: str, found: list[Word], start: int, end: int) -> str:
    pieces: list[str] = ["…" if start > 0 else ""]
    place = start
    spans: list[tuple[int, int]] = []
    for word in found:
        if word.start < start or word.end > end:
            continue
        if spans and word.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], word.end))
        else:
            spans.append((word.start, word.end))
    for first, last in spans:
        pieces += (escape(text[place:first]), "<mark>", escape(text[first:last]), "</mark>")
        place = last
    pieces += (escape(text[place:end]), "…" if end < len(text) else "")
    return "".join(pieces)


def _first_found(text: str, marker: _Marker) -> list[Word]:
    found: list[Word] = []
    start, stop = 0, len(text)
    while start < stop:
        end = start + _PIECE
        if end < len(text):
            space = text.rfind(" ", start + _PIECE // 2, end)
            end = space if space >= 0 else end
        here = marker.find(text, start, end)
        if here and not found:
            stop = min(stop, start + _PART)
        found += here
        if here and marker.are_all(found):
            break
        start = end
    return found


def _passage(text: str, found: list[Word], language: str, width: int) -> tuple[int, int]:
    best, best_score = found[0], (-1, -1)
    last = 0
    inside: dict[str, int] = {}
    names = [next(iter(terms(word.text, language)), word.text) for word in found]
    for first, word in enumerate(found):
        while last < len(found) and found[last].end <= word.start + width:
            inside[names[last]] = inside.get(names[last], 0) + 1
            last += 1
        score = (len(inside), last - first)
        if score > best_score:
            best, best_score = word, score
        if last > first:
            inside[names[first]] -= 1
            if not inside[names[first]]:
                del inside[names[first]]
        else:
            last = first + 1
    start = max(0, best.start - width // 4)
    end = min(len(text), start + width)
    start = max(0, min(start, end - width))
    if start > 0:
        space = text.find(" ", start, best.start)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", best.end, end)
        end = space if space > 0 else max(end, best.end)
    return start, max(end, min(best.end, len(text)))
