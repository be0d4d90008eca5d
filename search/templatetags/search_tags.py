"""What other pages show of the search: addresses, cards of hits, names of terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse

from search.cards import Card, cards
from search.engines.base import Hit
from search.facets import FACETS
from search.terms import term_url
from search.views import reader_language, vocabularies_of
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies

register = template.Library()


def _vocabularies(context: Context) -> Mapping[str, Vocabulary]:
    request = context.get("request")
    return vocabularies() if request is None else vocabularies_of(request)


@register.simple_tag
def search_url(**parameters: str | Iterable[str] | None) -> str:
    """The address of a search: ``{% search_url q="library" kind="mou" %}``; a value may be a
    list, empty ones are left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        values = [value] if isinstance(value, str) else list(value or ())
        pairs += [(name, one) for one in values if one]
    query = urlencode(pairs)
    return reverse("search:results") + (f"?{query}" if query else "")


@register.simple_tag
def term_address(facet: str, value: str) -> str:
    """The address of a term's page."""
    return term_url(facet, value)


@register.simple_tag(takes_context=True)
def kind_label(context: Context, code: str) -> str:
    """The name of a kind of entry in the active language."""
    term = _vocabularies(context)["kind"].get(code)
    return term.label(reader_language()) if term else code


@register.simple_tag(takes_context=True)
def hit_cards(context: Context, hits: Iterable[Hit]) -> list[Card]:
    """Hits as cards: ``{% hit_cards found.hits as cards %}``."""
    return cards(hits, language=reader_language(), vocabularies=_vocabularies(context))


@register.inclusion_tag("search/components/hit-list.html", takes_context=True)
def hit_list(context: Context, hits: Iterable[Hit], level: int = 3) -> dict[str, Any]:
    """A list of hits, their titles as headings of ``level``."""
    return {"cards": hit_cards(context, hits), "level": level}


@register.inclusion_tag("search/components/hit.html", takes_context=True)
def hit_card(context: Context, hit: Hit, level: int = 3) -> dict[str, Any]:
    """One hit as a card, its title as a heading of ``level``."""
    return {"card": hit_cards(context, [hit])[0], "level": level}


@register.inclusion_tag("search/components/classification.html", takes_context=True)
def classification_links(context: Context, page: Any) -> dict[str, Any]:
    """Everything that classifies an entry page's work, each term a link to its own page."""
    terms = _vocabularies(context)
    language = reader_language()
    groups = []
    for name, values in page.classification.items():
        links = []
        for value in values:
            term = terms[name].get(value)
            if term is None:
                continue
            strategy = terms["strategy"].get(term.group) if term.group else None
            links.append(
                {
                    "label": term.label(language),
                    "number": term.number,
                    "note": strategy.label(language) if strategy else "",
                    "url": search_url(tag=value) if name == "tag" else term_url(name, value),
                }
            )
        if links:
            groups.append({"name": name, "title": FACETS[name].title, "links": links})
    return {"groups": groups}
