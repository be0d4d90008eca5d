"""Known words: which of them a misspelt word was probably meant to be, and how texts write it.

Elasticsearch's term suggester names the words that are close; which one is best is decided by
the same rule as in the embedded engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from elasticsearch_dsl import A, Q, Search

from search.text import terms

SHORTEST, LONGEST = 3, 32

#: Words up to this length may differ by one letter, longer ones by two.
SHORT = 5

#: Of the words that are equally close, as many are weighed against each other.
CONSIDERED = 20

Ask = Callable[[Search], Mapping[str, Any]]


def can_be_misspelt(word: str) -> bool:
    """Numbers and Chinese are not respelt, nor is what is too short to tell."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha() and not terms.is_han(word)


def with_close_words(search: Search, words: Iterable[str]) -> Search:
    """``search``, which also asks for the known words close to each of ``words``."""
    for word in words:
        for edits in range(1, _most_edits(word) + 1):
            search = search.suggest(
                f"{edits}:{word}",
                word,
                term={
                    "field": "words",
                    "suggest_mode": "missing",
                    "sort": "frequency",
                    "max_edits": edits,
                    "prefix_length": 0,
                    "min_word_length": 1,
                    "string_distance": "damerau_levenshtein",
                    "size": 10 * CONSIDERED,
                    "shard_size": 10 * CONSIDERED,
                },
            )
    return search


def closest(
    ask: Ask,
    search: Search,
    answer: Mapping[str, Any],
    words: Collection[str],
    *,
    language: str,
) -> dict[str, str]:
    """Misspelt word → the word it was probably meant to be, both folded.

    ``answer`` is the one to ``with_close_words``. Words with the same first letter come
    before all others; then the fewest letters apart, words of the reader's language, the most
    frequent.
    """
    candidates = {word: _closest_group(answer, word) for word in words}
    wanted = sorted({close for group in candidates.values() for close in group})
    if not wanted:
        return {}
    search = search.extra(size=0)
    for close in wanted:
        bucket = search.aggs.bucket(close, A("filter", Q("term", words=close)))
        bucket.bucket("known", A("filter", _in_language(close, language)))
    found = ask(search)["aggregations"]
    chosen: dict[str, str] = {}
    for word, group in candidates.items():
        ranked = sorted(
            (not found[close]["known"]["doc_count"], -found[close]["doc_count"], close)
            for close in group
            if found[close]["doc_count"]
        )
        if ranked:
            chosen[word] = ranked[0][-1]
    return chosen


def as_written(
    ask: Ask, search: Search, words: Collection[str], *, language: str
) -> dict[str, str]:
    """Folded word → the word as a text writes it, with its accents and in lower case; the
    reader's language is looked at first. A word that no text shows stays as it is."""
    if not words:
        return {}
    search = search.extra(size=0)
    for word in words:
        top = A(
            "top_hits",
            size=3,  # one may have the word in a name that it is classified by, and not in a text
            sort=[{f"has_{language}": "desc"}, {"key": "asc"}],
            _source=["shown.original", "shown.others"],
        )
        search.aggs.bucket(word, A("filter", Q("term", words=word))).bucket("top", top)
    found = ask(search)["aggregations"]
    written = {word: word for word in words}
    for word in words:
        texts = (
            version[part]
            for hit in found[word]["top"]["hits"]["hits"]
            for version in _versions(hit["_source"]["shown"], language)
            for part in ("title", "summary", "body")
        )
        inner = (inner.text for text in texts for inner in terms.words(text))
        written[word] = next((w.lower() for w in inner if terms.fold(w) == word), word)
    return written


def respelt(text: str, written: Mapping[str, str]) -> str | None:
    """``text`` with words (by their folded form) written anew, None if nothing changes."""
    changed = text
    for word in reversed(terms.words(text)):
        new = written.get(terms.fold(word.text))
        if new is not None:
            changed = changed[: word.start] + new + changed[word.end :]
    return changed if changed != text else None


def _versions(shown: Mapping[str, Any], language: str) -> list[Mapping[str, str]]:
    versions = [shown["original"], *shown.get("others", {}).values()]
    return sorted(versions, key=lambda version: version["language"] != language)


def _most_edits(word: str) -> int:
    return 1 if len(word) <= SHORT else 2


def _closest_group(answer: Mapping[str, Any], word: str) -> list[str]:
    """The close words between which only language and frequency decide, the most frequent."""
    groups: dict[tuple[bool, int], list[tuple[int, str]]] = {}
    nearer: set[str] = set()
    for edits in range(1, _most_edits(word) + 1):
        options = [
            option
            for entry in answer["suggest"].get(f"{edits}:{word}", [])
            for option in entry["options"]
            if option["text"] not in nearer and can_be_misspelt(option["text"])
        ]
        for option in options:
            close = option["text"]
            group = groups.setdefault((close[0] != word[0], edits), [])
            group.append((-option["freq"], close))
            nearer.add(close)
    best = sorted(groups[min(groups)]) if groups else []
    return [close for _, close in best[:CONSIDERED]]


def _in_language(word: str, language: str) -> Any:
    return Q("terms", **{f"text_{language}": list(terms.terms(word, language))})
