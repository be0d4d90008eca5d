"""A search in words: what somebody asked for, to be read by her or by an editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from search.requests import SearchRequest, Sort
from search.views.facets import read_request
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import Vocabulary

#: Characters of a query string that are kept and read again.
LONGEST = 8_000


@dataclass(frozen=True)
class Description:
    """The words of a search, and the name and label of each filter."""

    words: str
    filters: tuple[tuple[str, str], ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(label for _title, label in self.filters)

    def __bool__(self) -> bool:
        return bool(self.words or self.filters)


def kept_search(
    query: str, *, language: str, vocabularies: Mapping[str, Vocabulary]
) -> SearchRequest:
    """The search that a kept query string asks for: its first page, in the usual order. What is
    none, or is longer than ``LONGEST``, asks for nothing."""
    try:
        read = parse_qs(query[:LONGEST] if len(query) <= LONGEST else "", max_num_fields=200)
    except ValueError:
        read = {}
    asked = read_request(read, language=language, vocabularies=vocabularies)
    return replace(asked, page=1, sort=Sort.RELEVANCE)


def describe(asked: SearchRequest, vocabularies: Mapping[str, Vocabulary]) -> Description:
    """What was asked for, in the language of the request."""
    filters = []
    for name, values in asked.selected.items():
        for value in values:
            if term := vocabularies[name].get(value):
                filters.append((str(FACETS[name].title), term.label(asked.language)))
    return Description(asked.text, tuple(filters))
