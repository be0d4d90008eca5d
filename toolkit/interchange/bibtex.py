"""BibTeX, in UTF-8, as biber and every reference manager of today read it.

BibTeX counts braces before it looks at a backslash: a pair of them may be escaped, but one without
its other would leave a field open, and is written as a command. Addresses stay as they are: styles
and managers take them by the letter, and they hold nothing but ASCII without braces.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.interchange.references import Reference
from toolkit.interchange.ris import one_line
from toolkit.interchange.selections import Selection

#: CSL's type → BibTeX's, and the field that names who published it.
TYPES = {"report": ("techreport", "institution"), "webpage": ("misc", "publisher")}
_COMMANDS = {
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{letter: f"\\{letter}" for letter in "%&$#_"},
}
_ALONE = {"{": r"{\lbrace}", "}": r"{\rbrace}"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def write(selection: Selection) -> bytes:
    return "\n".join(_entry(reference) for reference in selection.references).encode()


def escaped(text: str) -> str:
    """A text as the value of a field, without the braces around it."""
    text = one_line(text)
    paired = _paired_braces(text)
    return "".join(
        (f"\\{letter}" if place in paired else _ALONE[letter])
        if letter in _ALONE
        else _COMMANDS.get(letter, letter)
        for place, letter in enumerate(text)
    )


def _paired_braces(text: str) -> set[int]:
    """The places of the braces that belong to one another."""
    paired: set[int] = set()
    opened: list[int] = []
    for place, letter in enumerate(text):
        if letter == "{":
            opened.append(place)
        elif letter == "}" and opened:
            paired |= {opened.pop(), place}
    return paired


def _entry(reference: Reference) -> str:
    kind, _publisher = TYPES.get(reference.type, TYPES["webpage"])
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(reference))
    return f"@{kind}{{{reference.name},\n{fields}}}\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    _kind, publisher = TYPES.get(reference.type, TYPES["webpage"])
    # A second pair of braces keeps capitals, and a name in one piece
    yield "title", f"{{{{{escaped(reference.title)}}}}}"
    yield "author", f"{{{{{escaped(reference.author)}}}}}"
    yield publisher, f"{{{escaped(reference.publisher)}}}"
    if reference.issued:
        yield "year", f"{{{reference.issued.year}}}"
        yield "month", _MONTHS[reference.issued.month - 1]
        yield "date", f"{{{reference.issued.isoformat()}}}"
    for name, text in (
        ("language", reference.language),
        ("type", reference.kind_label),
        ("abstract", reference.summary),
        ("keywords", ", ".join(reference.keywords)),
        ("copyright", reference.licence),
    ):
        if text:
            yield name, f"{{{escaped(text)}}}"
    yield "url", f"{{{reference.url}}}"
    if reference.pdf:
        yield "pdf", f"{{{reference.pdf}}}"
