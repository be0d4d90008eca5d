"""The formats in which a document can be had, each declared once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from toolkit.documents import docx, odt, pdf
from toolkit.documents.outline import Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`code` stands in addresses; `write` turns an outline into the file."""

    code: str
    label: str | Promise
    mime_type: str
    extension: str
    write: Callable[[Outline], bytes]


# In the order in which they are offered: what most people open first.
FORMATS: dict[str, Format] = {
    item.code: item
    for item in (
        Format(
            code="docx",
            label=_("Word document"),
            mime_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            extension="docx",
            write=docx.write,
        ),
        Format(
            code="odt",
            label=_("OpenDocument text"),
            mime_type="application/vnd.oasis.opendocument.text",
            extension="odt",
            write=odt.write,
        ),
        Format(
            code="pdf",
            label=_("PDF"),
            mime_type="application/pdf",
            extension="pdf",
            write=pdf.write,
        ),
    )
}


def file_name(slug: str, language: str, format: str) -> str:
    """The name under which a file is saved, such as `library-ngo.ar.docx`.

    Only ASCII letters, digits and hyphens are kept of the slug, so that the name survives every
    file system and mail programme. Raises KeyError for a format that is not among FORMATS.
    """
    ascii_slug = unicodedata.normalize("NFKD", slug).encode("ascii", "ignore").decode("ascii")
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_slug.lower()).strip("-")[:100] or "document"
    code = re.sub(r"[^A-Za-z0-9-]", "", language)
    return f"{stem}.{code}.{FORMATS[format].extension}"
