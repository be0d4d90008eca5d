"""An agreement on the page: blanks shown as blanks, variants by partner type."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

from resources.blanks import filled
from search.reader import vocabularies_of
from toolkit.core.templatetags.page_parts import rich
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies

register = template.Library()


@register.simple_tag
def blank_labels(placeholders: StreamValue) -> dict[str, str]:
    """The code of every blank of an agreement → what is to be filled in."""
    return {block.value["code"]: block.value["label"] for block in placeholders}


@register.filter
def with_blanks(text: Any, labels: dict[str, str]) -> SafeString:
    """A clause's text with each ``{code}`` as a visible blank that says what goes there."""
    return _drawn(str(rich(text, 4)), labels)


@register.filter
def line_with_blanks(text: str, labels: dict[str, str]) -> SafeString:
    """A line of plain text, a heading, with its blanks drawn in the same way."""
    return _drawn(conditional_escape(text), labels)


@register.filter
def with_labels(text: str, labels: dict[str, str]) -> str:
    """A line of plain text in which each blank reads as what is to be filled in."""
    return filled(text, lambda code: f"[{_label(code, labels)}]")


def _drawn(html: str, labels: dict[str, str]) -> SafeString:
    spoken = _("Blank")
    return mark_safe(  # noqa: S308  (sanitised or escaped by the callers)
        filled(
            html,
            lambda code: format_html(
                '<span class="blank"><span class="visually-hidden">{}: </span>{}</span>',
                spoken,
                _label(code, labels),
            ),
        )
    )


def _label(code: str, labels: dict[str, str]) -> str:
    """What is to be filled in; of a blank that nobody declared, its code in words."""
    return labels.get(code) or code.replace("_", " ")


@register.simple_tag(takes_context=True)
def variant_partners(context: dict[str, Any], clauses: StreamValue) -> list[dict[str, str]]:
    """The partner types for which some clause has a wording of its own."""
    codes = {
        code
        for block in clauses
        for variant in block.value["variants"]
        for code in variant["partner_types"]
    }
    terms = _partner_types(context)
    return [{"value": term.value, "label": term.label()} for term in terms if term.value in codes]


@register.simple_tag(takes_context=True)
def partner_names(context: dict[str, Any], codes: list[str]) -> str:
    """The names of partner types, one after the other."""
    terms = _partner_types(context)
    names = [term.label() for code in codes if (term := terms.get(code))]
    return conditional_escape(" · ".join(names))


def _partner_types(context: dict[str, Any]) -> Vocabulary:
    request = context.get("request")
    known = vocabularies() if request is None else vocabularies_of(request)
    return known["partner"]
