"""A word of one of the site's languages → the terms that it is found by.

Text is cut into words, folded and stemmed here, in Python, and carried to an engine as ready
terms separated by spaces. An engine only needs a tokenizer that splits at spaces, so two
engines hold the same terms and find the same entries (docs/decisions/0003-one-analysis.md).

    words()      text → words with their place in it
    fold_word()  a word → the form that ignores case, accents and Arabic letter forms
    joined()     text → words that are written in two parts and in one (e-book, ebook)
    terms()      a word of a language → the terms it is indexed under
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import Stemmer
from opencc import OpenCC

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
#: Apostrophes that Unicode counts among the letters.
_LETTERLIKE = "\u02b9-\u02bf\u02c8\ua78b\ua78c"
APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u201b\u2032\uff07") | frozenset(
    "\u02b9\u02bb\u02bc\u02bd\u02c8\ua78b\ua78c"
)
LETTER = rf"[^\W_{HAN}{_LETTERLIKE}]"
# Codes keep their dots (16.10, 2.1.3, 5.b), and so do letters that stand for words (M.O.U.);
# a letter may carry marks
_REST = (
    rf"\d+(?:\.\d+)*\.[A-Za-z](?![^\W_])|\d+(?:\.\d+)+(?![^\W_])"
    rf"|(?<![^\W_])[^\W\d_{HAN}{_LETTERLIKE}](?:\.[^\W\d_{HAN}{_LETTERLIKE}](?![^\W_]))+\.?"
    rf"|{LETTER}+(?:[{MARKS}]+{LETTER}*)*"
)
WORD = re.compile(rf"(?P<han>[{HAN}]+)|{_REST}")
PLAIN_WORD = re.compile(_REST)  # for texts without Han characters, twice as fast
ANY_HAN = re.compile(f"[{HAN}]")
_HAN_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


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
    words), a term has none. Chinese is told in simplified characters; letters that stand for words
    lose their dots (M.O.U. is mou)."""
    if ANY_HAN.search(word):
        word = word.translate(_simplified())
    folded = fold(word).replace(" ", "")
    if "." in folded and not folded[0].isdigit():
        folded = folded.replace(".", "")
    return folded[:MAX_TERM]


@functools.cache
def _simplified() -> dict[int, str]:
    """Traditional Chinese character → simplified one, by OpenCC."""
    convert = OpenCC("t2s").convert
    characters = [chr(point) for first, last in _HAN_BLOCKS for point in range(first, last)]
    simplified = convert("\n".join(characters)).split("\n")
    return {
        ord(one): other
        for one, other in zip(characters, simplified, strict=True)
        if one != other and len(other) == 1
    }


def simplified(text: str) -> str:
    """Chinese in simplified characters, each in its place."""
    return text.translate(_simplified()) if ANY_HAN.search(text) else text


def sort_key(title: str) -> str:
    """The folded words of a title, by which its beginning is compared."""
    return " ".join(fold_word(match[0]) for match in WORD.finditer(title))[:200]


# --- Words that are written in two parts and in one ---------------------------------------------

_HYPHENS = "\u2010\u2011-"  # the last one last: in a class it would be a range
#: What many write with a hyphen, many without, and some as a word of its own.
_FIRST_PARTS = (
    "e|co|re|pre|pré|on|off|non|multi|inter|anti|semi|sub|micro|mini|web|tele|télé|"
    "веб|онлайн|медиа|видео|микро|мини|кибер|авиа"
)
_HYPHENATED = re.compile(
    rf"(?<![\w{_HYPHENS}])(?P<first>{LETTER}+)(?:[{_HYPHENS}]|(?<=\b[eE])\x20)(?P<second>{LETTER}{{3,}})"
)
#: A text without one of these has no word in two parts: looking for them costs next to nothing.
_SIGNS_OF_PARTS = (*_HYPHENS, " e ", " E ")
_IS_FIRST_PART = re.compile(_FIRST_PARTS, re.IGNORECASE)


class Joined(NamedTuple):
    """Two parts of a word in one, and where they stand. ``is_one`` says that it is one word however
    it is written (e-book), and not just may be (Online-Katalog)."""

    text: str
    start: int
    end: int
    is_one: bool


def joined(text: str) -> list[Joined]:
    """Words in two parts, as others write them in one (e-book, e book, co-operation)."""
    if not any(map(f" {text}".__contains__, _SIGNS_OF_PARTS)):
        return []
    return [
        Joined(
            match["first"] + match["second"],
            *match.span(),
            _IS_FIRST_PART.fullmatch(match["first"]) is not None,
        )
        for match in _HYPHENATED.finditer(text)
    ]


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


def _arabic(word: str) -> tuple[str, ...]:
    """Light stemming after Larkey, Ballesteros and Connell (2007), "light10": the article with what
    is written onto it, the conjunction, then endings, while enough letters stay.

    The conjunction may be the word's own first letter (وطنية): both readings count. So do those
    with and without a possessive ending, before which ta marbuta is open (مكتبتنا).
    """
    readings = [word]
    if word.startswith("و") and len(word) > 3 and not word.startswith(("وال", "ولل")):
        readings.insert(0, word[1:])
    if owned := _OWNED.fullmatch(word):
        readings.append(owned[1] + ("ه" if owned[2] else ""))
    return tuple(dict.fromkeys(_without_affixes(reading) for reading in readings))


_OWNED = re.compile(r"(\w{2,}?)(ت?)(?:نا|هم|هن|كم|كن|ها)")


def _without_affixes(word: str) -> str:
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
    finds "asociaciones" as well as "asociación" does. Where an accent hides an ending from the
    stemmer, both lists meet in one of their terms. A code with a letter also comes without its
    dot (5.b → 5b), an acronym also in the plural (MOU → mous), a German umlaut also as two letters;
    English has one spelling for both sides of the ocean.
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
        return _arabic(folded)
    found = _stems(word, folded, language) if language in _ALGORITHMS else [folded]
    if _ACRONYM.fullmatch(word):
        found.append(f"{folded}s")
    elif _ACRONYMS.fullmatch(word):
        found.insert(0, folded[:-1])
    return tuple(dict.fromkeys(found))


_ACRONYM = re.compile(r"[A-Z]{2,6}|(?:[A-Z]\.)+[A-Z]?")
_ACRONYMS = re.compile(r"[A-Z]{2,6}s")


def _stems(word: str, folded: str, language: str) -> list[str]:
    written = unicodedata.normalize("NFKC", word).lower()
    if language == "en":
        written, folded = _IZE.sub("is", written), _IZE.sub("is", folded)
    found = [fold_word(_snowball(written, language)) or folded, _snowball(folded, language)]
    if language == "de" and (spelt := written.translate(_SPELT_OUT)) != written:
        found.append(_snowball(fold_word(spelt), language))
    if language == "en":
        found = [_AMERICAN.get(stem, stem) for stem in found]
    return found


_IZE = re.compile(r"(?<=\w{3})iz(?=e[drs]?$|ers$|ings?$|ation)")
#: Stems of American spellings → those of British ones.
_AMERICAN = {
    "analyz": "analys", "behavior": "behaviour", "catalog": "catalogu", "center": "centr",
    "color": "colour", "defens": "defenc", "dialog": "dialogu", "favor": "favour",
    "fulfil": "fulfill", "harbor": "harbour", "honor": "honour", "labor": "labour",
    "licens": "licenc", "neighbor": "neighbour", "neighborhood": "neighbourhood",
    "offens": "offenc", "practic": "practis", "program": "programm", "theater": "theatr",
}  # fmt: skip
#: For those whose keyboard has no such letters.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def neighbours(said: Sequence[str]) -> str:
    """Terms that stand one after the other, two by two, parted by spaces."""
    return " ".join(map("{}_{}".format, said, said[1:]))


#: Languages whose words are also told by their letters: what a stemmer leaves apart has most of
#: them in common. English has few endings, and Chinese is told in pairs (record 26).
LETTERED = ("ar", "de", "es", "fr", "ru")
_IN_A_ROW = 4


def letters(folded: str) -> tuple[str, ...]:
    """Four letters in a row of a folded word, from each place; none of numbers and of Chinese."""
    if folded[:1].isdigit() or is_han(folded):
        return ()
    return tuple(folded[i : i + _IN_A_ROW] for i in range(len(folded) - _IN_A_ROW + 1))


# --- Stop words ------------------------------------------------------------------------------

_STOP_WORDS = {
    language: frozenset(map(fold, known.split())) for language, known in STOP_WORDS.items()
}


def is_stop_word(word: str, language: str) -> bool:
    """Whether a word only holds a sentence of that language together."""
    return fold_word(word) in _STOP_WORDS.get(language, ())
