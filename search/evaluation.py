"""How good what is found is: judged queries, asked of an index through a reader's own path.

A *collection* is a folder in one of two shapes:

- ``docs.jsonl`` (``id``, ``title``, ``text``), ``queries.jsonl`` (``id``, ``text``) and
  ``qrels.tsv`` (query, document, grade), all in one language: texts from elsewhere;
- ``judged.tsv`` (language, query, judgements such as ``library-ngo=2``): queries of the site's
  own entries, each named by the end of its original version's address.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from search.engines.base import SearchEngine
from search.entries import SearchEntry, Version
from search.requests import NamesIn, SearchRequest, no_names

#: So many results are looked at for each query.
DEPTH = 100
#: A grade that says: this is what was looked for.
RIGHT = 2


class UnreadableCollection(ValueError):
    """A folder that is no collection, or one whose file cannot be read; the message says which."""


@dataclass(frozen=True)
class JudgedQuery:
    """``grades`` names entries by key: 0 is not wanted, 1 of use, 2 or more what was looked for."""

    name: str
    text: str
    language: str
    grades: Mapping[str, int]


@dataclass(frozen=True)
class Ranking:
    """A query's results, the first one first."""

    query: JudgedQuery
    keys: tuple[str, ...]


def language_of(directory: Path, languages: Iterable[str], default: str) -> str:
    """The language of a collection's texts: its name ends in it (``xquad-ar``)."""
    ending = directory.resolve().name.rpartition("-")[2]
    return ending if ending in set(languages) else default


def is_of_the_site(directory: Path) -> bool:
    """Whether a collection judges the site's own entries. Raises UnreadableCollection where it is
    no collection at all."""
    if (directory / "judged.tsv").exists():
        return True
    for name in ("docs.jsonl", "queries.jsonl", "qrels.tsv"):
        if not (directory / name).exists():
            raise UnreadableCollection(f"{directory} has neither judged.tsv nor {name}.")
    return False


def read_entries(directory: Path, language: str) -> Iterator[SearchEntry]:
    """The documents of a collection as entries of a kind of their own, without any facet."""
    for row in _rows(directory / "docs.jsonl"):
        version = Version(
            language, str(row.get("title", "")), f"/{row['id']}/", body=str(row["text"])
        )
        yield SearchEntry(
            key=str(row["id"]),
            kind="document",
            original=language,
            versions={language: version},
            facets={"language": frozenset({language})},
        )


def read_queries(directory: Path, language: str) -> list[JudgedQuery]:
    """The queries of a collection that somebody judged."""
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade in _table(directory / "qrels.tsv"):
        grades.setdefault(query, {})[document] = int(grade)
    return [
        JudgedQuery(str(row["id"]), str(row["text"]), language, grades[str(row["id"])])
        for row in _rows(directory / "queries.jsonl")
        if str(row["id"]) in grades
    ]


def read_judged(directory: Path, entries: Iterable[SearchEntry]) -> list[JudgedQuery]:
    """The judged queries of the site's own entries. Raises UnreadableCollection where one names an
    entry that the site has not."""
    keys = {_name(entry): entry.key for entry in entries}
    found = []
    for language, text, judgements in _table(directory / "judged.tsv"):
        grades = {}
        for judgement in judgements.split():
            name, _, grade = judgement.partition("=")
            if name not in keys:
                raise UnreadableCollection(
                    f"“{text}” names {name}, which is no entry of this site."
                )
            grades[keys[name]] = int(grade)
        found.append(JudgedQuery(f"{language} {text}", text, language, grades))
    return found


def ask(
    engine: SearchEngine, queries: Iterable[JudgedQuery], names: NamesIn = no_names
) -> Iterator[Ranking]:
    """Each query's results, read and ranked as a reader's are; ``names`` tells what words name."""
    for query in queries:
        request = SearchRequest.from_query(
            {"q": [query.text]}, language=query.language, known={}, names=names, page_size=DEPTH
        )
        page = engine.search(request)
        yield Ranking(query, tuple(hit.key for hit in (*page.hits, *page.others)))


def measures(rankings: Iterable[Ranking]) -> dict[str, float]:
    """Name → mean over the queries, by ``ir_measures`` (needs that package): nDCG@5, nDCG@10, MAP,
    R@100 and P@5; ``first``, the share with a right entry in the first place, and ``absent``,
    the share without any among twenty."""
    import ir_measures
    from ir_measures import AP, P, R, Success, nDCG

    asked = list(rankings)
    qrels = [
        ir_measures.Qrel(ranking.query.name, key, grade)
        for ranking in asked
        for key, grade in ranking.query.grades.items()
    ]
    run = [
        ir_measures.ScoredDoc(ranking.query.name, key, -place)
        for ranking in asked
        for place, key in enumerate(ranking.keys)
    ]
    right = min(RIGHT, max((qrel.relevance for qrel in qrels), default=RIGHT))
    wanted = {
        "nDCG@5": nDCG @ 5,
        "nDCG@10": nDCG @ 10,
        "MAP": AP,
        "R@100": R @ 100,
        "P@5": P @ 5,
        "first": Success(rel=right) @ 1,
        "absent": Success(rel=right) @ 20,
    }
    found = ir_measures.calc_aggregate(list(wanted.values()), qrels, run)
    means = {name: float(found[measure]) for name, measure in wanted.items()}
    return {**means, "absent": 1 - means["absent"]}


def _name(entry: SearchEntry) -> str:
    return entry.versions[entry.original].url.rstrip("/").rpartition("/")[2]


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise UnreadableCollection(f"{path}, line {number}: {error}") from error


def _table(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row:
                if len(row) != 3:
                    raise UnreadableCollection(f"{path}: “{row[0]}” is not a row of three columns.")
                yield row
