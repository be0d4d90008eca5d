"""Who asks, and for what: the reader's language, her query string, the vocabularies."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from toolkit.core.public_state import kept_for_state
from toolkit.taxonomy.terms import edition_numbers
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies


def reader_language() -> str:
    """The active language, one of the site's."""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def query_of(request: HttpRequest) -> dict[str, list[str]]:
    """The query string: parameter → list of values."""
    return {name: list(values) for name, values in request.GET.lists()}


def editions_of(request: HttpRequest) -> Mapping[str, int]:
    """The numbers of the vocabularies' present editions, asked for once for a state of the site."""
    kept: Mapping[str, int] | None = getattr(request, "_editions", None)
    if kept is None:
        kept = kept_for_state(("editions",), edition_numbers)
        request._editions = kept  # type: ignore[attr-defined]
    return kept


def vocabularies_of(request: HttpRequest) -> Mapping[str, Vocabulary]:
    """The vocabularies, asked for once a request; template tags find them in the same place."""
    kept: Mapping[str, Vocabulary] | None = getattr(request, "_vocabularies", None)
    if kept is None:
        kept = vocabularies(editions_of(request))
        request._vocabularies = kept  # type: ignore[attr-defined]
    return kept
