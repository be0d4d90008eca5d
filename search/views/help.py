"""The page that explains the search: what it does with what is typed, with searches to try.

What is typed in the examples is a text of the interface: translators choose, for each language,
words that show the same there (``tests/starter/test_search_help.py`` runs them all).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import conditional_page, require_safe

from search.answers import REBUILDING, answer_as_meant
from search.names import names
from search.reader import reader_language, vocabularies_of
from search.requests import MAX_QUERY_LENGTH, MAX_WORDS, SearchRequest
from search.views.descriptions import describe
from search.views.facets import address, read_request
from toolkit.core.public_state import kept_for_state
from toolkit.core.templatetags.localise import cldr_locale
from toolkit.taxonomy.vocabularies import Vocabulary

#: What each example of the page is called there → the words it asks for.
WORDS: dict[str, str | Promise] = {
    # Translators: an example of a search whose two words stand together in some texts only
    "all": pgettext_lazy("a search", "agreement newspaper"),
    # Translators: an abbreviation or name of a partner and of a kind of entry
    "names": pgettext_lazy("a search", "ngo mou"),
    # Translators: a kind of entry and a part of the world
    "place": pgettext_lazy("a search", "case study africa"),
    # Translators: a word of another language than yours, written as there
    "foreign": pgettext_lazy("a search", "plaidoyer"),
    # Translators: two words that often stand next to each other, in your quotation marks
    "phrase": pgettext_lazy("a search", "“library association”"),
    # Translators: the same two words without quotation marks
    "loose": pgettext_lazy("a search", "library association"),
    # Translators: a word, and with a minus sign (-) one that is to be left out
    "without": pgettext_lazy("a search", "agreement -consortium"),
    # Translators: a word that is not finished
    "beginning": pgettext_lazy("a search", "memoran"),
    # Translators: a word that is written in two ways (accents, letters, plural): the one …
    "spelling": pgettext_lazy("a search", "organisation"),
    # Translators: … and the other. Both find the same
    "respelling": pgettext_lazy("a search", "organization"),
    # Translators: a word with a letter too many or too few
    "misspelt": pgettext_lazy("a search", "libary"),
}
#: The same for examples that ask for values of facets, or for an order.
CHOSEN: dict[str, dict[str, list[str]]] = {
    "filters": {"kind": ["mou"], "partner": ["ngos"]},
    "region": {"region": ["sub-saharan-africa"]},
}


@dataclass(frozen=True)
class Example:
    """A search to try: what it is called, its address, and what it finds on this site now.

    ``total`` is None while nobody can tell; ``title`` is that of the first hit, as text, "" for
    none, ``language`` and ``direction`` are of its text, "" where it is in the reader's own.
    """

    label: str
    asked: SearchRequest
    url: str
    total: int | None = None
    title: str = ""
    language: str = ""
    direction: str = ""


@require_safe
@conditional_page
def how_it_works(request: HttpRequest) -> HttpResponse:
    """What the search does with what is typed, in the reader's language."""
    context = {
        "example": examples(reader_language(), vocabularies_of(request)),
        "max_characters": MAX_QUERY_LENGTH,
        "max_words": MAX_WORDS,
    }
    response = render(request, "search/help.html", context)
    patch_cache_control(response, no_cache=True)
    return response


def examples(language: str, vocabularies: Mapping[str, Vocabulary]) -> dict[str, Example]:
    """The examples of the page in the active language, by name; those are left out that ask for
    what this site has no term for. What they find is asked for once for a state of the site."""

    def made() -> dict[str, Example]:
        queries = {name: {"q": [str(words)]} for name, words in WORDS.items()} | CHOSEN
        found = {}
        for name, query in queries.items():
            asked = read_request(query, language=language, vocabularies=vocabularies)
            if not asked.unknown:
                found[name] = _example(asked, vocabularies)
        return found

    return kept_for_state(("search help", language), made, from_index=True)


def _example(asked: SearchRequest, vocabularies: Mapping[str, Vocabulary]) -> Example:
    label = asked.text or " · ".join(describe(asked, vocabularies).labels)
    url = f"{reverse('search:results')}{address(asked)}"
    _meant, page = answer_as_meant(asked, names(vocabularies))
    if page is REBUILDING:
        return Example(label, asked, url)
    first = next(iter((*page.hits, *page.others)), None)
    is_foreign = first is not None and first.language != asked.language
    return Example(
        label,
        asked,
        url,
        total=page.total,
        title=first.title if first else "",
        language=first.language if first and is_foreign else "",
        direction=cldr_locale(first.language).text_direction if first and is_foreign else "",
    )
