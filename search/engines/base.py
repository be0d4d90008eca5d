"""The interface behind which every search engine stands.

A page of the site asks ``current_engine().search(request)`` and never learns which
engine answered. The contract is DESIGN section 4, held by ``tests/search/engine_contract.py``.
"""

from __future__ import annotations

import abc
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from search.entries import AttachedFile, SearchEntry, Version
from search.requests import SearchRequest
from search.text.completion import Completion
from search.text.highlighting import Highlighter
from search.text.reading import ReadQuery

#: How many entries ``SearchEngine.among`` is asked about at once.
MOST_AMONG = 1_000


class EngineUnavailable(Exception):
    """The engine cannot answer now: not reached, no index yet, or the index is damaged."""


class RebuildRunning(EngineUnavailable):
    """Another rebuild is under way; there is only ever one."""


class IndexLost(EngineUnavailable):
    """The engine answers, but has no index that this code can read: it must be built anew."""


#: Characters of the passages that hits show.
PASSAGE = 240


@dataclass(frozen=True)
class FoundIn:
    """The file in which an entry was found. ``title_html`` and ``highlight`` are escaped text in
    which only ``<mark>`` is markup; one of the two has one. ``language`` is the file's."""

    language: str
    title: str
    url: str
    title_html: str
    highlight: str
    format: str = ""
    size: int = 0


@dataclass(frozen=True)
class Hit:
    """One entry found, drawn from the index alone.

    ``language`` is the language of the text shown: the reader's where there is a version,
    else the original's. ``title_html`` and ``highlight`` are escaped text in which only
    ``<mark>`` is markup; ``highlight`` is the passage of the body or summary that matched,
    "" where there is none. ``languages`` are all languages of the work, ``facets`` its values.
    ``found_in`` is told where nothing of the work itself is marked and something in a file is;
    ``elsewhere`` is the language of another version that has words asked for, where that says
    more than what is shown, a file or what is named.
    """

    key: str
    kind: str
    language: str
    title: str
    summary: str
    url: str
    title_html: str = ""
    highlight: str = ""
    languages: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published: str = ""  # ISO 8601 date, "" if unknown
    found_in: FoundIn | None = None
    elsewhere: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether what is shown of it says by itself why it was found."""
        return "<mark>" in self.title_html or "<mark>" in self.highlight

    def has_named(self, query: ReadQuery) -> bool:
        """Whether a query names something that it is classified by."""
        return any(
            value in self.facets.get(facet, ())
            for name in query.names
            for facet, value in name.values
        )


def found_in(files: Iterable[AttachedFile], highlighter: Highlighter) -> FoundIn | None:
    """The first of these files that has a word of the query; one in the reader's language before
    the others."""
    for file in sorted(files, key=lambda file: file.language != highlighter.query.language):
        title = highlighter.highlight(file.title, file.language)
        passage = highlighter.highlight(file.text, file.language, width=PASSAGE)
        if passage or "<mark>" in title:
            return FoundIn(
                file.language, file.title, file.url, title, passage, file.format, file.size
            )
    return None


def language_of_words(versions: Iterable[Version], highlighter: Highlighter) -> str:
    """The language of the first of these versions that has a word of the query; "" for none."""
    for version in versions:
        text = f"{version.title} \n{version.summary} \n{version.body}"
        if highlighter.highlight(text, version.language, width=1):
            return version.language
    return ""


@dataclass(frozen=True)
class SearchPage:
    """The answer to one ``SearchRequest``.

    ``total``       works that are found: they match all that was asked for
    ``more``        works that have only some of the words, and match all else
    ``hits``        the found works of this page; ``others`` those behind them that have only
                    some of the words. Pages run through both
    ``counts``      facet → value → works with that value under the words and all *other*
                    facets; values at zero are left out
    ``after``       facet → value → total after ticking that value as well. Only for facets
                    in which something is selected and only for values not selected: in all
                    other facets it equals the count
    ``relaxed``     True where no entry at all had all the words: found is what has any of them
    ``suggestion``  the whole query respelt where a word was probably misspelt, else None
    ``typed``       what was typed, where nothing has it and this is the answer to its respelling
    ``drops``       only where total is 0: (facet, value) selected → total without it;
                    ("q", "") → total without the words
    ``degraded``    True where a fallback answered for the engine that was asked
    """

    total: int
    hits: tuple[Hit, ...]
    counts: Mapping[str, Mapping[str, int]]
    after: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    relaxed: bool = False
    more: int = 0
    others: tuple[Hit, ...] = ()
    suggestion: str | None = None
    typed: str = ""
    drops: Mapping[tuple[str, str], int] = field(default_factory=dict)
    degraded: bool = False


@dataclass(frozen=True)
class Likeness:
    """What makes another entry a relative of the one with this ``key``.

    ``weights``  (facet, value) → what sharing it counts
    ``needed``   a facet and its values, one of which a relative must have
    """

    key: str
    weights: Mapping[tuple[str, str], float]
    needed: tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Health:
    """State of an engine: ``status`` is "ok", "degraded", "rebuilding" or "down".

    ``is_damaged`` says that some of what it holds cannot be read: it has to be built anew.
    """

    status: str
    engine: str
    entries: int | None = None
    detail: str = ""
    is_damaged: bool = False


class SearchEngine(abc.ABC):
    """What a search engine does for the site. Every method but ``health`` may raise
    ``EngineUnavailable``; bad input never raises: a request is valid once it exists."""

    name: str
    #: Whether it is a server elsewhere, which may hang: then nobody's save waits for it.
    is_remote = False

    @abc.abstractmethod
    def search(self, request: SearchRequest) -> SearchPage: ...

    @abc.abstractmethod
    def related(self, like: Likeness, *, language: str, limit: int) -> tuple[Hit, ...]:
        """The entries that share most, best first, equal ones by key; only those are drawn."""

    @abc.abstractmethod
    def among(self, request: SearchRequest, keys: Collection[str]) -> tuple[str, ...]:
        """Those of some entries, by their keys, that a request finds: the newest first, those of
        a day by key, not page by page. Where no entry at all has all the words, none of them.
        ``keys`` are ``MOST_AMONG`` at most."""

    @abc.abstractmethod
    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """How many entries have each of these words, folded, in any language and as they are."""

    @abc.abstractmethod
    def suggest(self, text: str, *, language: str, limit: int = 8) -> list[Completion]:
        """How ``text`` may go on in a search box: titles, then words, best first."""

    @abc.abstractmethod
    def upsert(
        self, entries: Iterable[SearchEntry], *, turn: int = 0, within: float | None = None
    ) -> None:
        """Add or replace entries; visible to every process within half a second.

        ``turn`` grows from writer to writer: what was written in a later one stays where this
        one arrives late. ``within`` is how many seconds to wait for the engine at most.
        """

    @abc.abstractmethod
    def delete(self, keys: Iterable[str], *, turn: int = 0, within: float | None = None) -> None:
        """Remove entries; unknown keys are ignored. For the rest as ``upsert``."""

    @abc.abstractmethod
    def rebuild(self, entries: Iterable[SearchEntry]) -> int:
        """Build a new index beside the served one, then swap; returns the number of entries.
        Searches go on in the old index meanwhile."""

    def discard_unfinished(self) -> None:  # noqa: B027 - most have nothing to remove
        """Remove what rebuilds that died have left. Only for whoever knows that none lives."""

    def tidy(self) -> bool:
        """Bring in order what changes have left behind, if it is worth it; True if it was done.
        May take long, so never in a save. Raises ``RebuildRunning`` where another process is
        at work on the whole index. Engines that look after that by themselves do nothing."""
        return False

    @property
    def is_untidy(self) -> bool:
        """Whether ``tidy`` has anything to do; quick."""
        return False

    def damage(self) -> str:
        """What of the index is damaged, read to its last byte; "" if it is sound. Engines that
        look after that by themselves have nothing to say."""
        return ""

    @abc.abstractmethod
    def fingerprints(self) -> dict[str, str]:
        """Key → ``SearchEntry.fingerprint()`` of all that the index holds."""

    @abc.abstractmethod
    def health(self) -> Health: ...
