"""Words of the files of office programs: archives of XML, read as a stream.

No tree is built, nothing is unpacked onto a disk, and an XML with declarations of its own is
refused unread: the formats need none, and that is where names that grow a thousandfold and
addresses of other files stand (ECMA-376 part 2, 9.1.1, forbids them; OpenDocument has none).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import BinaryIO
from xml.parsers import expat

from toolkit.attached.parsing.words import Unreadable, Words

#: Parts of an archive, bytes that are unpacked in all, and levels of elements.
MOST_PARTS, MOST_BYTES, DEEPEST = 10_000, 100_000_000, 500

_CHUNK = 65_536
#: How the encrypted files of Microsoft's programs begin, and their older formats.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_NUMBER = re.compile(r"\d+")


class _Archive:
    """An archive whose parts are handed out up to a bound that counts what really came out:
    what an archive says of its own size is not believed."""

    def __init__(self, file: BinaryIO) -> None:
        start = file.read(4)
        file.seek(0)
        if start == _COMPOUND:
            raise Unreadable("encrypted")
        if not start.startswith(b"PK"):
            raise Unreadable("other")
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
            raise Unreadable("damaged") from error
        parts = self._zip.infolist()
        if len(parts) > MOST_PARTS:
            raise Unreadable("large")
        self.names = [part.filename for part in parts]
        self._left = MOST_BYTES

    def read(self, name: str, feed: Callable[[bytes], None]) -> None:
        """Hand out a part, piece by piece."""
        try:
            with self._zip.open(name) as part:
                while piece := part.read(_CHUNK):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise Unreadable("large")
                    feed(piece)
        except RuntimeError as error:  # asks for a password
            raise Unreadable("encrypted") from error
        except NotImplementedError as error:  # packed in a way that no office program uses
            raise Unreadable("other") from error
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unreadable("damaged") from error

    def numbered(self, pattern: str) -> list[str]:
        """Parts whose names fit, by the number in them."""
        found = [name for name in self.names if re.fullmatch(pattern, name)]
        return sorted(found, key=lambda name: int((_NUMBER.search(name) or ["0"])[0]))


class _Passages:
    """Collects what stands inside of some elements (by local name), outside of others.

    A passage ends where an element of ``ends`` ends; of ``gaps`` each is a space.
    """

    def __init__(
        self,
        words: Words,
        *,
        inside: Iterable[str],
        outside: Iterable[str] = (),
        ends: Iterable[str],
        gaps: Iterable[str] = (),
    ) -> None:
        self._words = words
        self._inside, self._outside = frozenset(inside), frozenset(outside)
        self._ends, self._gaps = frozenset(ends), frozenset(gaps)
        self._passage: list[str] = []
        self._size = self._within = self._without = self._depth = 0

    def read(self, archive: _Archive, name: str) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            archive.read(name, lambda piece: _feed(parser, piece))
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable("damaged") from error
        finally:
            self._within = self._without = self._depth = 0
        self._flush()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable("hostile")
        local = name.rpartition(":")[2]
        self._within += local in self._inside
        self._without += local in self._outside
        if local in self._gaps:
            self._passage.append(" ")

    def _end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(":")[2]
        self._within -= local in self._inside
        self._without -= local in self._outside
        if local in self._ends:
            self._flush()

    def _text(self, text: str) -> None:
        if self._within and not self._without:
            self._passage.append(text)
            self._size += len(text)
            if self._size > _CHUNK:
                self._flush()

    def _flush(self) -> None:
        if self._passage:
            text = "".join(self._passage)
            self._passage.clear()
            self._size = 0
            self._words.add(text)


def _feed(parser: expat.XMLParserType, piece: bytes) -> None:
    parser.Parse(piece, False)


def _refuse(*_declaration: object) -> None:
    raise Unreadable("hostile")


def read_docx(file: BinaryIO, words: Words) -> None:
    """The text of a document, its tables, notes, headers and footers among it. What was deleted
    and is only kept as a change, and the remarks of reviewers, are not for readers."""
    archive = _Archive(file)
    _needs(archive, "word/document.xml")
    passages = _Passages(
        words, inside=["t"], outside=["Fallback"], ends=["p"], gaps=["tab", "br", "cr"]
    )
    passages.read(archive, "word/document.xml")
    for kind in ("footnotes", "endnotes", r"header\d*", r"footer\d*"):
        for name in archive.numbered(rf"word/{kind}\.xml"):
            passages.read(archive, name)


def read_xlsx(file: BinaryIO, words: Words) -> None:
    """The texts of a workbook's cells, each once; numbers are no words."""
    archive = _Archive(file)
    _needs(archive, "xl/workbook.xml")
    passages = _Passages(words, inside=["t"], outside=["rPh"], ends=["si", "is"])
    if "xl/sharedStrings.xml" in archive.names:
        passages.read(archive, "xl/sharedStrings.xml")
        return
    for name in archive.numbered(r"xl/worksheets/sheet\d+\.xml"):
        passages.read(archive, name)


def read_pptx(file: BinaryIO, words: Words) -> None:
    """The texts on the slides, without the speaker's notes."""
    archive = _Archive(file)
    _needs(archive, "ppt/presentation.xml")
    passages = _Passages(words, inside=["t"], outside=["Fallback"], ends=["p"], gaps=["br"])
    for name in archive.numbered(r"ppt/slides/slide\d+\.xml"):
        passages.read(archive, name)


def read_opendocument(file: BinaryIO, words: Words) -> None:
    """The paragraphs and headings of a text, a workbook or slides, without what was deleted and
    what reviewers remarked."""
    archive = _Archive(file)
    _needs(archive, "content.xml")
    if "META-INF/manifest.xml" in archive.names:
        manifest: list[bytes] = []
        archive.read("META-INF/manifest.xml", manifest.append)
        if b"encryption-data" in b"".join(manifest):
            raise Unreadable("encrypted")
    passages = _Passages(
        words,
        inside=["p", "h"],
        outside=["annotation", "tracked-changes", "notes"],
        ends=["p", "h"],
        gaps=["s", "tab", "line-break"],
    )
    passages.read(archive, "content.xml")


def _needs(archive: _Archive, name: str) -> None:
    """The part that makes an archive a file of its kind."""
    if name not in archive.names:
        raise Unreadable("encrypted" if "EncryptedPackage" in archive.names else "other")
