"""When two texts count as the same: without case, accents and Arabic letter forms.

The one folding of the site: searching, spelling, sorting and the names of terms all use it.
"""

from __future__ import annotations

import unicodedata


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
    # Apostrophes, however a keyboard sets them
    table |= dict.fromkeys((0x2019, 0x02BC), "'")
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
