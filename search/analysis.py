"""One analysis of text and of queries for all engines.

Text is cut into words, folded and stemmed here, in Python, and carried to an engine as ready
terms separated by spaces. An engine only needs a tokenizer that splits at spaces, so two
engines hold the same terms and find the same entries (docs/decisions/0003-one-analysis.md).

    words()      text → words with their place in it
    fold()       a word → the form that ignores case, accents and Arabic letter forms
    terms()      a word of a language → the one or two terms it is indexed under
    document()   an entry → the fields of its index document, all text as terms
    read()       a parsed query → what each of its words, phrases and exclusions must match
    highlight()  text and query → escaped HTML with <mark> around what matched
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import Stemmer
from django.utils.html import escape

from search.entries import SearchEntry
from search.queries import TextQuery
from search.stopwords import STOP_WORDS

#: Languages of the index, settings.LANGUAGES without Django.
LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")

#: Stands between parts of a text, so that no phrase reaches from one into the next. No word
#: contains it: words are letters, digits and inner dots.
SEPARATOR = "|"

#: Longer words are cut: Lucene's tokenizer would split them at 255 characters, tantivy drops
#: them at 65,530 bytes.
MAX_TERM = 64

#: Part of the engines' schema versions: raise it whenever a term comes out differently.
VERSION = 1

# What a match counts. One field holds everything; title and summary come on top with low
# weight, as extra clauses (measured, see docs/decisions/0003-one-analysis.md).
READER_WEIGHT = 1.0
OTHER_LANGUAGE_WEIGHT = 0.8
TITLE_WEIGHT = 0.3
SUMMARY_WEIGHT = 0.3
STOP_WORD_WEIGHT = 0.1
PREFIX_WEIGHT = 0.5
# Where no entry has all the words: more than any score, so that entries with the most words
# come first (docs/decisions/0004-relaxed-search.md)
MOST_WORDS_WEIGHT = 1024.0


def enough(most: int) -> int:
    """How many words and phrases an entry needs where none has all and the best has ``most``."""
    return (most + 1) // 2


class Word(NamedTuple):
    """A word as it stands in a text, and where: ``source[start:end] == text``."""

    text: str
    start: int
    end: int


# --- Cutting ---------------------------------------------------------------------------------


def _marks() -> str:
    """Combining marks and joiners (a character class) that belong to the word before them."""
    points = [p for p in range(0x300, 0x10000) if unicodedata.category(chr(p)) in {"Mn", "Mc"}]
    points += [0xAD, 0x200C, 0x200D]  # soft hyphen, zero-width non-joiner and joiner
    return "".join(f"\\u{p:04x}" for p in sorted(points))


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇"
_MARKS = _marks()
_APOSTROPHES = ("'", "\u2019", "\u02bc", "\uff07")
_LETTER = rf"[^\W_{_HAN}]"
# Codes keep their dots (16.10, 2.1.3, 5.b); a letter may carry marks
_REST = (
    rf"\d+(?:\.\d+)*\.[A-Za-z](?![^\W_])|\d+(?:\.\d+)+(?![^\W_])"
    rf"|{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*"
)
_WORD = re.compile(rf"(?P<han>[{_HAN}]+)|{_REST}")
_PLAIN = re.compile(_REST)  # for texts without Han characters, twice as fast
_ANY_HAN = re.compile(f"[{_HAN}]")


def words(text: str, language: str = "") -> list[Word]:
    """The words of a text in order, with their offsets.

    Letters and digits of any script make words; everything else parts them, the apostrophe
    of an elision too (l’accord → l, accord). A run of Han characters becomes overlapping
    pairs (图书馆 → 图书, 书馆), a lone one stays alone; ``language`` changes nothing yet, as
    scripts tell what to do.
    """
    found: list[Word] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match.lastgroup and end - start > 1:
            found += [Word(text[i : i + 2], i, i + 2) for i in range(start, end - 1)]
        else:
            found.append(Word(match[0], start, end))
    return found


def is_han(word: str) -> bool:
    """Whether a word is Han characters (a pair, or a lone one)."""
    return _ANY_HAN.match(word) is not None


# --- Folding ---------------------------------------------------------------------------------


def _folding() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letters = [c for c in unicodedata.normalize("NFKD", chr(point)) if c.isalnum()]
        if letters and unicodedata.name(chr(point), "").startswith("LATIN"):
            table[point] = "".join(letters)
    table |= {ord(a): b for a, b in zip("øłđðıħŧ", "olddiht", strict=True)}
    table |= {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th", ord("ŋ"): "n"}
    table[ord("ё")] = "е"
    # Arabic: carriers of hamza, alif maqsura and ta marbuta are written either way
    table |= {ord(a): b for a, b in zip("أإآٱىةؤئکی", "اااايهويكي", strict=True)}
    for first in (0x660, 0x6F0):
        table |= {first + digit: str(digit) for digit in range(10)}
    # Tatweel, harakat, Qur'anic signs; stray Latin accents; joiners
    for point in (0x640, *range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6EE)):
        if unicodedata.category(chr(point)) in {"Mn", "Lm"}:
            table[point] = None
    table |= dict.fromkeys((*range(0x300, 0x370), 0xAD, 0x200C, 0x200D), None)
    return table


_FOLDING = _folding()


def fold(text: str) -> str:
    """``text`` without case, accents and Arabic letter forms, white space as single spaces.

    Latin accents go, and ё becomes е; й and all other Cyrillic letters stay as they are.
    ``fold(fold(x)) == fold(x)``.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(text.translate(_FOLDING).split())


@functools.lru_cache(maxsize=200_000)
def fold_word(word: str) -> str:
    """A word folded, at most ``MAX_TERM`` long: a ligature may hide spaces (U+FDFA is four
    words), a term has none."""
    return fold(word).replace(" ", "")[:MAX_TERM]


def sort_key(title: str) -> str:
    """What titles are ordered by: their folded words."""
    return " ".join(fold_word(match[0]) for match in _WORD.finditer(title))[:200]


# --- Stemming --------------------------------------------------------------------------------

_ALGORITHMS = {"de": "german", "en": "english", "es": "spanish", "fr": "french", "ru": "russian"}
_local = threading.local()  # a Stemmer object is not to be shared between threads


def _snowball(word: str, language: str) -> str:
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(_ALGORITHMS[language], 0)
    stem: str = stemmers[language].stemWord(word)
    return stem


_ARTICLES = ("وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")


def _arabic(word: str) -> str:
    """Light stemming after Larkey, Ballesteros and Connell (2007), "light10": the article
    with what is written onto it, the conjunction, then endings, while enough letters stay."""
    if word.startswith("و") and len(word) > 3 and not word.startswith(("وال", "ولل")):
        word = word[1:]
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 2:
            word = word[len(article) :]
            break
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            word = word[: -len(ending)]
    return word


_ARABIC_LETTERS = re.compile("[\u0621-\u064a]")


@functools.lru_cache(maxsize=200_000)
def terms(word: str, language: str) -> tuple[str, ...]:
    """The terms that a word of a language is indexed and searched under, the first one first.

    The stem, folded; and where it differs the stem of the folded word, so that "asociacion"
    finds "asociaciones" as well as "asociación" does. A code with a letter also comes without
    its dot (5.b → 5b). Where an accent hides an ending from the stemmer, both lists meet in
    one of their terms.
    """
    folded = fold_word(word)
    if not folded:
        return ()
    if folded[0].isdigit():
        bare = folded.replace(".", "")
        return (folded,) if folded == bare or bare.isdigit() else (folded, bare)
    if is_han(folded):
        return (folded,)
    if language == "ar" and _ARABIC_LETTERS.search(folded):
        return (_arabic(folded),)
    if language not in _ALGORITHMS:
        return (folded,)
    stem = fold_word(_snowball(unicodedata.normalize("NFKC", word).lower(), language))
    plain = _snowball(folded, language)
    return (stem or folded,) if plain == stem else (stem or folded, plain)


# --- Stop words ------------------------------------------------------------------------------

_STOP_WORDS = {
    language: frozenset(map(fold, known.split())) for language, known in STOP_WORDS.items()
}


def is_stop_word(word: str, language: str) -> bool:
    """Whether a word only holds a sentence of that language together."""
    return fold_word(word) in _STOP_WORDS.get(language, ())


# --- Documents -------------------------------------------------------------------------------


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
    has_han = _ANY_HAN.search(text)
    found = [word.text for word in words(text)] if has_han else _PLAIN.findall(text)
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


# --- Queries ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class QueryWord:
    """A word asked for.

    An entry has the word if, in any language L, ``text_L`` holds one of ``terms[L]``; or if
    ``prefix`` is set and ``words`` holds a word that begins with ``folded``.
    ``required`` is False for the reader's stop words: they only score, lightly.
    ``weight`` is how often the word was typed.
    """

    text: str
    folded: str
    terms: Mapping[str, tuple[str, ...]]
    required: bool = True
    prefix: bool = False
    weight: int = 1


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
class ReadQuery:
    """A query as terms. ``excluded`` words and phrases match as others do, without prefix."""

    language: str
    words: tuple[QueryWord, ...] = ()
    phrases: tuple[QueryPhrase, ...] = ()
    excluded: tuple[QueryWord | QueryPhrase, ...] = ()
    _markers: dict[str, _Marker] = field(default_factory=dict, compare=False, repr=False)

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

    def marker(self, language: str) -> _Marker:
        """Finds the query's words in texts of a language; made once, as it learns words."""
        if language not in self._markers:
            self._markers[language] = _Marker(self, language)
        return self._markers[language]

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
    return part[word.end : word.end + 1] in _APOSTROPHES or (
        word.start > 0 and part[word.start - 1] in _APOSTROPHES
    )


def read(query: TextQuery, language: str) -> ReadQuery:
    """Read a parsed query as a reader of ``language`` means it.

    Parts without a letter or digit are left out. Words that are typed twice become one word
    of twice the weight. Stop words of the reader's language and what stands beside an
    apostrophe (l’, ’s) are not required, unless there is nothing else.
    """
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
    phrases = [(part, _surfaces(part)) for part in query.phrases]
    phrases = [(part, inner) for part, inner in phrases if inner]
    asked = tuple(found.values())
    if not phrases and not any(word.required for word in asked):
        asked = tuple(QueryWord(w.text, w.folded, w.terms, True, w.prefix, w.weight) for w in asked)
    excluded: list[QueryWord | QueryPhrase] = []
    for part in query.excluded:
        inner = _surfaces(part)
        if len(inner) == 1:
            excluded.append(_query_word(inner[0]))
        elif inner:
            excluded.append(_query_phrase(part, inner))
    return ReadQuery(
        language=language,
        words=asked,
        phrases=tuple(_query_phrase(part, inner) for part, inner in phrases),
        excluded=tuple(excluded),
    )


# --- Highlights ------------------------------------------------------------------------------


class _Marker:
    """Finds the words of a query in texts of one language. Stop words alone are left out."""

    def __init__(self, query: ReadQuery, language: str) -> None:
        self._language = language
        self._wanted: set[str] = set()
        for word in query.words:
            if word.required:
                self._wanted.update(word.terms[language])
        for phrase in query.phrases:
            for folded, term in zip(phrase.folded, phrase.terms[language], strict=True):
                if len(phrase.folded) == 1 or not is_stop_word(folded, language):
                    self._wanted.add(term)
        self._beginnings = tuple(word.folded for word in query.words if word.prefix)
        self._number = len({w.folded for w in query.words if w.required}) + sum(
            len(phrase.folded) for phrase in query.phrases
        )
        self._lone = {term for term in self._wanted if len(term) == 1 and is_han(term)}
        self._known: dict[str, bool] = {}

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Word]:
        """Words of ``text[start:end]`` that the query asks for, with offsets in ``text``."""
        found: list[Word] = []
        known = self._known
        for match in _WORD.finditer(text, start, len(text) if end is None else end):
            if match.lastgroup:
                found += self._in_han(text, *match.span())
                continue
            word = match[0]
            hit = known.get(word)
            if hit is None:
                hit = known[word] = self._asked(word)
            if hit:
                found.append(Word(word, *match.span()))
        return found

    def are_all(self, found: list[Word]) -> bool:
        """Whether these are as many different words as the query has, or more."""
        return len({terms(word.text, self._language)[:1] for word in found}) >= self._number

    def _asked(self, word: str) -> bool:
        if not self._wanted.isdisjoint(terms(word, self._language)):
            return True
        return bool(self._beginnings) and fold_word(word).startswith(self._beginnings)

    def _in_han(self, text: str, start: int, end: int) -> list[Word]:
        size = min(2, end - start)
        pairs = [Word(text[i : i + size], i, i + size) for i in range(start, end - size + 1)]
        found = [pair for pair in pairs if self._asked(pair.text)]
        if self._lone:
            letters = [Word(text[i], i, i + 1) for i in range(start, end)]
            found += [letter for letter in letters if fold(letter.text) in self._lone]
        return sorted(found, key=lambda word: (word.start, word.end))


# A passage is looked for in pieces, until all words of the query were met or, after the first
# of them, the part was read through: a long text costs no more than it must. Characters.
_PIECE = 800
_PART = 4000


def highlight(text: str, query: ReadQuery, language: str, *, width: int | None = None) -> str:
    """Plain ``text`` of a language as escaped HTML with ``<mark>`` around what matches.

    With ``width`` a passage of about that many characters, in the part of the text that
    matches first the one with most different words of the query; cut at spaces, "…" where
    something is left out; "" if nothing matches. Without, the whole text. Stop words alone are
    never marked.
    """
    marker = query.marker(language)
    start, end = 0, len(text)
    if width is None:
        found = marker.find(text)
    else:
        found = _first_found(text, marker)
        if not found:
            return ""
        start, end = _passage(text, found, language, width)
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
