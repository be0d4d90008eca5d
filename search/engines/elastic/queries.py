"""A reader's query as Elasticsearch reads it: pure functions, no server needed.

The hit set is decided by ``search.analysis.read`` and by nothing else; what is here only says
it in Elasticsearch's words and weighs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from elasticsearch_dsl import Q
from elasticsearch_dsl.query import Query

from search.engines.base import Likeness
from search.engines.elastic.documents import facet_field
from search.requests import SearchRequest, Sort
from search.text.reading import (
    LABEL_WEIGHT,
    NAMED_WEIGHT,
    OTHER_LANGUAGE_WEIGHT,
    PREFIX_WEIGHT,
    STOP_WORD_WEIGHT,
    SUMMARY_WEIGHT,
    TITLE_WEIGHT,
    QueryPhrase,
    QueryWord,
    ReadQuery,
)
from search.text.terms import LANGUAGES

Selection = Mapping[str, tuple[str, ...]]

#: Lucene leaves the constant factor k1 + 1 out of BM25. A constant score weighs the same as in
#: the embedded engine if it is divided by it.
SATURATION = 2.2


def matching(query: ReadQuery, *, some: bool = False, rest: bool = False) -> Query:
    """Entries that match and their score. Exclusions hold in every case; no words at all
    match everything, unscored.

    All required words and phrases; with ``some`` any of them; with ``rest`` any of them, but not
    all (docs/decisions/0017-all-words-first.md).
    """
    units = required(query)
    clauses = [scored(unit, query) for unit in units]
    without = excluded(query)
    if some or rest:
        clauses = [Q("bool", should=clauses, minimum_should_match=1)]
    if rest:
        without.append(all_of([found(unit) for unit in units]))
    if not (clauses or query.excluded):
        return Q("match_all")
    return Q(
        "bool",
        must=clauses,
        should=[*_named(query), *_stop_words(query), *_extras(query)],
        minimum_should_match=0,
        must_not=without,
    )


def any_word(query: ReadQuery) -> Query:
    """Entries with any of the words and phrases, unscored."""
    some = Q("bool", should=[found(unit) for unit in required(query)], minimum_should_match=1)
    return Q("bool", filter=[some], must_not=excluded(query))


def required(query: ReadQuery) -> list[QueryWord | QueryPhrase]:
    """What an entry must have; each counts one where not all can be had."""
    return [*query.required, *query.phrases]


def excluded(query: ReadQuery) -> list[Query]:
    return [found(part) for part in query.excluded]


def found(unit: QueryWord | QueryPhrase) -> Query:
    """Entries that have a word or phrase, unscored."""
    if isinstance(unit, QueryPhrase):
        clauses = [_in_a_row(f"text_{code}", unit.terms[code]) for code in LANGUAGES]
        clauses.append(_in_a_row("words", unit.folded))
    else:
        clauses = [
            Q("terms", **{f"text_{code}": list(unit.terms[code])})
            for code in LANGUAGES
            if unit.terms[code]
        ]
        if unit.prefix:
            clauses.append(_beginning(unit.folded))
        clauses += _values(unit)
    return Q("bool", filter=[Q("bool", should=clauses, minimum_should_match=1)])


def scored(unit: QueryWord | QueryPhrase, query: ReadQuery) -> Query:
    """The same entries with the score of their best language."""
    clauses: list[Query]
    if isinstance(unit, QueryPhrase):
        clauses = [
            _in_a_row(f"text_{code}", unit.terms[code], boost=query.weight_of(code))
            for code in LANGUAGES
        ]
        clauses.append(_in_a_row("words", unit.folded, boost=OTHER_LANGUAGE_WEIGHT))
    else:
        clauses = _any_language("text", unit, query, unit.weight)
        if unit.prefix:
            clauses.append(Q("constant_score", filter=_beginning(unit.folded), boost=PREFIX_WEIGHT))
        clauses += [Q("constant_score", filter=has, boost=0) for has in _values(unit)]
    return Q("dis_max", queries=clauses)


def _any_language(field: str, word: QueryWord, query: ReadQuery, weight: float) -> list[Query]:
    return [
        Q("term", **{f"{field}_{code}": {"value": term, "boost": weight * query.weight_of(code)}})
        for code in LANGUAGES
        for term in word.terms[code]
    ]


def _values(word: QueryWord) -> list[Query]:
    return [Q("term", **{facet_field(facet): value}) for facet, value in word.values]


def _named(query: ReadQuery) -> list[Query]:
    """What is named, once by the rarest of its values (Lucene weighs them as it does words), and by
    its labels in the title."""
    found = []
    for name in query.names:
        boost = SATURATION * NAMED_WEIGHT
        having = [
            Q("term", **{facet_field(facet): {"value": value, "boost": boost}})
            for facet, value in name.values
        ]
        found.append(Q("dis_max", queries=having))
        title = f"title_{query.language}"
        called = [
            _in_a_row(title, label.terms[query.language], boost=LABEL_WEIGHT)
            for label in name.labels
        ]
        if called:
            found.append(Q("dis_max", queries=called))
    return found


def _stop_words(query: ReadQuery) -> list[Query]:
    return [
        Q("dis_max", queries=_any_language("text", word, query, STOP_WORD_WEIGHT * word.weight))
        for word in query.words
        if not word.required
    ]


def _extras(query: ReadQuery) -> list[Query]:
    """A title, then a summary, counts on top of the text that holds everything."""
    return [
        Q("dis_max", queries=_any_language(field, word, query, weight * word.weight))
        for word in query.required
        for field, weight in (("title", TITLE_WEIGHT), ("summary", SUMMARY_WEIGHT))
    ]


def _in_a_row(field: str, terms: tuple[str, ...], boost: float = 1.0) -> Query:
    if len(terms) == 1:
        return Q("term", **{field: {"value": terms[0], "boost": boost}})
    return Q("match_phrase", **{field: {"query": " ".join(terms), "boost": boost}})


def _beginning(folded: str) -> Query:
    return Q("prefix", words={"value": folded})


def selected(selection: Selection, *, without: str = "") -> list[Query]:
    """OR inside a facet, AND across facets; one facet may be left out."""
    return [
        Q("terms", **{facet_field(name): list(values)})
        for name, values in selection.items()
        if name != without and values
    ]


def all_of(filters: Iterable[Query]) -> Query:
    """Filters that must all hold; none let everything through."""
    clauses = list(filters)
    return Q("bool", filter=clauses) if clauses else Q("match_all")


def alike(like: Likeness) -> Query:
    """Entries like another one, scored by what they share with it."""
    return Q(
        "bool",
        filter=selected(dict([like.needed])),
        should=[
            Q("constant_score", filter=Q("term", **{facet_field(name): value}), boost=weight)
            for (name, value), weight in like.weights.items()
        ],
        must_not=[Q("term", key=like.key)],
    )


def order(request: SearchRequest, query: ReadQuery) -> list[Any]:
    """The order of the results, total in every case: the key decides between equals.

    By relevance, works that can be read in the reader's language come before the others.
    """
    if request.sort is Sort.TITLE:
        return [{f"sort_{request.language}": "asc"}, {"key": "asc"}]
    if request.sort is Sort.NEWEST or not query.is_ranked:
        return [{"published": {"order": "desc", "missing": "_last"}}, {"key": "asc"}]
    return [{f"has_{request.language}": "desc"}, {"_score": "desc"}, {"key": "asc"}]
