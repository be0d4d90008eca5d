"""Why a hit was found that shows no marked word: a page says so of each.

What was asked for stands in the text of another language, or it is a name, or part of a name, of
what the entry is classified by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings

from search.engines.base import Hit
from search.names import NAMED_FACETS, names_of
from search.requests import SearchRequest
from search.text import reading
from search.text.highlighting import Highlighter
from search.text.reading import FacetValue
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary


class Reasons:
    """The classifications by which one search found its hits."""

    def __init__(self, asked: SearchRequest, vocabularies: Mapping[str, Vocabulary]) -> None:
        self._asked = asked
        self._vocabularies = vocabularies
        read = reading.read(asked.query, asked.language, asked.named)
        # A word that no entry has as it stands was taken for a beginning
        readings = dict.fromkeys((read, read.going_on()))  # often one and the same
        self._readings = [_Reading(Highlighter(each)) for each in readings]

    def classification(self, hit: Hit) -> tuple[str, ...]:
        """Labels, in the reader's language, of the terms by which a hit was found; none where
        it has a marked word. A name that was typed counts before parts of names."""
        if hit.is_marked:
            return ()
        known = self._vocabularies
        named = [
            (facet, value)
            for name in self._asked.named
            for facet, value in name.had_by
            if value in hit.facets.get(facet, ()) and value in known[facet]
        ]
        for reading_ in self._readings:
            named = named or [
                (facet, value)
                for facet, value in _values(hit)
                if (term := known[facet].get(value)) and reading_.finds(facet, term)
            ]
        labels = (known[facet].terms[value].label(self._asked.language) for facet, value in named)
        return tuple(dict.fromkeys(labels))


class _Reading:
    """Which terms have a name with a word that is marked: each asked for once."""

    def __init__(self, highlighter: Highlighter) -> None:
        self._highlighter = highlighter
        self._known: dict[FacetValue, bool] = {}

    def finds(self, facet: str, term: TermValue) -> bool:
        key = (facet, term.value)
        if key not in self._known:
            self._known[key] = any(
                self._highlighter.marks(name, language)
                for language, name in _names_as_text(facet, term)
            )
        return self._known[key]


def _values(hit: Hit) -> Iterator[FacetValue]:
    """The values whose names are text of the entry."""
    for facet, values in hit.facets.items():
        if facet in NAMED_FACETS:
            for value in values:
                if value != FACETS[facet].general:
                    yield facet, value


def _names_as_text(facet: str, term: TermValue) -> Iterator[tuple[str, str]]:
    """Language and name, of those that ``search.catalogue.works`` makes text of an entry."""
    if not FACETS[facet].in_sentences:
        yield from names_of(term)
    if term.number:
        yield settings.LANGUAGE_CODE, term.number
