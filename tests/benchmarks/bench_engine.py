"""What the embedded engine costs, beside what the same work costs otherwise, in one run.

    python -m tests.benchmarks.bench_engine [--entries 100000] [--keep FOLDER]

Prints a table in Markdown. Times are CPU milliseconds of this process, the median of many
runs, nothing remembered between two of them. The *floor* is the bare engine: one term, all
hits counted, as bitmaps. Beside it stands SQLite with the same entries: FTS5 for the words,
GROUP BY over a table of values for the counts.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import tantivy

from search.engines.embedded import EmbeddedEngine
from search.engines.embedded import engine as parts
from search.entries import SearchEntry
from search.requests import SearchRequest, Sort
from tests.benchmarks.collections import entries


def cpu(work: Callable[[], object], *, runs: int = 25) -> float:
    """Median CPU milliseconds of ``work``."""
    work()
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


class Beside:
    """The same entries in SQLite."""

    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path)
        self.database.executescript(
            "CREATE VIRTUAL TABLE words USING fts5(text, content='');"
            "CREATE TABLE facet (entry INTEGER, name TEXT, value TEXT);"
        )

    def add(self, given: Iterator[SearchEntry]) -> Iterator[SearchEntry]:
        for place, entry in enumerate(given, 1):
            text = " ".join(f"{v.title} {v.summary} {v.body}" for v in entry.versions.values())
            self.database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (place, text))
            self.database.executemany(
                "INSERT INTO facet VALUES (?, ?, ?)",
                [(place, name, v) for name, values in entry.facets.items() for v in values],
            )
            yield entry

    def ready(self) -> None:
        self.database.execute("CREATE INDEX facet_entry ON facet (entry, name, value)")
        self.database.commit()

    def hits(self, word: str) -> list[tuple[int]]:
        query = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20"
        return self.database.execute(query, (word,)).fetchall()

    def counts(self, word: str) -> list[tuple[str, str, int]]:
        query = (
            "SELECT name, value, count(*) FROM facet WHERE entry IN"
            " (SELECT rowid FROM words WHERE words MATCH ?) GROUP BY name, value"
        )
        return self.database.execute(query, (word,)).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument(
        "--keep",
        type=Path,
        help="keep the index here; if it is there already, SQLite is left out",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        measure(options.entries, folder)


def measure(number: int, folder: Path) -> None:
    engine = EmbeddedEngine(folder / "index")
    beside = None
    if engine.health().entries != number:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Beside(folder / "beside.sqlite3")
        start = time.monotonic()
        for _ in beside.add(entries(number)):
            pass
        beside.ready()
        spent = time.monotonic() - start
        start, start_cpu = time.monotonic(), time.process_time()
        for _ in entries(number):
            pass
        making, making_cpu = time.monotonic() - start, time.process_time() - start_cpu
        start, start_cpu = time.monotonic(), time.process_time()
        engine.rebuild(entries(number))
        took, took_cpu = time.monotonic() - start, time.process_time() - start_cpu
        size = sum(p.stat().st_size for p in (folder / "index").rglob("*") if p.is_file())
        print(f"\n{number:,} entries, eight facets; index {size / 1e6:.0f} MB\n")
        print("| build | seconds | entries a second |\n|---|---|---|")
        print(
            f"| rebuild (without making the entries up) | {took - making:.1f} |"
            f" {number / (took - making):,.0f} |"
        )
        print(
            f"| CPU of it | {took_cpu - making_cpu:.1f} | {number / (took_cpu - making_cpu):,.0f} |"
        )
        print(
            f"| SQLite FTS5, no stemming | {spent - making:.1f} |"
            f" {number / (spent - making):,.0f} |"
        )
    snapshot = engine.generations.snapshot()

    def ask(text: str, **fields: object) -> SearchRequest:
        return SearchRequest.of(text, **fields)

    def whole(request: SearchRequest) -> Callable[[], object]:
        def work() -> object:
            engine.generations.snapshot().forget()
            return engine.search(request)

        return work

    def counts(request: SearchRequest) -> Callable[[], object]:
        read = parts.analysis.read(request.query, request.language)

        def work() -> object:
            return parts._tally(snapshot, parts._match(snapshot, read), request)

        return work

    def hits(request: SearchRequest) -> Callable[[], object]:
        read = parts.analysis.read(request.query, request.language)
        matched = parts._match(snapshot, read)
        total = engine.search(request).total

        def work() -> object:
            return parts._page(snapshot, matched, read, request, total)

        return work

    def floor(word: str) -> Callable[[], object]:
        query = tantivy.Query.term_query(snapshot.schema, "text_en", word, "basic")
        return lambda: snapshot.searcher.search(query, 1)

    print(
        "\n| search | found | floor | 20 hits ranked | all counts | whole search | SQLite hits |"
        " SQLite counts | counts: times the floor | SQLite: times ours |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    tagged = {"tag": ("tag-0",), "region": ("region-0", "region-1")}
    rows = [
        ("a word in 38 %", ask("frequent "), "frequent", "frequent"),
        ("a word in 5 %", ask("middling "), "middling", "middl"),
        ("a word in .2 %", ask("seldom "), "seldom", "seldom"),
        ("two words", ask("frequent middling "), "frequent AND middling", "middl"),
        ("a word and two facets", ask("frequent ", selected=tagged), None, "frequent"),
        ("two facets", ask("", selected=tagged), None, "frequent"),
        ("nothing: everything", ask(""), None, "frequent"),
        ("38 %, by title", ask("frequent ", sort=Sort.TITLE), None, "frequent"),
        ("page 50", ask("frequent ", page=50), None, "frequent"),
        ("beginning of a word, two letters", ask("ba"), "ba*", "frequent"),
        ("a phrase", ask('"frequent middling"'), '"frequent middling"', "middl"),
        ("32 words", ask(" ".join(f"frequent ba{n}" for n in range(16))), None, "frequent"),
        ("a misspelling", ask("frequemt "), None, "frequent"),
    ]
    for label, request, other, term in rows:
        request = request if request.text.endswith("ba") else _closed(request)
        total = engine.search(request).total
        base, tallied = cpu(floor(term)), cpu(counts(request), runs=11)
        ranked, everything = cpu(hits(request), runs=11), cpu(whole(request), runs=11)
        sql = ["", ""]
        times = ""
        if other and beside is not None:
            sql_hits = cpu(lambda other=other: beside.hits(other), runs=3)
            sql_counts = cpu(lambda other=other: beside.counts(other), runs=3)
            sql = [f"{sql_hits:.1f}", f"{sql_counts:.1f}"]
            times = f"{(sql_hits + sql_counts) / everything:.0f}"
        print(
            f"| {label} | {total:,} | {base:.2f} | {ranked:.2f} | {tallied:.2f} |"
            f" {everything:.2f} | {sql[0]} | {sql[1]} | {tallied / base:.0f} | {times} |"
        )


def _closed(request: SearchRequest) -> SearchRequest:
    """The same without taking its last word for a beginning."""
    return replace(request, query=replace(request.query, open_ended=False))


if __name__ == "__main__":
    main()
