"""Hits as they are shown: with the names of their kind, places and language for one reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel.lists import format_list
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search.engines.base import FoundIn, Hit, SearchPage
from search.requests import SearchRequest, Sort
from search.views.reasons import Reasons
from toolkit.core.collation import filing_key
from toolkit.core.templatetags.localise import cldr_locale, language_name, local_number
from toolkit.core.templatetags.page_parts import file_size
from toolkit.taxonomy.vocabularies import Vocabulary

PLACES = 3  # countries and regions named on a card


@dataclass(frozen=True)
class Card:
    """A hit for a reader. ``title`` and ``text`` are safe HTML in which only <mark> is markup.

    ``language`` is "" where the text is in the reader's own language; else its code, with
    ``language_name`` for a label and ``direction`` of writing. ``divider`` is the heading
    before this card, "" for none. ``classified`` are the labels for which it was found, where no
    word of what is shown is marked; ``found_in`` is the file for whose words it was, ``elsewhere``
    the name of the language whose text has them.
    """

    key: str
    kind: str
    kind_label: str
    title: SafeString
    text: SafeString
    url: str
    published: str
    places: tuple[str, ...] = ()
    language: str = ""
    language_name: str = ""
    direction: str = ""
    divider: str = ""
    classified: tuple[str, ...] = ()
    found_in: FileOfCard | None = None
    elsewhere: str = ""


@dataclass(frozen=True)
class FileOfCard:
    """A file of an entry in which words of the query stand; ``title`` and ``text`` and the rest as
    a card has them. ``about`` is its format and size."""

    title: SafeString
    text: SafeString
    url: str
    about: str
    language: str = ""
    language_name: str = ""
    direction: str = ""


def card(
    hit: Hit,
    *,
    language: str,
    vocabularies: Mapping[str, Vocabulary],
    reasons: Reasons | None = None,
    divider: str = "",
) -> Card:
    """One hit for a reader of ``language``, with what her search knows of why it was found."""
    kind = vocabularies["kind"].get(hit.kind)
    is_foreign = hit.language != language
    classified = reasons.classification(hit) if reasons else ()
    elsewhere = hit.elsewhere if reasons and not classified else ""
    return Card(
        key=hit.key,
        kind=hit.kind,
        kind_label=kind.label(language) if kind else hit.kind,
        # Both come from the engine as escaped text with <mark> (the contract of Hit)
        title=mark_safe(hit.title_html or escape(hit.title)),  # noqa: S308
        text=mark_safe(hit.highlight or escape(hit.summary)),  # noqa: S308
        url=hit.url,
        published=hit.published,
        places=_places(hit, language, vocabularies["region"]),
        language=hit.language if is_foreign else "",
        language_name=language_name(hit.language, language) if is_foreign else "",
        direction=cldr_locale(hit.language).text_direction if is_foreign else "",
        divider=divider,
        classified=classified,
        elsewhere=language_name(elsewhere, language) if elsewhere else "",
        found_in=_file(hit.found_in, language) if hit.found_in else None,
    )


def _file(found: FoundIn, language: str) -> FileOfCard:
    is_foreign = found.language != language
    about = [found.format, file_size(found.size) if found.size else ""]
    return FileOfCard(
        title=mark_safe(found.title_html),  # noqa: S308 - as a hit's
        text=mark_safe(found.highlight),  # noqa: S308
        url=found.url,
        about=", ".join(filter(None, about)),
        language=found.language if is_foreign else "",
        language_name=language_name(found.language, language) if is_foreign else "",
        direction=cldr_locale(found.language).text_direction if is_foreign else "",
    )


def cards(
    hits: Iterable[Hit],
    *,
    language: str,
    vocabularies: Mapping[str, Vocabulary],
    asked: SearchRequest | None = None,
) -> list[Card]:
    """Hits as cards, without dividers: for lists that no count goes with. ``asked`` is the search
    that found them by words, if one did."""
    reasons = Reasons(asked, vocabularies) if asked else None
    return [
        card(hit, language=language, vocabularies=vocabularies, reasons=reasons) for hit in hits
    ]


def result_cards(
    page: SearchPage, request: SearchRequest, vocabularies: Mapping[str, Vocabulary]
) -> list[Card]:
    """The hits of a results page, with a heading before the first one in another language."""
    first = _first_foreign(page, request)
    reasons = Reasons(request, vocabularies)
    return [
        card(
            hit,
            language=request.language,
            vocabularies=vocabularies,
            reasons=reasons,
            divider=_divider(page, request) if place == first else "",
        )
        for place, hit in enumerate(page.hits)
    ]


def _in_own_language(page: SearchPage, request: SearchRequest) -> int | None:
    """How many works of the answer have a version in the reader's language; None where a
    filter by language makes the counts say something else."""
    if "language" in request.selected:
        return None
    return page.counts.get("language", {}).get(request.language, 0)


def _first_foreign(page: SearchPage, request: SearchRequest) -> int | None:
    """The place on this page at which the reader's language ends, None where nothing on it
    says so. By relevance all works in that language come before the first other."""
    own = _in_own_language(page, request)
    if own and (request.sort is not Sort.RELEVANCE or request.query.is_empty):
        return None  # sorted by date or title, languages mix
    languages = [hit.language for hit in page.hits]
    first = next((i for i, code in enumerate(languages) if code != request.language), None)
    if own is None or first is None or request.language in languages[first:]:
        return None
    place = request.offset + first
    return first if place == own or (first == 0 and place > own) else None


def continued(heading: str) -> str:
    """The heading of a list that began on a page before."""
    return _("%(heading)s (continued)") % {"heading": heading}


def _divider(page: SearchPage, request: SearchRequest) -> str:
    """The heading of what is in other languages, on the page where it begins and on the next."""
    text = _in_other_languages(page, request)
    own = _in_own_language(page, request) or 0
    return continued(text) if request.offset > own else text


def _in_other_languages(page: SearchPage, request: SearchRequest) -> str:
    """“12 more in English and French”; the languages are named where they are known for sure."""
    own = _in_own_language(page, request) or 0
    number = page.total - own
    foreign = [hit.language for hit in page.hits if hit.language != request.language]
    present = [code for code in page.counts.get("language", {}) if code != request.language]
    if len(foreign) == number:
        named = list(dict.fromkeys(foreign))
    elif len(present) == 1:
        named = present
    else:
        named = []
    if not named:
        text = ngettext(
            "%(number)s more in another language", "%(number)s more in other languages", number
        )
        return text % {"number": local_number(number)}
    names = [language_name(code, request.language) for code in named]
    if own:
        text = ngettext(
            "%(number)s more in %(languages)s", "%(number)s more in %(languages)s", number
        )
    else:
        text = ngettext("%(number)s in %(languages)s", "%(number)s in %(languages)s", number)
    return text % {
        "number": local_number(number),
        "languages": format_list(names, locale=cldr_locale(request.language)),
    }


def _places(hit: Hit, language: str, regions: Vocabulary) -> tuple[str, ...]:
    """The narrowest regions of a hit: a country stands for the region around it."""
    values = hit.facets.get("region", ())
    wider = {ancestor for value in values for ancestor in regions.ancestors(value)}
    terms = [regions.get(value) for value in values if value not in wider]
    labels = [term.label(language) for term in terms if term]
    return tuple(sorted(labels, key=lambda label: filing_key(label, language))[:PLACES])
