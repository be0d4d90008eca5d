"""One answer to a reader's request, whatever state the engines are in."""

from __future__ import annotations

import logging

from search.engines import current_engine
from search.engines.base import EngineUnavailable, SearchPage
from search.requests import SearchRequest

log = logging.getLogger(__name__)

#: What a page shows while the index is being made anew.
REBUILDING = SearchPage(total=0, hits=(), counts={})


def answer(request: SearchRequest) -> SearchPage:
    """What the engine found. A lost index is rebuilt, and ``REBUILDING`` returned meanwhile."""
    try:
        return current_engine().search(request)
    except EngineUnavailable as error:
        from search.indexing import rebuild_elsewhere

        log.warning("search has no index, rebuilding it: %s", error)
        rebuild_elsewhere()
        return REBUILDING
