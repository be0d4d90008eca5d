"""The forms in which entries can be had, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from toolkit.interchange import bibtex, csl, feeds, plain, ris, tables
from toolkit.interchange.selections import Selection


@dataclass(frozen=True)
class Form:
    """``code`` ends an address; ``is_saved`` where a browser saves it rather than shows it;
    ``is_of_one`` where it makes sense of a single entry, too."""

    code: str
    label: str | Promise
    mime_type: str
    write: Callable[[Selection], bytes]
    is_saved: bool = True
    is_of_one: bool = False
    newest_first: bool = False


@dataclass(frozen=True)
class FormLink:
    """A link to entries in one form."""

    label: str | Promise
    mime_type: str
    url: str


#: In the order in which they are offered: what most people open first.
FORMS: dict[str, Form] = {
    form.code: form
    for form in (
        Form("csv", _("Table (CSV)"), "text/csv", tables.write),
        Form("ris", "RIS", "application/x-research-info-systems", ris.write, is_of_one=True),
        Form("bib", "BibTeX", "application/x-bibtex", bibtex.write, is_of_one=True),
        Form(
            "csl.json",
            "CSL-JSON",
            "application/vnd.citationstyles.csl+json",
            csl.write,
            is_of_one=True,
        ),
        Form("json", "JSON", "application/json", plain.write, is_saved=False),
        Form(
            "atom",
            _("Feed (Atom)"),
            "application/atom+xml",
            feeds.write,
            is_saved=False,
            newest_first=True,
        ),
    )
}
#: For the pattern of an address.
CODES = "|".join(code.replace(".", r"\.") for code in FORMS)
CODES_OF_ONE = "|".join(code.replace(".", r"\.") for code, form in FORMS.items() if form.is_of_one)


def form_response(form: Form, selection: Selection, *, name: str) -> HttpResponse:
    """Entries in one form. ``name`` is that of the file, without its ending; where not all
    entries are in it, it says which."""
    if not selection.is_whole:
        name = f"{name}-1-{len(selection.references)}-of-{selection.total}"
    response = HttpResponse(form.write(selection), content_type=f"{form.mime_type}; charset=utf-8")
    disposition = content_disposition_header(form.is_saved, f"{name}.{form.code}")
    response["Content-Disposition"] = disposition or "inline"
    response["Content-Language"] = selection.language
    response["X-Robots-Tag"] = "noindex"  # search engines should lead to the pages
    patch_cache_control(response, no_cache=True)
    return response
