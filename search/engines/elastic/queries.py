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
    FILE_WEIGHT,
    LABEL_WEIGHT,
    LETTERS_WEIGHT,
    NAMED_WEIGHT,
    NEIGHBOURS_WEIGHT,
    PREFIX_WEIGHT,
    STOP_WORD_WEIGHT,
    SUMMARY_WEIGHT,
    TITLE_WEIGHT,
    WHOLE_WORD_WEIGHT,
    WRITTEN_WEIGHT,
    QueryPhrase,
    QueryWord,
    ReadQuery,
)

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
        without.append(all_of([found(unit, query.language) for unit in units]))
    if not (clauses or query.excluded):
        return Q("match_all")
    return Q(
        "bool",
        must=clauses,
        should=[*_named(query), *_neighbours(query), *_stop_words(query), *_extras(query)],
        minimum_should_match=0,
        must_not=without,
    )


def any_word(query: ReadQuery) -> Query:
    """Entries with any of the words and phrases, unscored."""
    units = [found(unit, query.language) for unit in required(query)]
    some = Q("bool", should=units, minimum_should_match=1)
    return Q("bool", filter=[some], must_not=excluded(query))


def required(query: ReadQuery) -> list[QueryWord | QueryPhrase]:
    """What an entry must have; each counts one where not all can be had."""
    return [*query.required, *query.phrases]


def excluded(query: ReadQuery) -> list[Query]:
    return [found(part, query.language) for part in query.excluded]


def found(unit: QueryWord | QueryPhrase, language: str) -> Query:
    """Entries that have a word or phrase of a reader of ``language``, unscored."""
    if isinstance(unit, QueryPhrase):
        clauses = [
            _in_a_row(field, terms)
            for own, whole in (("text", "words"), ("files", "filed"))
            for field, terms in ((f"{own}_{language}", unit.terms), (whole, unit.folded))
        ]
    else:
        clauses = [
            Q("terms", **{f"text_{language}": list(unit.terms)}),
            Q("terms", **{f"files_{language}": list(unit.terms)}),
            known(unit.folded),
        ]
        if unit.prefix:
            clauses.append(_beginning(unit.folded))
        clauses += _values(unit)
    return Q("bool", filter=[Q("bool", should=clauses, minimum_should_match=1)])


def known(folded: str) -> Query:
    """Entries that have a word as it is written, in their texts or their files."""
    return Q("bool", should=[Q("term", words=folded), Q("term", filed=folded)])


def scored(unit: QueryWord | QueryPhrase, query: ReadQuery) -> Query:
    """The same entries, scored by how they have it best."""
    clauses: list[Query]
    if isinstance(unit, QueryPhrase):
        clauses = [
            _in_a_row(f"text_{query.language}", unit.terms),
            _in_a_row("words", unit.folded, boost=WHOLE_WORD_WEIGHT),
            _in_a_row(f"files_{query.language}", unit.terms, boost=FILE_WEIGHT),
            _in_a_row("filed", unit.folded, boost=FILE_WEIGHT),
        ]
    else:
        clauses = _terms(f"text_{query.language}", unit.terms, unit.weight)
        clauses += _terms("words", [unit.folded], WHOLE_WORD_WEIGHT * unit.weight)
        clauses += _terms(f"files_{query.language}", unit.terms, FILE_WEIGHT * unit.weight)
        clauses += _terms("filed", [unit.folded], FILE_WEIGHT * unit.weight)
        if unit.prefix:
            clauses.append(Q("constant_score", filter=_beginning(unit.folded), boost=PREFIX_WEIGHT))
        clauses += [Q("constant_score", filter=has, boost=0) for has in _values(unit)]
    return Q("dis_max", queries=clauses)


def _terms(field: str, terms: Iterable[str], weight: float) -> list[Query]:
    return [Q("term", **{field: {"value": term, "boost": weight}}) for term in terms]


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
        called = [_in_a_row(title, label.terms, boost=LABEL_WEIGHT) for label in name.labels]
        if called:
            found.append(Q("dis_max", queries=called))
    return found


def _neighbours(query: ReadQuery) -> list[Query]:
    """Neighbours of the query, words as they are written, and their letters."""
    written = [word.folded for word in query.required]
    return [
        *_terms(f"pairs_{query.language}", query.pairs, NEIGHBOURS_WEIGHT),
        *_terms("words", written, WRITTEN_WEIGHT),
        *_terms(f"letters_{query.language}", query.letters, LETTERS_WEIGHT),
    ]


def _stop_words(query: ReadQuery) -> list[Query]:
    weight = STOP_WORD_WEIGHT
    return [
        Q("dis_max", queries=_terms(f"text_{query.language}", word.terms, weight * word.weight))
        for word in query.words
        if not word.required
    ]


def _extras(query: ReadQuery) -> list[Query]:
    """A title, then a summary, counts on top of the text that holds everything."""
    found = []
    for word in query.required:
        title, summary = TITLE_WEIGHT * word.weight, SUMMARY_WEIGHT * word.weight
        called = _terms(f"title_{query.language}", word.terms, title)
        called += _terms("titles", [word.folded], title * WHOLE_WORD_WEIGHT)
        found.append(Q("dis_max", queries=called))
        said = _terms(f"summary_{query.language}", word.terms, summary)
        found.append(Q("dis_max", queries=said))
    return found


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
