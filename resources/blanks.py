"""The grammar of blanks: ``{first_party}`` in a text stands for what the parties fill in.

Pages, documents, the index and the forms' rules all read texts through this module, so that a
text is never right for one of them and raw for another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

#: A code as an editor declares it.
CODE = r"[a-z][a-z0-9_]*"

# What begins with a letter between two braces is meant as a blank, even if nobody declared it;
# {0} and {} are text.
_MARKER = re.compile(r"\{\s*([^\W\d_][^{}<>\n]{0,59})\}")
_TAG_OR_MARKER = re.compile(rf'<(?:[^>"]|"[^"]*")*>|{_MARKER.pattern}')


def code_of(written: str) -> str:
    """The code that is meant between braces: "Party B" and " party_b " are ``party_b``."""
    return re.sub(r"[\s\u00a0-]+", "_", written.strip()).lower()


def codes_in(text: str) -> list[str]:
    """The codes of the blanks in a text or in HTML, in order; one that stands twice is there
    twice. A marker in the address of a link is no blank."""
    return [code_of(found[1]) for found in _TAG_OR_MARKER.finditer(text) if found[1]]


def filled(text: str, blank: Callable[[str], str]) -> str:
    """A text, or HTML, with each blank replaced by what ``blank`` says for its code."""
    return _TAG_OR_MARKER.sub(
        lambda found: blank(code_of(found[1])) if found[1] else found[0], text
    )


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """A plain text cut at its blanks: (text, "") and ("", code) in turn, no empty texts."""
    place = 0
    for found in _MARKER.finditer(text):
        if found.start() > place:
            yield text[place : found.start()], ""
        yield "", code_of(found[1])
        place = found.end()
    if place < len(text):
        yield text[place:], ""
