"""One answer to a reader's request, whatever state the engines are in."""

from __future__ import annotations

import functools
import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import islice

from django.conf import settings

from search.catalogue.indexing import is_pending, is_rebuilding
from search.catalogue.readiness import Behind, behind
from search.catalogue.repairing import rebuild_elsewhere
from search.engines import engines
from search.engines.base import (
    MOST_AMONG,
    EngineUnavailable,
    Health,
    Hit,
    Likeness,
    SearchEngine,
    SearchPage,
)
from search.engines.failover import FailoverEngine
from search.requests import NamesIn, SearchRequest, Sort, no_names
from toolkit.core.public_state import kept_for_state

log = logging.getLogger(__name__)

#: What a page shows while the index is being made anew.
REBUILDING = SearchPage(total=0, hits=(), counts={})


@functools.cache
def current_engine() -> SearchEngine:
    """The engine that answers readers: the one configured, with the embedded one behind it."""
    first, *rest = engines()
    if not rest:
        return first
    return FailoverEngine(
        first,
        rest[0],
        is_behind=is_pending,
        is_rebuilding=is_rebuilding,
        on_lost=rebuild_elsewhere,
    )


def answer(request: SearchRequest) -> SearchPage:
    """What the engine found. A lost index is rebuilt, and ``REBUILDING`` returned meanwhile."""
    try:
        return current_engine().search(request)
    except EngineUnavailable as error:
        log.warning("search has no index, rebuilding it: %s", error)
        rebuild_elsewhere()
        return REBUILDING


def answer_as_meant(
    request: SearchRequest, names: NamesIn = no_names
) -> tuple[SearchRequest, SearchPage]:
    """What the engine found; where nothing has what was typed, and something has it respelt, that,
    with the search it answers (``SearchPage.typed`` tells). What is quoted is meant as it is
    written, and only gets a suggestion."""
    page = answer(request)
    if page.total or page.more or not page.suggestion or request.query.phrases:
        return request, page
    meant = request.with_text(page.suggestion, names=names).on_page(request.page)
    found = answer(meant)
    if not found.total:
        return request, page
    told = replace(meant, cuts=request.cuts, unknown=request.unknown)
    return told, replace(found, typed=request.text)


def related(like: Likeness, *, language: str, limit: int) -> tuple[Hit, ...]:
    """The entries most like another one; none while there is no index."""
    try:
        return current_engine().related(like, language=language, limit=limit)
    except EngineUnavailable as error:
        log.warning("search has no index, rebuilding it: %s", error)
        rebuild_elsewhere()
        return ()


def among(request: SearchRequest, keys: Iterable[str]) -> list[str]:
    """Those of some entries, by their keys, that a search finds, the newest first within every
    ``MOST_AMONG``. Raises ``EngineUnavailable`` while there is no index, and has it rebuilt."""
    waiting = iter(keys)
    found: list[str] = []
    while chunk := list(islice(waiting, MOST_AMONG)):
        try:
            found += current_engine().among(request, chunk)
        except EngineUnavailable:
            rebuild_elsewhere()
            raise
    return found


def inventory() -> SearchPage:
    """All that there is to be found, and how many entries have each value; asked for once a process
    for a state of the site. Raises ``EngineUnavailable``."""
    everything = SearchRequest(language=settings.LANGUAGE_CODE, sort=Sort.NEWEST, page_size=1)
    return kept_for_state(
        ("inventory",), lambda: current_engine().search(everything), from_index=True
    )


def frequencies(words: Collection[str]) -> dict[str, int]:
    """How many entries have each of these words, folded. Raises ``EngineUnavailable``."""
    return current_engine().frequencies(words)


def readiness() -> tuple[Health, Behind]:
    """How search is, for a monitor, in at most two seconds: the engine that answers readers, and
    how far the indexes are behind. "rebuilding" is a lost index that is being made anew."""
    engine = current_engine()
    health = engine.health()
    if health.status == "down" and is_rebuilding(engine):
        health = replace(health, status="rebuilding")
    if health.is_damaged:
        rebuild_elsewhere()
    return health, behind()


def forget_engines() -> None:
    """Make the engines anew at the next use (tests, which change the settings)."""
    engines.cache_clear()
    current_engine.cache_clear()
