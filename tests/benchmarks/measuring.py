"""Figures that can be compared from run to run and from machine to machine: CPU time, the best of
many, as a ratio to something that was measured in the same turns."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

Work = Callable[[], object]


def yardstick() -> int:
    """Work of a millisecond or so that every machine can be measured by."""
    found: dict[str, int] = {}
    for number in range(4_000):
        word = f"{number * 7919 % 1009:x}"
        found[word] = found.get(word, 0) + len(word)
    return len(sorted(found))


def best_of(works: Mapping[str, Work], *, runs: int = 15) -> dict[str, float]:
    """Name → CPU milliseconds of this process, the least of ``runs``; all taken in turn, so that
    what else goes on in the machine is shared fairly."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(runs + 1):
        for name, work in works.items():
            start = time.process_time()
            work()
            if turn:  # the first warms up
                times[name].append((time.process_time() - start) * 1000)
    return {name: min(spent) for name, spent in times.items()}


def record(figures: Mapping[str, float]) -> None:
    """Hand ratios to ``python -m tests.benchmarks``, which keeps or compares them."""
    if target := os.environ.get("BENCH_FIGURES"):
        path = Path(target)
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        path.write_text(json.dumps(known | {k: round(v, 2) for k, v in figures.items()}), "utf-8")
