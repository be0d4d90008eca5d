"""RIS, as reference managers exchange it: a field a line, "TY" first, "ER" last.

Tags as Zotero, EndNote and Mendeley read them. A licence is what Zotero reads as "Rights".
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.interchange.references import Reference
from toolkit.interchange.selections import Selection

#: CSL's type → RIS's; any other is a page of a website. Zotero takes GEN for an article.
TYPES = {"report": "RPRT", "webpage": "ELEC"}


def write(selection: Selection) -> bytes:
    lines = [
        f"{tag}  - {one_line(value)}".rstrip() if tag != "ER" else "ER  - "
        for reference in selection.references
        for tag, value in _fields(reference)
        if value or tag == "ER"
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def one_line(text: str) -> str:
    """A text as one line: line ends of every kind, and what else is blank, are a space."""
    return " ".join(text.split())


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", TYPES.get(reference.type, TYPES["webpage"])
    yield "ID", reference.name
    yield "TI", reference.title
    yield "AU", reference.author
    yield "PB", reference.publisher
    if reference.type == "webpage":
        yield "T2", reference.publisher  # the name of the website
    if reference.issued:
        yield "PY", f"{reference.issued:%Y}"
        yield "DA", f"{reference.issued:%Y/%m/%d}"
    yield "LA", reference.language
    yield "M3", reference.kind_label
    yield "AB", reference.summary
    for keyword in reference.keywords:
        yield "KW", keyword
    yield "UR", reference.url
    for file in reference.files:
        yield "L1" if file.mime_type == "application/pdf" else "L4", file.url
    yield "CR", f"{reference.licence} {reference.licence_url}".strip()
    yield "ER", ""
