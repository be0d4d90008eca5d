"""A word of one of the site's languages → the terms that it is found by.

Text is cut into words, folded and stemmed here, in Python, and carried to an engine as ready
terms separated by spaces. An engine only needs a tokenizer that splits at spaces, so two
engines hold the same terms and find the same entries (docs/decisions/0003-one-analysis.md).

    words()      text → words with their place in it
    fold_word()  a word → the form that ignores case, accents and Arabic letter forms
    terms()      a word of a language → the one or two terms it is indexed under
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from typing import NamedTuple

import Stemmer

from search.text.stopwords import STOP_WORDS
from toolkit.core.folding import fold

#: Languages of the index, settings.LANGUAGES without Django.
LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")

#: Stands between parts of a text, so that no phrase reaches from one into the next. No word
#: contains it: words are letters, digits and inner dots.
SEPARATOR = "|"

#: Longer words are cut: Lucene's tokenizer would split them at 255 characters, tantivy drops
#: them at 65,530 bytes.
MAX_TERM = 64

#: Part of the engines' schema versions: raise it whenever a term comes out differently.
VERSION = 2


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


HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇"
MARKS = _marks()
APOSTROPHES = ("'", "\u2019", "\u02bc", "\uff07")
LETTER = rf"[^\W_{HAN}]"
# Codes keep their dots (16.10, 2.1.3, 5.b); a letter may carry marks
_REST = (
    rf"\d+(?:\.\d+)*\.[A-Za-z](?![^\W_])|\d+(?:\.\d+)+(?![^\W_])"
    rf"|{LETTER}+(?:[{MARKS}]+{LETTER}*)*"
)
WORD = re.compile(rf"(?P<han>[{HAN}]+)|{_REST}")
PLAIN_WORD = re.compile(_REST)  # for texts without Han characters, twice as fast
ANY_HAN = re.compile(f"[{HAN}]")


def words(text: str, language: str = "") -> list[Word]:
    """The words of a text in order, with their offsets.

    Letters and digits of any script make words; everything else parts them, the apostrophe
    of an elision too (l’accord → l, accord). A run of Han characters becomes overlapping
    pairs (图书馆 → 图书, 书馆), a lone one stays alone; ``language`` changes nothing yet, as
    scripts tell what to do.
    """
    found: list[Word] = []
    for match in WORD.finditer(text):
        start, end = match.span()
        if match.lastgroup and end - start > 1:
            found += [Word(text[i : i + 2], i, i + 2) for i in range(start, end - 1)]
        else:
            found.append(Word(match[0], start, end))
    return found


def cut(text: str) -> list[str]:
    """The words of ``words()`` without their places, for texts of any length."""
    if not ANY_HAN.search(text):
        return PLAIN_WORD.findall(text)
    found: list[str] = []
    for match in WORD.finditer(text):
        run = match[0]
        if match.lastgroup and len(run) > 1:
            found += map(str.__add__, run, run[1:])
        else:
            found.append(run)
    return found


def is_han(word: str) -> bool:
    """Whether a word is Han characters (a pair, or a lone one)."""
    return ANY_HAN.match(word) is not None


# --- Folding ---------------------------------------------------------------------------------


@functools.lru_cache(maxsize=200_000)
def fold_word(word: str) -> str:
    """A word folded, at most ``MAX_TERM`` long: a ligature may hide spaces (U+FDFA is four
    words), a term has none."""
    return fold(word).replace(" ", "")[:MAX_TERM]


def sort_key(title: str) -> str:
    """What titles are ordered by: their folded words."""
    return " ".join(fold_word(match[0]) for match in WORD.finditer(title))[:200]


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
