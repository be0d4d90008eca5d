"""CSV (RFC 4180) for spreadsheets, with headings in the reader's language.

It begins with a byte order mark, without which Excel takes Arabic and Chinese for Latin letters.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from toolkit.core.templatetags.localise import language_name
from toolkit.interchange.references import Reference
from toolkit.interchange.selections import Selection
from toolkit.taxonomy.facets import CLASSIFYING

BETWEEN = "; "
#: What a spreadsheet takes for the beginning of a formula or a command (OWASP, "CSV injection").
_FORMULA = frozenset("=+-@")
_COMMAND = frozenset("\t\r\n")


def write(selection: Selection) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(harmless(heading) for heading in _headings())
    for reference in selection.references:
        table.writerow(harmless(cell) for cell in _cells(reference))
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet calculates: an apostrophe stands before what would begin a
    formula, however wide its signs are written."""
    sign = unicodedata.normalize("NFKC", cell.lstrip()[:1])
    return f"'{cell}" if sign in _FORMULA or cell[:1] in _COMMAND else cell


def _headings() -> Iterator[str]:
    yield from (_("Title"), _("Kind"), _("Language"), _("Also in"), _("Author"))
    yield from (_("Published on"), _("Reviewed on"), _("Licence"), _("Publisher"))
    yield from (str(facet.heading) for facet in CLASSIFYING)
    yield from (_("Summary"), _("Address"), _("Files"), _("Identifier"))


def _cells(reference: Reference) -> Iterator[str]:
    others = [code for code in reference.languages if code != reference.language]
    yield reference.title
    yield reference.kind_label
    yield language_name(reference.language)
    yield BETWEEN.join(language_name(code) for code in others)
    yield reference.author
    yield reference.issued.isoformat() if reference.issued else ""
    yield reference.reviewed.isoformat() if reference.reviewed else ""
    yield reference.licence
    yield reference.publisher
    for facet in CLASSIFYING:
        yield BETWEEN.join(reference.terms.get(facet.name, ()))
    yield reference.summary
    yield reference.url
    yield BETWEEN.join(file.url for file in reference.files)
    yield reference.key
