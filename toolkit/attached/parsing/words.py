"""What is taken from a file, and why nothing is."""

from __future__ import annotations

import re

#: Characters that are kept of a file: a hundred printed pages, say.
MOST_CHARACTERS = 200_000

_NO_WORDS = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b\ufeff\ufffd\ud800-\udfff]+")
_SPACES = re.compile(r"\s+")


class Unreadable(Exception):
    """A file has no words for us; ``args[0]`` says why, by ``toolkit.attached.reasons``."""


class Enough(Exception):
    """As much was taken as is kept."""


class Words:
    """Words as they come, one space between them."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._parts: list[str] = []
        self._room = most

    def add(self, text: str) -> None:
        """Take a passage. Raises ``Enough`` where there is no room for the rest of it."""
        # Of what is longer than the room, spaces and all, only the beginning can matter
        text = _NO_WORDS.sub(_blank, text[: 4 * self._room + 4])
        text = _SPACES.sub(" ", text).strip()
        if not text:
            return
        is_cut = len(text) > self._room
        self._parts.append(text[: self._room])
        self._room -= len(text) + 1
        if is_cut or self._room <= 0:
            raise Enough

    def __bool__(self) -> bool:
        return bool(self._parts)

    def __str__(self) -> str:
        return " ".join(self._parts)


def _blank(match: re.Match[str]) -> str:
    """Soft hyphens and what has no width stand inside words, control characters between them."""
    return "" if set(match[0]) <= set("\u00ad\u200b\ufeff") else " "
