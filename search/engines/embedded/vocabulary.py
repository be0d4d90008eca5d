"""What an index knows of words, for spelling and completion (``search.text``)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator

from tantivy import Occur, Query

from search.engines.embedded import matching, ranking
from search.engines.embedded.generations import Snapshot
from search.entries import Version
from search.text import completion, terms
from search.text.completion import Typed
from search.text.spelling import KnownWords, Use, as_written

#: Words that go on from what was typed, of which those of the reader's language are taken.
_MOST_FINISHED = 50
_TAKEN = 8


class Vocabulary:
    """A ``Lexicon`` and a ``Shelf``: the words and titles of one state of the index."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    # --- spelling

    def near(self, words: Collection[str]) -> dict[str, list[str]]:
        known: KnownWords = self._snapshot.known_words()
        return {word: known.near(word) for word in words}

    def uses(self, words: Collection[str], language: str) -> dict[str, Use]:
        return {word: Use(self._entries(word), self._is_in(word, language)) for word in words}

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        return {word: self._entries(word) for word in words}

    def texts_with(self, words: Collection[str], language: str) -> dict[str, Iterator[str]]:
        return {word: self._texts(word, language) for word in words}

    def _entries(self, word: str) -> int:
        # Terms of removed entries stay in the index for a while: the entries are counted
        query = Query.term_query(self._snapshot.schema, "words", word, "basic")
        count: int | None = self._snapshot.searcher.search(query, 1).count  # type: ignore[attr-defined]
        return count or 0

    def _is_in(self, word: str, language: str) -> bool:
        frequency = self._snapshot.searcher.doc_freq
        return any(frequency(f"text_{language}", term) for term in terms.terms(word, language))

    def _texts(self, word: str, language: str) -> Iterator[str]:
        """Of an entry that has the word, in the reader's language if possible."""
        snapshot = self._snapshot
        found = Query.term_query(snapshot.schema, "words", word, "freq")
        own = matching.has_language(snapshot, language)
        query = Query.boolean_query([(Occur.Must, found), (Occur.Should, own)])
        for _, address in snapshot.searcher.search(query, 1, count=False).hits:
            stored = snapshot.stored(address)
            for code in sorted(stored.shell["languages"], key=lambda code: code != language):
                version = stored.version_for(code)
                yield from (version.title, version.summary, version.body)

    # --- completion

    def titled(self, typed: Typed) -> Iterable[Version]:
        snapshot = self._snapshot
        parts = [Query.term_query(snapshot.schema, "titles", w, "basic") for w in typed.whole]
        beginning = re.escape(typed.beginning) + ".*"
        parts.append(Query.regex_query(snapshot.schema, "titles", beginning))
        addresses = ranking.by_title(
            snapshot,
            matching.every(parts),
            language=typed.language,
            offset=0,
            limit=completion.MOST_TITLES,
        )
        return [snapshot.stored(address).version_for(typed.language) for address in addresses]

    def finished(self, typed: Typed) -> Iterable[tuple[str, int]]:
        everything = Query.all_query()  # without it, entries that are gone count
        words = self._snapshot.searcher.terms_with_prefix(
            "words", typed.beginning, filter_query=everything, limit=_MOST_FINISHED
        )
        words.sort(key=lambda pair: (-pair[1], pair[0]))
        fitting = (
            (word, number)
            for word, number in words
            if typed.goes_on(word) and self._is_in(word, typed.language)
        )
        chosen = dict(itertools.islice(fitting, _TAKEN))
        written = as_written(chosen, self, language=typed.language)
        return [(written[word], number) for word, number in chosen.items()]
