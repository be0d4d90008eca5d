"""The files that go with a template: composed from its words, attached to its page."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.models import Collection

from toolkit.core.markdown import markdown_to_html
from toolkit.documents.formats import FORMATS, file_name
from toolkit.documents.worksheet import (
    Worksheet,
    WorksheetSection,
    WorksheetTable,
    worksheet_outline,
)
from toolkit.starter.collection_files import Source
from toolkit.taxonomy.works import Attachment, Licence

#: A template is there to be filled in: no PDF.
_FORMATS = ("docx", "odt")


def worksheet(source: Source, original: Source) -> Worksheet:
    """What the template's file holds, in the language of ``source``."""
    file = source["file"]
    return Worksheet(
        title=file["title"],
        language=source.language,
        sections=tuple(_section(section) for section in file["sections"]),
        attribution=original.get("attribution"),
        licence=str(Licence(original.get("licence", Licence.CC_BY)).label),
        reviewed=original.get("reviewed", None),
    )


def attachments(source: Source, original: Source) -> list[Attachment]:
    """The template's file in every format to fill in, saved as documents of the site."""
    outline = worksheet_outline(worksheet(source, original))
    collection = Collection.get_first_root_node()
    found = []
    for order, code in enumerate(_FORMATS):
        document = Document(title=source["file"]["title"], collection=collection)
        name = file_name(source.slug, source.language, code)
        document.file = ContentFile(FORMATS[code].write(outline), name=name)
        document._set_document_file_metadata()
        document.save()
        found.append(Attachment(document=document, sort_order=order))
    return found


def _section(section: dict[str, Any]) -> WorksheetSection:
    table = section.get("table")
    return WorksheetSection(
        heading=section.get("heading") or "",
        text=str(markdown_to_html(section.get("text") or "")),
        table=WorksheetTable(
            columns=tuple(map(str, table.get("columns") or ())),
            rows=tuple(tuple(map(str, row)) for row in table.get("rows") or ()),
            blank_rows=int(table.get("blank_rows") or 0),
        )
        if table
        else None,
    )
