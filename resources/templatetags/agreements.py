"""An agreement on the page: blanks shown as blanks, variants by partner type."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

from resources.clauses import MARKER
from search.reader import vocabularies_of
from toolkit.core.templatetags.page_parts import rich
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies

register = template.Library()

#: A marker in the address of a link is no blank: it stands in a tag, which is passed over.
_TAG_OR_MARKER = re.compile(rf'<(?:[^>"]|"[^"]*")*>|{MARKER.pattern}')


@register.simple_tag
def blank_labels(placeholders: StreamValue) -> dict[str, str]:
    """The code of every blank of an agreement → what is to be filled in."""
    return {block.value["code"]: block.value["label"] for block in placeholders}


@register.filter
def with_blanks(text: Any, labels: dict[str, str]) -> SafeString:
    """A clause's text with each ``{code}`` as a visible blank that says what goes there."""
    spoken = _("Blank")

    def blank(found: re.Match[str]) -> str:
        code = found[1]
        if not code:
            return found[0]
        return format_html(
            '<span class="blank"><span class="visually-hidden">{}: </span>{}</span>',
            spoken,
            labels.get(code, code),
        )

    return mark_safe(_TAG_OR_MARKER.sub(blank, str(rich(text, 4))))  # noqa: S308  (sanitised by rich)


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
