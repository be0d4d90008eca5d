"""What the embedded index holds for an entry, and how it comes out again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

import tantivy

from search.entries import AttachedFile, SearchEntry, Version
from search.text import documents, terms
from toolkit.core import collation

#: Raised with every change of the fields below. Together with the versions of the analysis and
#: of the collations it names an index: one that another release made counts as missing and is
#: built anew.
SCHEMA_VERSION = f"4.{terms.VERSION}.{collation.VERSION}"

_ONE_TERM: dict[str, Any] = {"tokenizer_name": "raw", "index_option": "basic"}
_TERMS: dict[str, Any] = {"tokenizer_name": "terms", "index_option": "position"}
#: The most that a key adds to a score, as a share of it: scores this close count as equal.
TIE_WEIGHT = 1e-3
_LAST_DAY = datetime.date.max.toordinal()
_PLACE_BITS = 40


def schema() -> tantivy.Schema:
    """The fields of the index.

    ``key``, ``languages``  exact values to look up; ``prints`` key and fingerprint
    ``facets``   "name=value": to filter by, to count by
    ``text_L`` and so on, see ``search.documents.document``
    ``sort_L``   a string that orders totally (it ends in the key)
    ``newest``   a number that orders by day, latest first, and roughly by key
    ``tie``      what a score is raised by so that equal ones come by key
    ``head``, ``tail``  the key's first 16 bytes as numbers, to order ties quickly
    ``entry``, ``version_L``, ``attached``  what hits are drawn from, and the index is copied from
    """
    builder = tantivy.SchemaBuilder()
    for name in ("key", "languages", "prints"):
        builder.add_text_field(name, **_ONE_TERM)
    builder.add_text_field("facets", fast=True, **_ONE_TERM)
    for language in terms.LANGUAGES:
        for name in ("text", "title", "summary", "files"):
            builder.add_text_field(f"{name}_{language}", **_TERMS)
        builder.add_text_field(f"pairs_{language}", **{**_TERMS, "index_option": "freq"})
        if language in terms.LETTERED:
            builder.add_text_field(f"letters_{language}", **{**_TERMS, "index_option": "basic"})
        builder.add_text_field(f"sort_{language}", fast=True, **_ONE_TERM)
        builder.add_bytes_field(f"version_{language}", stored=True)
    for name in ("words", "titles", "filed"):
        builder.add_text_field(name, **_TERMS)
    builder.add_unsigned_field("newest", fast=True)
    builder.add_float_field("tie", fast=True)
    builder.add_unsigned_field("head", fast=True)
    builder.add_unsigned_field("tail", fast=True)
    builder.add_bytes_field("entry", stored=True)
    builder.add_bytes_field("attached", stored=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Needed after every open: an index does not remember its tokenizers."""
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("terms", whitespace)


def index_document(entry: SearchEntry) -> tantivy.Document:
    """The document that carries an entry."""
    document = tantivy.Document()
    document.add_text("key", entry.key)
    document.add_text("prints", f"{entry.fingerprint()} {entry.key}")
    key = entry.key.encode("utf-8", "replace")[:16].ljust(16, b"\0")
    head = int.from_bytes(key[:8], "big")
    place = _place(entry.key)
    document.add_float("tie", TIE_WEIGHT * (1 - place / 2**_PLACE_BITS))
    document.add_unsigned("head", head)
    document.add_unsigned("tail", int.from_bytes(key[8:], "big"))
    for name, values in entry.facets.items():
        for value in values:
            document.add_text("facets", f"{name}={value}")
    day = entry.published.toordinal() if entry.published else 0
    document.add_unsigned("newest", (_LAST_DAY - day) << _PLACE_BITS | place)
    for name, text in documents.document(entry).items():
        if name.startswith("sort_"):
            text = f"{text}\x00{entry.key}"
        document.add_text(name, text)
    for language, version in entry.versions.items():
        document.add_text("languages", language)
        texts = [version.title, version.url, version.summary, version.body]
        document.add_bytes(f"version_{language}", _dump(texts))
    document.add_bytes("entry", _dump(_shell(entry)))
    if entry.files:
        document.add_bytes("attached", _dump([list(vars(file).values()) for file in entry.files]))
    return document


def _place(key: str) -> int:
    """Where a key stands among all keys, as a number of 40 bits: exact for the first ten hex
    digits (a UUID has eight before its first hyphen), never in the wrong order for others."""
    place = 0
    for position, letter in enumerate(key[:10]):
        digit = "0123456789abcdef".find(letter)
        if digit < 0:
            # Not hex: as low as the next hex digit above it, or as high as can be; what
            # follows then says nothing, as letters between two digits share a place
            above = sum(known <= letter for known in "0123456789abcdef")
            rest = 4 * (10 - position)
            return (place << rest) + min(above << (rest - 4), (1 << rest) - 1)
        place = place << 4 | digit
    return place << 4 * (10 - min(len(key), 10))


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _shell(entry: SearchEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "kind": entry.kind,
        "original": entry.original,
        "languages": sorted(entry.versions),
        "facets": {name: sorted(values) for name, values in sorted(entry.facets.items())},
        "labels": {language: list(names) for language, names in entry.labels.items()},
        "published": entry.published.isoformat() if entry.published else "",
    }


class StoredEntry:
    """A document of the index, read as far as it is needed."""

    def __init__(self, document: tantivy.Document) -> None:
        self._document = document
        self.shell: Mapping[str, Any] = json.loads(bytes(document.get_first("entry") or b"{}"))

    @property
    def key(self) -> str:
        key: str = self.shell["key"]
        return key

    def version(self, language: str) -> Version | None:
        stored = self._document.get_first(f"version_{language}")
        if stored is None:
            return None
        title, url, summary, body = json.loads(bytes(stored))
        return Version(language, title, url, summary, body)

    def version_for(self, language: str) -> Version:
        """The version in ``language``, else the original."""
        version = self.version(language) or self.version(self.shell["original"])
        assert version is not None  # noqa: S101 - an entry has its original version
        return version

    def files(self) -> tuple[AttachedFile, ...]:
        stored = self._document.get_first("attached")
        return tuple(AttachedFile(*row) for row in json.loads(bytes(stored))) if stored else ()

    def entry(self) -> SearchEntry:
        """The entry that was indexed."""
        versions = {language: self.version(language) for language in self.shell["languages"]}
        published = self.shell["published"]
        return SearchEntry(
            key=self.key,
            kind=self.shell["kind"],
            original=self.shell["original"],
            versions={language: v for language, v in versions.items() if v is not None},
            facets={name: frozenset(values) for name, values in self.shell["facets"].items()},
            labels={language: tuple(names) for language, names in self.shell["labels"].items()},
            published=datetime.date.fromisoformat(published) if published else None,
            files=self.files(),
        )
