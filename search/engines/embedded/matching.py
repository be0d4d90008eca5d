"""A read query as a query of tantivy's. Pure functions of the query and a state of the index."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from tantivy import Occur, Query

from search.engines.base import Likeness
from search.engines.embedded.generations import Snapshot
from search.text import reading
from search.text.reading import QueryPhrase, QueryWord, ReadName, ReadQuery


def word_query(snapshot: Snapshot, word: QueryWord, read: ReadQuery) -> Query:
    """Entries that have a word, scored by how they have it best."""
    found = _terms(snapshot, f"text_{read.language}", word.terms)
    found += _terms(snapshot, "words", [word.folded], reading.WHOLE_WORD_WEIGHT)
    found += _terms(snapshot, f"files_{read.language}", word.terms, reading.FILE_WEIGHT)
    found += _terms(snapshot, "filed", [word.folded], reading.FILE_WEIGHT)
    if word.prefix:
        beginning = Query.regex_query(snapshot.schema, "words", re.escape(word.folded) + ".*")
        found.append(Query.const_score_query(beginning, reading.PREFIX_WEIGHT))
    found += [selected(snapshot, facet, [value]) for facet, value in word.values]
    return _weighed(_best(found), word.weight)


def phrase_query(snapshot: Snapshot, phrase: QueryPhrase, read: ReadQuery) -> Query:
    """Entries that have a phrase in the reader's language, or exactly as it was typed."""
    found = []
    for name, terms, weight in (
        (f"text_{read.language}", phrase.terms, 1.0),
        ("words", phrase.folded, reading.WHOLE_WORD_WEIGHT),
        (f"files_{read.language}", phrase.terms, reading.FILE_WEIGHT),
        ("filed", phrase.folded, reading.FILE_WEIGHT),
    ):
        if not all(snapshot.searcher.doc_freq(name, term) for term in terms):
            continue
        found.append(_weighed(_in_a_row(snapshot, name, terms), weight))
    return _best(found)


def is_known(snapshot: Snapshot, folded: str) -> bool:
    """Whether any entry has a word as it is written, in its texts or its files."""
    return any(snapshot.searcher.doc_freq(name, folded) for name in ("words", "filed"))


def units(snapshot: Snapshot, read: ReadQuery) -> list[Query]:
    """What an entry must match all of: the required words and the phrases."""
    return [
        *(word_query(snapshot, word, read) for word in read.required),
        *(phrase_query(snapshot, phrase, read) for phrase in read.phrases),
    ]


def excluded(snapshot: Snapshot, read: ReadQuery) -> list[Query]:
    return [
        word_query(snapshot, part, read)
        if isinstance(part, QueryWord)
        else phrase_query(snapshot, part, read)
        for part in read.excluded
    ]


def selected(snapshot: Snapshot, facet: str, values: Sequence[str]) -> Query:
    """Entries with any of the values of a facet. Does not score."""
    terms = [f"{facet}={value}" for value in values]
    if len(terms) == 1:
        query = Query.term_query(snapshot.schema, "facets", terms[0], "basic")
    else:
        query = Query.term_set_query(snapshot.schema, "facets", terms)
    return unscored(query)


def one_of(snapshot: Snapshot, keys: Iterable[str]) -> Query:
    """The entries with these keys. Does not score."""
    return unscored(Query.term_set_query(snapshot.schema, "key", list(keys)))


def alike(snapshot: Snapshot, like: Likeness) -> Query:
    """Entries like another one, scored by what they share with it."""
    facet, values = like.needed
    shared = [
        Query.const_score_query(
            Query.term_query(snapshot.schema, "facets", f"{name}={value}", "basic"), weight
        )
        for (name, value), weight in like.weights.items()
    ]
    itself = Query.term_query(snapshot.schema, "key", like.key, "basic")
    return every([selected(snapshot, facet, values)], without=[itself], better=shared)


def has_language(snapshot: Snapshot, language: str) -> Query:
    """Works that have a version in a language. Does not score."""
    return unscored(Query.term_query(snapshot.schema, "languages", language, "basic"))


def extras(snapshot: Snapshot, read: ReadQuery) -> list[Query]:
    """What only scores: what is named, neighbours, words as they are written, their letters; title
    and summary on top of the whole text; and stop words."""
    found: list[Query] = []
    for named in read.names:
        found += _named(snapshot, named, read)
    found += _terms(snapshot, f"pairs_{read.language}", read.pairs, reading.NEIGHBOURS_WEIGHT)
    written = [word.folded for word in read.required]
    found += _terms(snapshot, "words", written, reading.WRITTEN_WEIGHT)
    found += _terms(snapshot, f"letters_{read.language}", read.letters, reading.LETTERS_WEIGHT)
    for word in read.words:
        parts = [("title", reading.TITLE_WEIGHT), ("summary", reading.SUMMARY_WEIGHT)]
        if not word.required:
            parts = [("text", reading.STOP_WORD_WEIGHT)]
        for name, weight in parts:
            scored = _terms(snapshot, f"{name}_{read.language}", word.terms, weight)
            if name == "title":
                whole = weight * reading.WHOLE_WORD_WEIGHT
                scored += _terms(snapshot, "titles", [word.folded], whole)
            if scored:
                found.append(_weighed(_best(scored), word.weight))
    return found


def unscored(query: Query) -> Query:
    """A clause that decides but does not add to the score."""
    return Query.const_score_query(query, 0.0)


def every(
    queries: Iterable[Query], *, without: Iterable[Query] = (), better: Iterable[Query] = ()
) -> Query:
    """All of ``queries`` (everything, if there are none), none of ``without``, ``better`` if
    also one of these."""
    clauses = [(Occur.Must, query) for query in queries]
    clauses = clauses or [(Occur.Must, unscored(Query.all_query()))]
    clauses += [(Occur.MustNot, query) for query in without]
    clauses += [(Occur.Should, query) for query in better]
    return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)


def at_least(number: int, queries: Sequence[Query]) -> Query:
    """Entries that match at least ``number`` of the queries."""
    if number == len(queries):
        return every(queries)
    return Query.boolean_query(
        [(Occur.Should, query) for query in queries], minimum_number_should_match=number
    )


def _terms(
    snapshot: Snapshot, field: str, terms: Iterable[str], weight: float = 1.0
) -> list[Query]:
    """Entries that have a term in a field: a query for each that any entry has."""
    return [
        _weighed(Query.term_query(snapshot.schema, field, term, "freq"), weight)
        for term in terms
        if snapshot.searcher.doc_freq(field, term)
    ]


def _named(snapshot: Snapshot, name: ReadName, read: ReadQuery) -> list[Query]:
    """Entries that have what is named, and those that are called so."""
    having = [
        Query.const_score_query(
            Query.term_query(snapshot.schema, "facets", f"{facet}={value}", "basic"),
            reading.NAMED_WEIGHT * _rarity(snapshot, f"{facet}={value}"),
        )
        for facet, value in name.values
    ]
    field = f"title_{read.language}"
    called = [
        _in_a_row(snapshot, field, label.terms)
        for label in name.labels
        if all(snapshot.searcher.doc_freq(field, term) for term in label.terms)
    ]
    return [_best(having), _weighed(_best(called), reading.LABEL_WEIGHT)]


def _in_a_row(snapshot: Snapshot, field: str, terms: Sequence[str]) -> Query:
    if len(terms) == 1:
        return Query.term_query(snapshot.schema, field, terms[0], "freq")
    return Query.phrase_query(snapshot.schema, field, list(terms))


def _rarity(snapshot: Snapshot, value: str) -> float:
    """The inverse document frequency of a facet's value, as BM25 has it."""
    entries = snapshot.searcher.num_docs
    having = min(snapshot.searcher.doc_freq("facets", value), entries)
    return math.log(1 + (entries - having + 0.5) / (having + 0.5))


def _best(queries: list[Query]) -> Query:
    if not queries:
        return Query.empty_query()
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)


def _weighed(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)
