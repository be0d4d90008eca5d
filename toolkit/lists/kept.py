"""What a list holds: short keys of works in the order of whoever made it, written as one word.

The same word stands in the cookie of a device and in the address of a list, so nothing has to be
stored here for either. ``templates/static/js/list.js`` reads and writes it by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.core.short_keys import is_short_key

#: As many as fit on a few printed pages, and an address of them into a mail (540 characters).
MOST = 60
BETWEEN = "."

COOKIE = "list"
#: Seconds after the last change.
REMEMBERED_FOR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Kept:
    """``codes`` are short keys, each once, ``MOST`` at most. ``unread`` says how many other parts
    the text had that were none, ``left_out`` that it had more than ``MOST``."""

    codes: tuple[str, ...] = ()
    unread: int = 0
    left_out: bool = False

    @classmethod
    def read(cls, text: str) -> Kept:
        """A list from a text that anybody may have written."""
        parts = dict.fromkeys(part for part in text.split(BETWEEN) if part)
        codes = [part for part in parts if is_short_key(part)]
        return cls(
            codes=tuple(codes[:MOST]),
            unread=len(parts) - len(codes),
            left_out=len(codes) > MOST,
        )

    def __str__(self) -> str:
        return BETWEEN.join(self.codes)

    def __bool__(self) -> bool:
        return bool(self.codes)

    def and_these(self, codes: Iterable[str]) -> Kept:
        """The same with what it lacks of these behind it, as far as there is room."""
        return Kept.read(BETWEEN.join((*self.codes, *codes)))

    def without(self, codes: Iterable[str]) -> Kept:
        gone = set(codes)
        return Kept(tuple(code for code in self.codes if code not in gone))

    def with_moved(self, code: str, by: int) -> Kept:
        """The same with one of them so many places further on; as it is where that is no place."""
        if code not in self.codes:
            return self
        codes = list(self.codes)
        place = codes.index(code)
        codes.pop(place)
        codes.insert(min(max(place + by, 0), len(codes)), code)
        return Kept(tuple(codes))
