"""Links to the forms of an entry or a result, and what reference managers read of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from search.engines.base import SearchPage
from search.reader import reader_language, vocabularies_of
from search.requests import SearchRequest
from search.views.facets import address
from toolkit.interchange.forms import FORMS, FormLink
from toolkit.interchange.references import Reference, reference_of
from toolkit.interchange.selections import BOUND, bound_note
from toolkit.taxonomy.vocabularies import vocabularies
from toolkit.taxonomy.works import Attachment, EntryPage

register = template.Library()

#: CSL's type → Zotero's, which takes whatever has a ``citation_title`` for an article of a journal.
ZOTERO_TYPES = {"report": "report", "webpage": "webpage"}


@register.simple_tag(takes_context=True)
def reference(
    context: dict[str, Any], page: EntryPage, attachments: Iterable[Attachment], root: str
) -> Reference:
    """What is said of an entry's page when it is cited; ``attachments`` are its files."""
    request = context.get("request")
    return reference_of(
        page,
        kind=str(getattr(page, "search_kind", "")),
        classification=page.classification,
        attachments=attachments,
        terms=vocabularies() if request is None else vocabularies_of(request),
        reader=reader_language(),
        root=root,
    )


@register.simple_tag
def forms_of_entry(page: EntryPage) -> list[FormLink]:
    """An entry in every form; nothing of one that is not open to all, nor of its draft."""
    if page.pk not in {version.pk for version in page.versions}:
        return []
    return [
        FormLink(
            form.label,
            form.mime_type,
            reverse("entry-form", args=[page.translation_key, form.code]),
        )
        for form in FORMS.values()
        if form.is_of_one
    ]


@register.simple_tag
def forms_of_result(asked: SearchRequest) -> list[FormLink]:
    """All pages of a result in every form."""
    query = address(asked.on_page(1)).removesuffix("?")
    return [
        FormLink(form.label, form.mime_type, f"{reverse('results-form', args=[code])}{query}")
        for code, form in FORMS.items()
    ]


@register.simple_tag
def address_of_result(asked: SearchRequest) -> str:
    """The path at which everybody sees a result from its beginning."""
    return f"{reverse('search:results')}{address(asked.on_page(1)).removesuffix('?')}"


@register.simple_tag
def what_files_lack(found: SearchPage) -> str:
    """That files do not hold the whole result; "" where they do."""
    return bound_note(found.total) if found.total > BOUND else ""


@register.simple_tag
def alternate_forms(links: Iterable[FormLink]) -> SafeString:
    """For the head of a page: the same in other forms."""
    return format_html_join(
        "\n",
        '<link rel="alternate" type="{}" title="{}" href="{}">',
        ((link.mime_type, link.label, link.url) for link in links),
    )


@register.simple_tag
def cited(reference: Reference) -> SafeString:
    """For the head of an entry's page: the same as Highwire's names, which Zotero and Google
    Scholar read, and as Dublin Core's."""
    return format_html(
        '<link rel="schema.DC" href="http://purl.org/dc/elements/1.1/">\n{}',
        format_html_join("\n", '<meta name="{}" content="{}">', _meta(reference)),
    )


def _meta(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "z:itemType", ZOTERO_TYPES.get(reference.type, ZOTERO_TYPES["webpage"])
    yield "citation_title", reference.title
    # A family name without a given one: without the comma Zotero takes "Kenya Library" for given
    yield "citation_author", f"{reference.author},"
    if reference.type == "report":
        yield "citation_technical_report_institution", reference.publisher
    else:
        yield "citation_publisher", reference.publisher
    if reference.issued:
        yield "citation_publication_date", f"{reference.issued:%Y/%m/%d}"
    yield "citation_language", reference.language
    yield "citation_public_url", reference.url
    if reference.pdf:
        yield "citation_pdf_url", reference.pdf
    for keyword in reference.keywords:
        yield "citation_keywords", keyword
    yield "DC.title", reference.title
    yield "DC.creator", reference.author
    yield "DC.publisher", reference.publisher
    if reference.issued:
        yield "DC.date", reference.issued.isoformat()
    yield "DC.language", reference.language
    yield "DC.description", reference.summary
    yield "DC.identifier", reference.url
    yield "DC.rights", f"{reference.licence} {reference.licence_url}".strip()


@register.simple_tag
def share_addresses(title: str, url: str) -> dict[str, str]:
    """Addresses that open a mail, or a message of WhatsApp, with a title and an address in it. No
    program of theirs is on our pages: whoever follows the link tells them."""
    subject, body = quote(title, safe=""), quote(f"{title}\n{url}", safe="")
    return {
        "mail": f"mailto:?subject={subject}&body={body}",
        "whatsapp": f"https://wa.me/?text={body}",
    }
