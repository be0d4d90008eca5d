"""Which engines carry an index of the site, by ``settings.SEARCH_ENGINE``."""

from __future__ import annotations

import contextlib
import functools
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.engines.base import SearchEngine


@functools.cache
def engines() -> tuple[SearchEngine, ...]:
    """Every engine that carries an index, the one asked first at the front.

    Raises ``ImproperlyConfigured`` for a setting that names none.
    """
    from search.engines.embedded import EmbeddedEngine
    from search.engines.identity import identity

    # Named after the database: that of another one, or of one restored, is not found.
    own = identity()
    embedded = EmbeddedEngine(settings.SEARCH_INDEX_DIR / own)
    if settings.SEARCH_ENGINE == "embedded":
        return (embedded,)
    if settings.SEARCH_ENGINE == "elasticsearch":
        from search.engines.elastic import ElasticEngine

        elastic = ElasticEngine(
            settings.ELASTICSEARCH_URL, alias=f"{settings.SEARCH_ELASTICSEARCH_ALIAS}-{own}"
        )
        return (elastic, embedded)
    raise ImproperlyConfigured(
        f'SEARCH_ENGINE is "{settings.SEARCH_ENGINE}"; it may be "embedded" or "elasticsearch".'
    )


@contextlib.contextmanager
def scratch_engine(name: str) -> Iterator[SearchEngine]:
    """An engine of a name ("embedded", "elasticsearch") with an index of its own, which is gone
    when the block ends."""
    if name == "elasticsearch":
        from search.engines.elastic import ElasticEngine

        elastic = ElasticEngine(
            settings.ELASTICSEARCH_URL, alias=f"scratch-{secrets.token_hex(4)}", timeout=30
        )
        try:
            yield elastic
        finally:
            elastic.remove()
        return
    from search.engines.embedded import EmbeddedEngine

    with tempfile.TemporaryDirectory() as folder:
        yield EmbeddedEngine(Path(folder))
