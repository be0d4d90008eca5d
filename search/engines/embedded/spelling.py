"""Known words: the closest one to a misspelt word, and how it is really written."""

from __future__ import annotations

from collections.abc import Iterator

from tantivy import Occur, Query

from search.engines.embedded import matching
from search.engines.embedded.generations import Snapshot
from search.text import terms

_SHORTEST = 3
_LONGEST = 32
#: So many of the most frequent words are compared, whatever the size of the vocabulary.
_MOST_COMPARED = 20_000


def distance(first: str, second: str, *, limit: int) -> int:
    """Letters to insert, remove, replace or swap with their neighbour to get from one word to
    the other; ``limit + 1`` if more than ``limit``."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, last = row, before
        row = [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def closest(snapshot: Snapshot, word: str, language: str) -> str | None:
    """The known word that a folded word was probably meant to be.

    One letter apart up to five letters, two above. Words of the reader's language come first,
    then the closest, then the most frequent; words with the same first letter before all
    others. None for numbers, Chinese, and where nothing is close.
    """
    if not _SHORTEST <= len(word) <= _LONGEST or terms.is_han(word) or not word.isalpha():
        return None
    limit = 1 if len(word) <= 5 else 2
    for prefix in (word[0], ""):
        best = min(_candidates(snapshot, word, prefix, limit, language), default=None)
        if best is not None:
            return best[-1]
    return None


def _candidates(
    snapshot: Snapshot, word: str, prefix: str, limit: int, language: str
) -> Iterator[tuple[int, bool, int, str]]:
    letters = set(word)
    for term, frequency in snapshot.searcher.terms_with_prefix(
        "words", prefix, limit=_MOST_COMPARED
    ):
        if abs(len(term) - len(word)) > limit or len(letters.difference(term)) > limit:
            continue
        apart = distance(word, term, limit=limit)
        if apart <= limit and term.isalpha() and not terms.is_han(term):
            query = Query.term_query(snapshot.schema, "words", term, "basic")
            # Terms of removed entries stay in the index for a while
            if snapshot.searcher.search(query, 1).hits:
                yield apart, not is_known(snapshot, term, language), -frequency, term


def is_known(snapshot: Snapshot, word: str, language: str) -> bool:
    """Whether texts of a language hold a folded word."""
    return any(
        snapshot.searcher.doc_freq(f"text_{language}", term) for term in terms.terms(word, language)
    )


def as_written(snapshot: Snapshot, folded: str, language: str) -> str:
    """A folded word as a text writes it, with its accents and in lower case: the first such
    text's, in the reader's language if possible; the folded word if none is found."""
    query = Query.boolean_query(
        [
            (Occur.Must, Query.term_query(snapshot.schema, "words", folded, "freq")),
            (Occur.Should, matching.has_language(snapshot, language)),
        ]
    )
    for _, address in snapshot.searcher.search(query, 1, count=False).hits:
        stored = snapshot.stored(address)
        languages = sorted(stored.shell["languages"], key=lambda code: code != language)
        for code in languages:
            version = stored.version_for(code)
            for text in (version.title, version.summary, version.body):
                for word in terms.words(text):
                    if terms.fold_word(word.text) == folded:
                        return word.text.lower()
    return folded
