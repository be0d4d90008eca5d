"""Parts of the search's pages that are written in Python because there are so many of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from babel.lists import format_list
from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from search.views.cards import Card, FileOfCard
from search.views.facets import FacetGroup, FacetSection, FacetValue, folded
from toolkit.core.short_keys import short_key
from toolkit.core.templatetags.localise import cldr_locale, local_addition, local_date, local_number

register = template.Library()


@register.simple_tag
def hit_list(cards: Iterable[Card], level: int) -> SafeString:
    """Hits as lists, with the dividers between them as headings of this level."""
    lists: list[tuple[str, list[str]]] = []  # what stands before each, and its items
    for card in cards:
        if card.divider or not lists:
            divider = f'<h{level} class="hits__divider">{escape(card.divider)}</h{level}>\n'
            lists.append((divider if card.divider else "", []))
        lists[-1][1].append(f"<li>{_hit(card, level)}</li>")
    html = [f'{before}<ul class="hits">{"".join(items)}</ul>' for before, items in lists]
    return mark_safe("\n".join(html))  # noqa: S308


def _hit(card: Card, level: int) -> str:
    """A hit, every part of it escaped that is not safe already (its title and its text)."""
    way = f' lang="{card.language}" dir="{card.direction}"' if card.language else ""
    hreflang = f' hreflang="{card.language}"' if card.language else ""
    text = f'<p class="hit__text"{way}>{conditional_escape(card.text)}</p>' if card.text else ""
    facts = [f'<span class="hit__kind">{escape(card.kind_label)}</span>']
    facts += [f'<span class="hit__place">{escape(place)}</span>' for place in card.places]
    if card.published:
        day = escape(local_date(card.published))
        facts.append(f'<time class="hit__date" datetime="{escape(card.published)}">{day}</time>')
    if card.language:
        named = escape(_("In %(language)s") % {"language": card.language_name})
        facts.append(f'<span class="hit__language">{named}</span>')
    if card.classified:
        labels = format_list(card.classified, locale=cldr_locale(get_language() or "en"))
        reason = escape(_("Found by its classification: %(terms)s") % {"terms": labels})
        facts.append(f'<span class="hit__reason">{reason}</span>')
    if card.found_in:
        text += _in_file(card.found_in)
    if card.elsewhere:
        reason = escape(
            _("Found by its text in another language: %(language)s") % {"language": card.elsewhere}
        )
        facts.append(f'<span class="hit__reason">{reason}</span>')
    title = f'<a href="{escape(card.url)}"{hreflang}>{conditional_escape(card.title)}</a>'
    code = _code(card.key)
    name = f' id="title-{code}"' if code else ""
    return (
        f'<article class="hit"><h{level} class="hit__title"{name}{way}>{title}</h{level}>{text}'
        f'<p class="hit__facts">{" ".join(facts)}</p>{keep_button(card.key)}</article>'
    )


def _code(key: UUID | str) -> str:
    """The short form of a work's key, "" for what is none."""
    try:
        return short_key(key)
    except ValueError:
        return ""


@register.simple_tag
def keep_button(key: UUID | str, *, alone: bool = False) -> SafeString:
    """The button that puts a work into the reader's list, named by the heading whose id is
    ``title-<short key>``, or by itself where it stands ``alone`` on the work's page. It belongs to
    a form in the frame of every page. Nothing for what is no work's key.

    It is the same for every reader, so that pages stay in the page cache; a script shows whether
    the work is in the list. Without one, whoever pressed it is led back to ``#kept-<short key>``,
    which then is to be seen.
    """
    code = _code(key)
    if not code:
        return mark_safe("")
    named = "" if alone else f' id="keep-{code}" aria-labelledby="keep-{code} title-{code}"'
    text = escape(pgettext("an entry, in one's own list", "Keep"))
    said, where = escape(_("Kept.")), escape(_("Your list"))
    return mark_safe(  # noqa: S308
        f'<div class="keep"><button class="keep__button" type="submit" form="keep" name="keep"'
        f' value="{code}"{named}>{text}</button> <span class="keep__said" id="kept-{code}"'
        f' tabindex="-1">{said} <a href="{reverse("list")}">{where}</a></span></div>'
    )


def _in_file(file: FileOfCard) -> str:
    """The file in which the words stand, and the passage."""
    way = f' lang="{file.language}" dir="{file.direction}"' if file.language else ""
    hreflang = f' hreflang="{file.language}"' if file.language else ""
    link = (
        f'<a href="{escape(file.url)}"{hreflang}><bdi{way}>{conditional_escape(file.title)}</bdi>'
        "</a>"
    )
    about = ", ".join(filter(None, [file.about, file.language_name]))
    said = _("In the file %(link)s") % {"link": link}
    about = f' <span class="hit__file-about">({escape(about)})</span>' if about else ""
    passage = f'<p class="hit__text"{way}>{conditional_escape(file.text)}</p>' if file.text else ""
    return f'<p class="hit__file">{said}{about}</p>{passage}'


@register.simple_tag
def facets(groups: Iterable[FacetGroup]) -> SafeString:
    """All facets, each folded or open, with what is selected in its summary.

    A page has two hundred values: as template nodes they would cost more than the search.
    """
    words = _Words(
        find=escape(_("Find in this list")),
        idle=functools.cache(_idle),
        more=functools.cache(_more),
    )
    return mark_safe("\n".join(_group(group, words) for group in groups))  # noqa: S308


@dataclass(frozen=True)
class _Words:
    """What is said again and again among facets, translated once a page and escaped."""

    find: str
    idle: Callable[[int], str]
    more: Callable[[int], str]


def _idle(number: int) -> str:
    text = ngettext(
        "%(number)s more that changes nothing", "%(number)s more that change nothing", number
    )
    return escape(text % {"number": local_number(number)})


def _more(number: int) -> str:
    text = ngettext("%(number)s more", "%(number)s more", number)
    return escape(text % {"number": local_number(number)})


def _group(group: FacetGroup, words: _Words) -> str:
    name = f"facet-{group.name}"
    chosen = "".join(
        f' <bdi class="facet__chosen">{escape(value.label)}</bdi>' for value in group.selected
    )
    sections = [
        _section(section, group, words, is_open=not place or section.has_selected)
        for place, section in enumerate(group.sections)
    ]
    return (
        f'<details class="facet{" facet--long" if group.is_long else ""}" id="{name}"'
        f' data-find="{words.find}"{" open" if group.is_open else ""}>'
        f'<summary class="facet__title"><span id="{name}-title">{escape(group.title)}</span>'
        f'{chosen}</summary><div role="group" aria-labelledby="{name}-title">'
        f"{''.join(sections)}</div></details>"
    )


def _section(section: FacetSection, group: FacetGroup, words: _Words, *, is_open: bool) -> str:
    name = f"facet-{group.name}"
    if not section.title:
        return _values(section.values, group, words, name)
    name = f"{name}-{escape(section.code)}"
    return (
        f'<details class="facet__section" id="{name}"{" open" if is_open else ""}>'
        f"<summary>{escape(section.title)}</summary>"
        f"{_values(section.values, group, words, name)}</details>"
    )


def _values(
    values: Iterable[FacetValue], group: FacetGroup, words: _Words, name: str, more: str = ""
) -> str:
    """A list of values, then the folds behind it. ``name`` begins the ids of the folds."""
    parts = folded(values)

    def listed(those: Iterable[FacetValue]) -> str:
        items = "".join(_item(value, group, words) for value in those)
        return f'<ul class="facet__values{more}">{items}</ul>' if items else ""

    html = listed(parts.shown)
    for code, those, says in (("more", parts.rest, words.more), ("idle", parts.idle, words.idle)):
        if those:
            html += (
                f'<details class="facet__more" id="{name}-{code}">'
                f"<summary>{says(len(those))}</summary>{listed(those)}</details>"
            )
    return html


def _item(value: FacetValue, group: FacetGroup, words: _Words) -> str:
    box = _box(value, group)
    if not value.children:
        return f'<li class="facet__value">{box}</li>'
    name = f"facet-{group.name}-{escape(value.value)}"
    if value.is_idle:  # folded already, with all that is below it
        items = "".join(_item(child, group, words) for child in value.children)
        narrower = f'<ul class="facet__values facet__values--narrower">{items}</ul>'
        return f'<li class="facet__value">{box}{narrower}</li>'
    narrower = _values(value.children, group, words, name, " facet__values--narrower")
    if group.is_long:
        is_open = " open" if value.has_selected_child else ""
        narrower = (
            f'<details class="facet__children" id="{name}"'
            f"{is_open}><summary>{escape(group.narrower)}"
            f' <span class="facet__size">({local_number(len(value.children))})</span>'
            f'<span class="visually-hidden"> – {escape(value.label)}</span></summary>'
            f"{narrower}</details>"
        )
    return f'<li class="facet__value">{box}{narrower}</li>'


def _box(value: FacetValue, group: FacetGroup) -> str:
    """The checkbox of a value with its label and one number, every part of it escaped: the total
    after a click, or what the click adds where the facet has a selection. What is selected has
    none: its click takes away."""
    code = escape(value.value)
    name = f"f-{value.facet}-{code}"
    number = f'<span class="facet__number">{escape(value.number)}</span> ' if value.number else ""
    own = ""
    if value.own_name:
        own = f' <span class="facet__own" lang="{code}">{escape(value.own_name)}</span>'
    count = ""
    if group.selected and not value.selected:
        count = local_addition(value.promised - value.total)
    elif not value.selected:
        count = local_number(value.count)
    return (
        f'<label class="check" for="{name}"><input type="checkbox" id="{name}"'
        f' name="{value.facet}" value="{code}"{" checked" if value.selected else ""}>'
        f' <span class="facet__label">{number}'
        f'<span class="facet__name">{escape(value.label)}</span>{own}</span>'
        f' <span class="facet__count">{count}</span></label>'
    )
