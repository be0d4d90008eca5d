"""What an Elasticsearch index knows of words, for spelling and completion (``search.text``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from elasticsearch_dsl import A, Q, Search

from search.entries import Version
from search.text import terms
from search.text.completion import MOST_TITLES, Typed
from search.text.spelling import CONSIDERED, Use, can_be_misspelt, most_edits

#: Words are read from the texts of so many entries, and from so much of each: a search box
#: cannot wait for more, and frequent words are frequent there too.
MOST_TEXTS = 40
LONGEST_TEXT = 4_000

#: Of the entries with a word so many are read for how it is written: one may have it in a name
#: that it is classified by, and not in a text.
MOST_WRITTEN = 3

Ask = Callable[[Search], Mapping[str, Any]]


def with_close_words(search: Search, words: Iterable[str]) -> Search:
    """``search``, which also asks for the known words close to each of ``words``."""
    for word in filter(can_be_misspelt, words):
        search = search.suggest(
            f"near:{word}",
            word,
            term={
                "field": "words",
                "suggest_mode": "missing",
                "sort": "frequency",
                "max_edits": most_edits(word),
                "prefix_length": 0,
                "min_word_length": 1,
                "string_distance": "damerau_levenshtein",
                "size": 20 * CONSIDERED,
                "shard_size": 20 * CONSIDERED,
            },
        )
    return search


class Vocabulary:
    """A ``Lexicon`` and a ``Shelf``. ``answer`` is the one to ``with_close_words``."""

    def __init__(self, ask: Ask, search: Search, answer: Mapping[str, Any] | None = None) -> None:
        self._ask = ask
        self._search = search
        self._answer = answer or {}

    # --- spelling

    def near(self, words: Collection[str]) -> dict[str, list[str]]:
        suggested = self._answer.get("suggest", {})
        return {
            word: [
                option["text"]
                for entry in suggested.get(f"near:{word}", [])
                for option in entry["options"]
            ]
            for word in words
        }

    def uses(self, words: Collection[str], language: str) -> dict[str, Use]:
        search = self._search.extra(size=0)
        for word in words:
            bucket = search.aggs.bucket(word, A("filter", Q("term", words=word)))
            own = {f"text_{language}": list(terms.terms(word, language))}
            bucket.bucket("own", A("filter", Q("terms", **own)))
        found = self._ask(search)["aggregations"]
        return {
            word: Use(found[word]["doc_count"], found[word]["own"]["doc_count"] > 0)
            for word in words
        }

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        if not words:
            return {}
        search = self._search.extra(size=0)
        for word in words:
            search.aggs.bucket(word, A("filter", Q("term", words=word)))
        found = self._ask(search)["aggregations"]
        return {word: found[word]["doc_count"] for word in words}

    def texts_with(self, words: Collection[str], language: str) -> dict[str, Iterator[str]]:
        search = self._search.extra(size=0)
        for word in words:
            top = A(
                "top_hits",
                size=MOST_WRITTEN,
                sort=[{f"has_{language}": "desc"}, {"key": "asc"}],
                _source=["shown.original", "shown.others"],
            )
            search.aggs.bucket(word, A("filter", Q("term", words=word))).bucket("top", top)
        found = self._ask(search)["aggregations"]
        return {word: _texts(found[word]["top"]["hits"]["hits"], language) for word in words}

    # --- completion

    def titled(self, typed: Typed) -> Iterable[Version]:
        clauses = [Q("term", titles=word) for word in typed.whole]
        clauses.append(Q("prefix", titles={"value": typed.beginning}))
        search = (
            self._search.query("bool", filter=clauses)
            .sort({f"sort_{typed.language}": "asc"}, {"key": "asc"})
            .extra(size=MOST_TITLES, track_total_hits=False)
            .source([f"shown.{p}.{f}" for p in _shown(typed) for f in ("title", "language", "url")])
        )
        return list(self._versions(search, typed))

    def finished(self, typed: Typed) -> Iterable[tuple[str, int]]:
        search = (
            self._search.query("bool", filter=[Q("prefix", words={"value": typed.beginning})])
            .sort({f"has_{typed.language}": "desc"}, {"key": "asc"})
            .extra(size=MOST_TEXTS, track_total_hits=False)
            .source([f"shown.{part}" for part in _shown(typed)])
        )
        number: Counter[str] = Counter()
        for version in self._versions(search, typed):
            if version.language == typed.language:
                texts = (version.title, version.summary, version.body[:LONGEST_TEXT])
                words = (word.text for text in texts for word in terms.words(text))
                number.update(
                    {word.lower() for word in words if typed.goes_on(terms.fold_word(word))}
                )
        return number.items()

    def _versions(self, search: Search, typed: Typed) -> Iterator[Version]:
        for hit in self._ask(search)["hits"]["hits"]:
            shown = hit["_source"]["shown"]
            yield Version(**shown.get("others", {}).get(typed.language) or shown["original"])


def _shown(typed: Typed) -> tuple[str, str]:
    return ("original", f"others.{typed.language}")


def _texts(hits: Iterable[Mapping[str, Any]], language: str) -> Iterator[str]:
    for hit in hits:
        shown = hit["_source"]["shown"]
        versions = [shown["original"], *shown.get("others", {}).values()]
        for version in sorted(versions, key=lambda version: version["language"] != language):
            yield from (version["title"], version["summary"], version["body"])
