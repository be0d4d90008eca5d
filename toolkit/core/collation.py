"""In which order a language files words: by ICU's collations, a leading article left aside.

The one order of the site: facets, lists of terms, choices of a form, and titles in the indexes.
Chinese is filed by pinyin, "Égypte" before "Liban", "ñ" behind "n", "16.10" behind "16.9".
"""

from __future__ import annotations

import functools
import re

import icu

#: Part of the engines' schema versions: a key that another ICU made, or another rule of this
#: module, cannot be compared with these.
VERSION = f"1.{icu.ICU_VERSION.partition('.')[0]}"

#: So many characters of a text decide where it stands.
MOST = 200

#: What a title may begin with and is not filed by, in the languages that have articles.
_ARTICLES = {
    "ar": r"ال(?=\w{3})",
    "de": r"(?:der|die|das|ein|eine)\s+",
    "en": r"(?:the|an|a)\s+",
    "es": r"(?:el|la|los|las|lo|un|una|unos|unas)\s+",
    "fr": r"(?:le|la|les|un|une)\s+|l['’ʼ]\s*",
}
#: Arabic words that begin like the article and have none.
_NOT_ARTICLES = r"(?!الله|التزام|التماس|التقاء|التحاق|التفات|التهاب|الكترون)"

_SIGNS = re.compile(r"[\W_]+")


def _beginning(language: str) -> re.Pattern[str]:
    articles = _ARTICLES[language]
    if language == "ar":
        articles = _NOT_ARTICLES + articles
    return re.compile(rf"(?:{articles})(?=\S)", re.IGNORECASE)


_BEGINNINGS = {language: _beginning(language) for language in _ARTICLES}


@functools.cache
def _collator(language: str) -> icu.Collator:
    collator = icu.Collator.createInstance(icu.Locale(language))
    collator.setAttribute(icu.UCollAttribute.NUMERIC_COLLATION, icu.UCollAttributeValue.ON)
    return collator


def filed_under(text: str, language: str) -> str:
    """``text``, written in ``language``, from the word on by which it is filed: without quotation
    marks before it and without a leading article. Never empty where ``text`` is not."""
    signs = _SIGNS.match(text)
    start = signs.end() if signs else 0
    if language in _BEGINNINGS and (article := _BEGINNINGS[language].match(text, start)):
        start = article.end()
    return text[start:] or text


@functools.lru_cache(maxsize=16_384)
def filing_key(text: str, language: str, written_in: str = "") -> bytes:
    """What a text is ordered by for a reader of ``language``; ``written_in`` where it is in
    another one, whose articles count."""
    text = filed_under(text, written_in or language)[:MOST]
    key: bytes = _collator(language).getSortKey(text)
    return key.rstrip(b"\x00")


def written(key: bytes) -> str:
    """A key as text whose UTF-8 compares like the key's bytes: for indexes that hold text."""
    return key.decode("latin-1")
