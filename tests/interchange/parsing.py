"""The forms, read by programs that are none of ours."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from typing import Any

import bibtexparser
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc import formatter as formatters
from citeproc.source.json import CiteProcJSON
from django.test import Client

ATOM = {"a": "http://www.w3.org/2005/Atom"}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def get(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content


def table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV by its headings; it begins as Excel wants it to."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def ris(content: bytes) -> list[dict[str, Any]]:
    text = content.decode()
    tags = [line[:6] for line in text.split("\r\n") if line]
    assert all(tag[2:] == "  - " and tag[:2].isalnum() for tag in tags), "a field a line"
    return rispy.loads(text)


def bibtex(content: bytes) -> list[dict[str, str]]:
    library = bibtexparser.parse_string(
        content.decode(), append_middleware=[LatexDecodingMiddleware()]
    )
    assert not library.failed_blocks
    return [
        {name: _bare(field.value) for name, field in entry.fields_dict.items()}
        for entry in library.entries
    ]


def _bare(value: str) -> str:
    return value[1:-1] if value.startswith("{") and value.endswith("}") else value


def atom(content: bytes) -> list[ET.Element]:
    """The entries of a feed that has all that RFC 4287 asks of one."""
    feed = ET.fromstring(content)  # noqa: S314  (our own)
    assert feed.tag == f"{{{ATOM['a']}}}feed"
    for part in (feed, *feed.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated", "author/a:name"):
            assert len(part.findall(f"a:{name}", ATOM)) == 1, name
        assert part.find("a:link[@rel='alternate']", ATOM) is not None
    assert feed.find("a:link[@rel='self']", ATOM) is not None
    ids = [entry.findtext("a:id", "", ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert len(set(ids)) == len(ids)
    return feed.findall("a:entry", ATOM)


def harvard(content: bytes) -> list[str]:
    """CSL-JSON as a bibliography, in the style that comes with the processor."""
    items = json.loads(content)
    for item in items:
        item.pop("license", None)  # of 1.0.2, which this one does not know yet
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatters.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    return [str(entry) for entry in bibliography.bibliography()]
