"""Parts of the search's pages that are written in Python because there are so many of them."""

from __future__ import annotations

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from search.facets import FacetValue
from toolkit.core.templatetags.localise import local_number

register = template.Library()


@register.simple_tag
def facet_box(value: FacetValue) -> SafeString:
    """The checkbox of a facet's value with its label and count.

    A page has a hundred of them: as template nodes they would cost more than the search itself.
    """
    name = f"f-{escape(value.facet)}-{escape(value.value)}"
    number = f'<span class="facet__number">{escape(value.number)}</span> ' if value.number else ""
    own = ""
    if value.own_name:
        own = (
            f' <span class="facet__own" lang="{escape(value.language)}">'
            f"{escape(value.own_name)}</span>"
        )
    after = ""
    if value.after is not None:
        together = _("together %(number)s") % {"number": local_number(value.after)}
        after = f' <span class="facet__after">{escape(together)}</span>'
    return mark_safe(  # noqa: S308  every part is escaped above
        f'<label class="check" for="{name}"><input type="checkbox" id="{name}"'
        f' name="{escape(value.facet)}" value="{escape(value.value)}"'
        f"{' checked' if value.selected else ''}>"
        f' <span class="facet__label">{number}'
        f'<span class="facet__name">{escape(value.label)}</span>{own}</span>'
        f' <span class="facet__count">{local_number(value.count)}{after}</span></label>'
    )
