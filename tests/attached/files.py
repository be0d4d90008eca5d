"""Files as people attach them, and as nobody should: made here, none is stored."""

from __future__ import annotations

import io
import zipfile
import zlib

import openpyxl
import pypdf
from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.models import Collection

from toolkit.documents.formats import FORMATS
from toolkit.documents.worksheet import (
    Worksheet,
    WorksheetSection,
    WorksheetTable,
    worksheet_outline,
)

#: What a word processor writes around its paragraphs.
_WORD = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/'
    '2006/main"><w:body>{}</w:body></w:document>'
)
_SHEETS = "<workbook/>"


def composed(kind: str, text: str, *, language: str = "en", title: str = "A plan") -> bytes:
    """A document that the site's own writers make: DOCX, ODT or PDF, with a table."""
    table = WorksheetTable(columns=("Column",), rows=((text,),))
    sections = (WorksheetSection(heading="Heading", text=f"<p>{text}</p>", table=table),)
    outline = worksheet_outline(Worksheet(title=title, language=language, sections=sections))
    return FORMATS[kind].write(outline)


def archive(parts: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def docx(body: str) -> bytes:
    """A word processor's file with this XML in its body."""
    return archive({"word/document.xml": _WORD.format(body)})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def workbook(*cells: str) -> bytes:
    made = openpyxl.Workbook()
    made.active.append([*cells, 123.5])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def encrypted_pdf() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(composed("pdf", "Secret words")))
    writer.encrypt("sesame", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def pdf_without_text(pages: int = 1) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def drawn_pdf(content: bytes) -> bytes:
    """A PDF of one page with these instructions."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1"
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    return _pdf(objects)


def growing_pdf() -> bytes:
    """A page that is packed into 300 kB and unpacks to as many megabytes."""
    content = zlib.compress(b" " * 300_000_000)
    return _pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
            b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
        ]
    )


def looping_pdf() -> bytes:
    """Pages that hold themselves, and say that they are a thousand million."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>",
    ]
    return _pdf(objects)


def _pdf(objects: list[bytes]) -> bytes:
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(made)


def _laughs() -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE w [<!ENTITY a0 "ha">{entities}]><w><t>&a9;</t></w>'


def _bomb() -> bytes:
    """A part of 120 MB, packed into 120 kB."""
    return archive({"word/document.xml": b"<w>" + b" " * 120_000_000 + b"</w>"})


def hostile() -> dict[str, tuple[str, bytes, str]]:
    """What it is → the kind that its name says, what is in it, and what has to be said of it."""
    plan = composed("docx", "Words of a plan")
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    return {
        "a PDF with a password": ("pdf", encrypted_pdf(), "encrypted"),
        "an office file with a password": ("docx", b"\xd0\xcf\x11\xe0" * 99, "encrypted"),
        "an OpenDocument with a password": (
            "odt",
            archive({"content.xml": b"\x01", "META-INF/manifest.xml": manifest}),
            "encrypted",
        ),
        "a zip bomb": ("docx", _bomb(), "large"),
        "an archive of too many parts": (
            "xlsx",
            archive({"xl/workbook.xml": _SHEETS, **{f"{n}": b"" for n in range(10_001)}}),
            "large",
        ),
        "a billion laughs": ("docx", archive({"word/document.xml": _laughs()}), "hostile"),
        "an outer entity": (
            "odt",
            archive({"content.xml": '<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;</p>'}),
            "hostile",
        ),
        "XML that is deep": ("docx", docx("<w:p>" * 100_000), "hostile"),
        "a file cut off": ("docx", plan[: len(plan) // 2], "damaged"),
        "XML cut off": ("docx", archive({"word/document.xml": "<w:p><w:t>no end"}), "damaged"),
        "a PDF cut off": ("pdf", composed("pdf", "Words of a plan")[:900], "damaged"),
        "a PDF of nothing but its first line": ("pdf", b"%PDF-1.7\n", "damaged"),
        "a DOCX called PDF": ("pdf", plan, "other"),
        "a PDF called DOCX": ("docx", composed("pdf", "Words"), "other"),
        "an ODT called XLSX": ("xlsx", composed("odt", "Words"), "other"),
        "a picture called TXT": ("txt", bytes(range(32)) * 99, "other"),
        "pages that hold themselves": ("pdf", looping_pdf(), "damaged"),
        "pages that are pictures": ("pdf", pdf_without_text(3), "wordless"),
        "nothing": ("txt", b"", "wordless"),
    }  # fmt: skip


def attach(
    content: bytes, name: str, *, title: str = "", collection: Collection | None = None
) -> Document:
    """A document as Wagtail's form saves it."""
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    document = Document(title=title or name, collection=collection or root)
    document.file = ContentFile(content, name=name)
    document._set_document_file_metadata()
    document.save()
    return document
