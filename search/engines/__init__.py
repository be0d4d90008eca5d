"""Which engine the site searches with, by ``settings.SEARCH_ENGINE``."""

from __future__ import annotations

import functools

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.engines.base import SearchEngine


@functools.cache
def engines() -> tuple[SearchEngine, ...]:
    """Every engine that carries an index, the one asked first at the front."""
    from search.engines.embedded import EmbeddedEngine

    embedded = EmbeddedEngine(settings.SEARCH_INDEX_DIR)
    if settings.SEARCH_ENGINE == "embedded":
        return (embedded,)
    if settings.SEARCH_ENGINE == "elasticsearch":
        from search.engines.elastic import ElasticEngine

        elastic = ElasticEngine(
            settings.ELASTICSEARCH_URL, alias=settings.SEARCH_ELASTICSEARCH_ALIAS
        )
        return (elastic, embedded)
    raise ImproperlyConfigured(
        f'SEARCH_ENGINE is "{settings.SEARCH_ENGINE}"; it may be "embedded" or "elasticsearch".'
    )


@functools.cache
def current_engine() -> SearchEngine:
    """The engine that answers readers: the one configured, with the embedded one behind it."""
    first, *rest = engines()
    if not rest:
        return first
    from search.engines.failover import FailoverEngine
    from search.indexing import catch_up

    return FailoverEngine(first, rest[0], catch_up=catch_up)


def forget_engines() -> None:
    """Make the engines anew at the next use (tests, which change the settings)."""
    engines.cache_clear()
    current_engine.cache_clear()
