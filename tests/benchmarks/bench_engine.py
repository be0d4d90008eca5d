"""What a search costs beside the bound, on light and heavy entries, on both engines.

    python -m tests.benchmarks.bench_engine [--light 10000 …] [--heavy 1000 …] [--keep FOLDER]

The *bound* is what the same answer costs where everything is known beforehand: the entries that
have the word as a bitmap, the entries of each facet value as bitmaps, and for every value the
size of the intersection (roaring bitmaps). The *answer* is matching, counting all eight facets
and ranking twenty hits; *drawn*, the whole search with its texts marked. CPU milliseconds of
this process, the best of many, nothing remembered between two searches. Of Elasticsearch, where
ELASTICSEARCH_URL names one, the CPU of client and server.
"""

from __future__ import annotations

import argparse
import functools
import os
import pickle
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django

django.setup()

from pyroaring import BitMap  # noqa: E402

from search.engines.base import SearchPage  # noqa: E402
from search.engines.elastic import ElasticEngine  # noqa: E402
from search.engines.embedded import EmbeddedEngine  # noqa: E402
from search.engines.embedded import engine as parts  # noqa: E402
from search.engines.embedded.generations import Snapshot  # noqa: E402
from search.entries import SearchEntry  # noqa: E402
from search.requests import SearchRequest, Sort  # noqa: E402
from search.text import reading  # noqa: E402
from tests.benchmarks.collections import SHARES, entries, frequent_words, heavy_entries  # noqa: E402
from tests.benchmarks.measuring import best_of, record, yardstick  # noqa: E402

MAKERS: dict[str, Callable[[int], Iterator[SearchEntry]]] = {
    "light": entries,
    "heavy": heavy_entries,
}
#: So few are quickly made again.
FEW = 1_000
FACETS = {"tag": ("tag-0",), "region": ("region-0", "region-1")}
#: Row → the search, and the word whose entries are the bound's.
ROWS: dict[str, tuple[SearchRequest, str]] = {
    "a word in 38 %": (SearchRequest.of('"frequent"'), "frequent"),
    "a word in 5 %": (SearchRequest.of('"middling"'), "middling"),
    "a word in .2 %": (SearchRequest.of('"seldom"'), "seldom"),
    "two words": (SearchRequest.of('"frequent" "middling"'), ""),
    "a word and two facets": (SearchRequest.of('"frequent"', selected=FACETS), ""),
    "everything": (SearchRequest.of(""), ""),
    "38 %, by title": (SearchRequest.of('"frequent"', sort=Sort.TITLE), ""),
    "twelve words in Spanish": (SearchRequest.of(frequent_words(12), language="es"), ""),
    "a beginning of two letters": (SearchRequest.of("ba"), ""),
    "a phrase": (SearchRequest.of('"frequent middling"'), ""),
    "a misspelt word": (SearchRequest.of("frequemt"), ""),
    "an unknown word": (SearchRequest.of("xyzzyplughs"), ""),
    "three unknown words": (SearchRequest.of("xyzzyplughs qwertzuiopa yxcvbnmlk"), ""),
}


@dataclass
class Bitmaps:
    """What the bound knows beforehand."""

    words: dict[str, BitMap] = field(default_factory=dict)
    values: dict[tuple[str, str], BitMap] = field(default_factory=dict)

    def answer(self, word: str) -> dict[tuple[str, str], int]:
        """The number of entries with the word, by facet value."""
        having = self.words[word]
        counted = (
            (value, having.intersection_cardinality(entries))
            for value, entries in self.values.items()
        )
        return {value: number for value, number in counted if number}


def read_along(given: Iterator[SearchEntry], bitmaps: Bitmaps) -> Iterator[SearchEntry]:
    """The same entries; ``bitmaps`` is filled once they are all read."""
    words: dict[str, list[int]] = {word: [] for word in SHARES}
    values: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, entry in enumerate(given):
        body = entry.versions["en"].body
        for word in SHARES:
            if f" {word} " in body:
                words[word].append(place)
        for name, chosen in entry.facets.items():
            for value in chosen:
                values[name, value].append(place)
        yield entry
    bitmaps.words = {word: BitMap(places) for word, places in words.items()}
    bitmaps.values = {value: BitMap(places) for value, places in values.items()}


def build(weight: str, number: int, folder: Path) -> tuple[EmbeddedEngine, Bitmaps]:
    """The index, made or found in ``folder``. Prints and records what making it cost."""
    engine, kept = EmbeddedEngine(folder / "index"), folder / "bitmaps"
    bitmaps = Bitmaps()
    if kept.exists() and engine.health().entries == number:
        bitmaps = pickle.loads(kept.read_bytes())  # noqa: S301 - made by this bench
        return engine, bitmaps
    folder.mkdir(parents=True, exist_ok=True)
    step = best_of({"yardstick": yardstick})["yardstick"]
    start = time.process_time()
    for _ in read_along(MAKERS[weight](number), bitmaps):
        pass
    making = time.process_time() - start
    costs: list[float] = []
    for _turn in range(3 if number <= FEW else 1):  # of few entries the first meets every word anew
        start = time.process_time()
        engine.rebuild(MAKERS[weight](number))
        costs.append((time.process_time() - start - making) * 1000 / number)
    took = min(costs)
    kept.write_bytes(pickle.dumps(bitmaps))
    size = sum(p.stat().st_size for p in (folder / "index").rglob("*") if p.is_file())
    segments = engine.generations.snapshot().searcher.num_segments
    print(
        f"Rebuilt: {took:.2f} ms of CPU an entry ({1000 / took:,.0f} entries a second),"
        f" {size / 1e6:,.0f} MB, segments: {segments}\n"
    )
    record({f"{weight} {number:,}: rebuilding an entry / yardstick": took / step})
    return engine, bitmaps


def answer(snapshot: Snapshot, request: SearchRequest, read: reading.ReadQuery) -> object:
    """Matching, counting and ranking, of a question that has been read; nothing is drawn."""
    read, matched = parts._match(snapshot, read)
    tally = parts._tally(snapshot, matched, request)
    return parts._page(snapshot, matched, read, request, tally)


def check_bound(found: SearchPage, bitmaps: Bitmaps, word: str) -> None:
    """The bound is one only if it answers the same."""
    counted = {(f, v): n for f, values in found.counts.items() for v, n in values.items()}
    assert counted == bitmaps.answer(word), "the bound answers something else"


def measure(weight: str, number: int, folder: Path) -> None:
    print(f"\n### {number:,} {weight} entries\n", flush=True)
    engine, bitmaps = build(weight, number, folder)
    snapshot = engine.generations.snapshot()
    print("| search | found | bound | answer | times the bound | drawn, whole |")
    print("|---|---|---|---|---|---|")
    figures: dict[str, float] = {}
    for label, (request, word) in ROWS.items():
        read = reading.read(request.query, request.language, request.named)
        alone = functools.partial(answer, snapshot, request, read)

        def whole(request: SearchRequest = request) -> object:
            snapshot.forget()
            return engine.search(request)

        works = {"answer": alone, "whole": whole, "yardstick": yardstick}
        if word:
            works["bound"] = lambda word=word: bitmaps.answer(word)
        found = engine.search(request)
        if word:
            check_bound(found, bitmaps, word)
        spent = best_of(works, runs=9 if number > 200_000 else 15)
        name = f"{weight} {number:,}: {label}"
        figures[f"{name} / yardstick"] = spent["whole"] / spent["yardstick"]
        times = ""
        if word:
            figures[f"{name} / bound"] = spent["answer"] / spent["bound"]
            times = f"{spent['answer'] / spent['bound']:.1f}"
        bound = f"{spent['bound']:.2f}" if word else ""
        print(
            f"| {label} | {found.total:,} | {bound} | {spent['answer']:.2f} | {times} |"
            f" {spent['whole']:.2f} |",
            flush=True,
        )
    record(figures)
    measure_changes(weight, number, engine)


def measure_changes(weight: str, number: int, engine: EmbeddedEngine) -> None:
    """Twenty saves of one entry each, the cheapest and the dearest of them, and what tidying
    costs after many. The yardstick comes first: afterwards the index's threads still work."""
    changed = list(MAKERS[weight](40))
    step = best_of({"yardstick": yardstick})["yardstick"]
    spent: list[float] = []
    for entry in changed[:20]:
        start = time.process_time()
        engine.upsert([entry])
        spent.append((time.process_time() - start) * 1000)
    for entry in changed[20:]:
        engine.upsert([entry])
    start = time.process_time()
    tidied = engine.tidy()
    tidying = time.process_time() - start
    print(
        f"\nTwenty saves: {min(spent):.0f} to {max(spent):.0f} ms of CPU each, none merges."
        f" Tidying after forty: {tidying:.1f} s of CPU ({'merged' if tidied else 'not needed'}),"
        " outside of any save."
    )
    record({f"{weight} {number:,}: a save / yardstick": min(spent) / step})


def server_cpu(engine: ElasticEngine) -> float:
    """CPU milliseconds that the server has used so far, for whomever."""
    nodes = engine._client.nodes.stats(metric="process")["nodes"].values()
    return float(sum(node["process"]["cpu"]["total_in_millis"] for node in nodes))


def measure_elastic(weight: str, number: int) -> None:
    """The same searches on a server: its CPU is that of its process, so let nobody else ask."""
    engine = ElasticEngine(os.environ["ELASTICSEARCH_URL"], alias="toolkit-bench", timeout=30)
    server = functools.partial(server_cpu, engine)

    print(f"\n### {number:,} {weight} entries on Elasticsearch\n", flush=True)
    try:
        start, there = time.process_time(), server()
        engine.rebuild(MAKERS[weight](number))
        print(
            f"Rebuilt (making the entries up included): {time.process_time() - start:.0f} s of CPU"
            f" here, {(server() - there) / 1000:.0f} s there\n"
        )
        print("| search | found | CPU here | CPU there | wall |\n|---|---|---|---|---|")
        for label, (request, _) in ROWS.items():
            found = engine.search(request)
            start, there, wall = time.process_time(), server(), time.monotonic()
            for _turn in range(20):
                engine.search(request)
            print(
                f"| {label} | {found.total:,} | {(time.process_time() - start) * 50:.1f} |"
                f" {(server() - there) / 20:.1f} | {(time.monotonic() - wall) * 50:.1f} |",
                flush=True,
            )
    finally:
        engine.remove()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--light", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--heavy", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--keep", type=Path, help="keep the indexes here, or use those there are")
    parser.add_argument("--short", action="store_true", help="what fits into a minute")
    options = parser.parse_args()
    sizes = {"light": options.light, "heavy": options.heavy}
    if options.short:
        sizes = {"light": [10_000], "heavy": [300]}
    with tempfile.TemporaryDirectory() as scratch:
        for weight, numbers in sizes.items():
            for number in numbers:
                measure(weight, number, (options.keep or Path(scratch)) / f"{weight}-{number}")
                if os.environ.get("ELASTICSEARCH_URL") and not options.short and number <= 100_000:
                    measure_elastic(weight, number)


if __name__ == "__main__":
    main()
