"""What stands beside an entry: its classification, its relatives, how to cite it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from search.engines.base import Hit, SearchPage
from search.reader import vocabularies_of
from search.views.browse import term_url
from toolkit.core.privacy import is_private, open_files
from toolkit.core.public_state import kept_for_state
from toolkit.core.templatetags.localise import language_name
from toolkit.core.templatetags.page_parts import direction, icon
from toolkit.pages.relatives import Relative, relatives_of
from toolkit.taxonomy.facets import CLASSIFYING, FACETS, Facet
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies
from toolkit.taxonomy.works import Attachment, EntryPage

register = template.Library()


@dataclass(frozen=True)
class TermLink:
    """A term of an entry, and the page with all others that share it."""

    value: str
    label: str
    number: str
    url: str


@dataclass(frozen=True)
class TermGroup:
    """The terms of one facet that an entry has."""

    facet: Facet
    terms: list[TermLink]


@dataclass(frozen=True)
class CountedTerm:
    """A term and the number of works that have it; ``is_general`` tells the term of what holds
    for all others."""

    label: str
    count: int
    url: str
    is_general: bool = False


def _terms(context: dict[str, Any]) -> Mapping[str, Vocabulary]:
    """All vocabularies, asked for once a request."""
    request = context.get("request")
    return vocabularies() if request is None else vocabularies_of(request)


@register.simple_tag(takes_context=True)
def term_label(context: dict[str, Any], vocabulary: str, value: str) -> str:
    """The label of a term in the reader's language, the value itself if there is no such term."""
    term = _terms(context)[vocabulary].get(value)
    return term.label() if term else value


@register.simple_tag(takes_context=True)
def term_groups(context: dict[str, Any], page: EntryPage) -> list[TermGroup]:
    """How an entry is classified, by facet, in the order of the vocabularies."""
    kept: tuple[str | None, list[TermGroup]] | None = getattr(page, "_term_groups", None)
    if kept is None or kept[0] != get_language():
        kept = page._term_groups = (get_language(), _term_groups(_terms(context), page))  # type: ignore[attr-defined]
    return kept[1]


def _term_groups(terms: Mapping[str, Vocabulary], page: EntryPage) -> list[TermGroup]:
    groups = []
    for facet in CLASSIFYING:
        known = terms[facet.name]
        values = page.classification[facet.name]
        links = [
            TermLink(
                value=term.value,
                label=term.label(),
                number=f"{term.group} · {term.number}" if term.group else term.number,
                url=term_url(facet.name, term.value)
                if facet.has_pages
                else _address({facet.name: term.value}),
            )
            for value in values
            if (term := known.get(value))
        ]
        if links:
            groups.append(TermGroup(facet=facet, terms=links))
    return groups


@register.simple_tag
def term_links(group: TermGroup) -> SafeString:
    """The terms of a group as list items, forty of them on a page, every part escaped."""
    style = "" if group.facet.numbered else ' class="chip"'
    items = []
    for term in group.terms:
        number = f'<span class="fact-number">{escape(term.number)}</span> ' if term.number else ""
        items.append(
            f'<li><a{style} href="{escape(term.url)}">{number}{escape(term.label)}</a></li>'
        )
    return mark_safe("".join(items))  # noqa: S308


@register.simple_tag(takes_context=True)
def attached_files(context: dict[str, Any], page: EntryPage) -> list[Attachment]:
    """The files that editors added to an entry, with their documents; those that the reader
    may have."""
    attachments = page.attachments.select_related("document__collection")
    if hasattr(attachments, "annotate"):  # those of a preview stand in no table
        attachments = kept_for_state(
            ("attachments", page.pk),
            lambda: list(attachments.annotate(private=is_private("document__collection__path"))),
        )
    attached = [item for item in attachments if item.document]
    private = [item.document for item in attached if getattr(item, "private", True)]
    kept_back = set(private) - set(open_files(private, context.get("request")))
    return [item for item in attached if item.document not in kept_back]


@register.simple_tag(takes_context=True)
def counted_terms(
    context: dict[str, Any],
    vocabulary: str,
    found: SearchPage,
    *,
    roots: bool = False,
    kinds: str = "",
) -> list[CountedTerm]:
    """The terms of a vocabulary with the number of entries of each; ``roots`` leaves out the
    narrower ones. With ``kinds`` a term leads to the search for these kinds of it, else to
    its page. Terms without an entry are kept: a gap is worth seeing."""
    counts = found.counts.get(vocabulary, {})
    general = FACETS[vocabulary].general
    return [
        CountedTerm(
            label=term.label(),
            count=counts.get(term.value, 0),
            url=_address({"kind": kinds.split(), vocabulary: term.value})
            if kinds
            else term_url(vocabulary, term.value),
            is_general=term.value == general,
        )
        for term in _terms(context)[vocabulary]
        if not (roots and term.parent)
    ]


@register.simple_tag(takes_context=True)
def entry_cards(
    context: dict[str, Any],
    hits: Iterable[Hit | Relative],
    *,
    short: bool = False,
) -> SafeString:
    """Entries as list items: kind, title, summary unless ``short``, why a relative is one, and
    the language where it is not the reader's. Twenty of them as template nodes would cost as
    much as the rest of a section."""
    kinds, language = _terms(context)["kind"], get_language()
    cards = []
    for item in hits:
        hit, reason = (item.hit, item.reason) if isinstance(item, Relative) else (item, "")
        kind = kinds.get(hit.kind)
        own = hit.language == language
        way = "" if own else f' lang="{hit.language}" dir="{direction(hit.language)}"'
        hreflang = "" if own else f' hreflang="{hit.language}"'
        parts = [
            f'<p class="kind">{icon(hit.kind)} {escape(kind.label() if kind else hit.kind)}</p>',
            f'<h3 class="card-title"><a href="{escape(hit.url)}"{way}'
            f"{hreflang}>{escape(hit.title)}</a></h3>",
        ]
        if hit.summary and not short:
            parts.append(f'<p class="card-text"{way}>{escape(hit.summary)}</p>')
        if reason:
            parts.append(f'<p class="card-meta card-reason">{escape(reason)}</p>')
        if not own:
            globe, name = icon("globe", "icon--small"), escape(language_name(hit.language))
            parts.append(f'<p class="card-meta">{globe} {name}</p>')
        cards.append(f'<li class="card">{"".join(parts)}</li>')
    return mark_safe("".join(cards))  # noqa: S308  (every part is escaped)


@register.simple_tag
def kinds_address(kinds: str) -> str:
    """The search for all entries of these kinds, codes separated by spaces."""
    return _address({"kind": kinds.split()})


def _address(query: dict[str, str | list[str]]) -> str:
    return f"{reverse('search:results')}?{urlencode(query, doseq=True)}"


@register.simple_tag(takes_context=True)
def relatives(context: dict[str, Any], page: EntryPage) -> list[Relative]:
    """Entries that share most with this one, and why. No database query: the index knows."""
    return relatives_of(page, _terms(context))


@register.simple_tag(takes_context=True)
def linked_data(context: dict[str, Any], page: EntryPage, address: str) -> dict[str, Any]:
    """The entry as schema.org describes it, for machines that read pages."""
    language = page.locale.language_code
    kind = getattr(page, "search_kind", "")
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": page.schema_type,
        "@id": address,
        "url": address,
        "name": page.title,
        "headline": page.title[:110],
        "description": page.summary,
        "inLanguage": language,
        "isAccessibleForFree": True,
        "genre": term_label(context, "kind", kind),
    }
    if page.licence_url:
        data["license"] = page.licence_url
    if page.attribution:
        data["creator"] = {"@type": "Organization", "name": page.attribution}
        data["publisher"] = {"@type": "Organization", "name": settings.WAGTAIL_SITE_NAME}
    if page.issued:
        data["datePublished"] = page.issued.isoformat()
    if page.reviewed_at:
        data["dateModified"] = page.reviewed_at.isoformat()
    keywords = [
        term.label
        for group in term_groups(context, page)
        for term in group.terms
        if not (group.facet.general and term.value == group.facet.general)
    ]
    if keywords:
        data["keywords"] = keywords
    sources = [block.value["url"] for block in page.sources if block.value.get("url")]
    if sources:
        data["isBasedOn"] = sources
    return {**data, **page.schema_properties()}
