"""All benchmarks, and whether anything became dearer.

    python -m tests.benchmarks            everything, an hour or more, up to a million entries; and
                                          how good what is found is (bench_relevance)
    python -m tests.benchmarks --short    within three minutes; fails where a ratio is more than
                                          twice the recorded one, and is so again when measured anew
    python -m tests.benchmarks --short --record   record the ratios anew (recorded.json)

Ratios only, of CPU times that were taken in the same turns: they hold on another machine, and on
one that has other things to do.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded.json")
#: A ratio may be so many times the recorded one; below the second number nothing is a fault.
ALLOWED, TOO_SMALL = 2.0, 0.3


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        figures = Path(scratch) / "figures.json"
        environment = {**os.environ, "BENCH_FIGURES": str(figures)}
        environment.setdefault("DJANGO_SETTINGS_MODULE", "toolkit.settings.dev")
        environment["DATA_DIR"] = str(Path(scratch) / "site")
        site = ["--data", environment["DATA_DIR"]]
        benches = {"bench_engine": [], "bench_pages": site, "bench_load": site}
        if not options.short:
            benches |= {"bench_indexing": [], "bench_relevance": site}

        def measured() -> dict[str, float]:
            figures.unlink(missing_ok=True)
            for name, arguments in benches.items():
                print(f"\n## {name}\n", flush=True)
                command = [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments]
                command += ["--short"] if options.short else []
                subprocess.run(command, check=True, env=environment)
            ratios: dict[str, float] = json.loads(figures.read_text("utf-8"))
            return ratios

        known: dict[str, float] = {}
        if RECORDED.exists():
            known = json.loads(RECORDED.read_text("utf-8"))
        found = measured()
        if options.record:
            RECORDED.write_text(json.dumps(known | found, indent=1, sort_keys=True) + "\n", "utf-8")
            print(f"\n{len(found)} ratios recorded.")
            return 0
        if dearer(found, known):
            print("\nDearer than recorded: once more, for what else the machine had to do.")
            again = measured()
            found = {name: min(ratio, again.get(name, ratio)) for name, ratio in found.items()}
    return compare(found, known)


def dearer(found: dict[str, float], known: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Name → (ratio, recorded ratio) of what is more than ``ALLOWED`` times as dear."""
    return {
        name: (ratio, known[name])
        for name, ratio in found.items()
        if name in known and ratio > ALLOWED * max(known[name], TOO_SMALL)
    }


def compare(found: dict[str, float], known: dict[str, float]) -> int:
    """Print what became dearer; 1 if anything did."""
    faults = dearer(found, known)
    for name, (ratio, before) in sorted(faults.items()):
        print(f"DEARER  {name}: {ratio:.2f}, recorded {before:.2f}")
    print(f"\n{len(found)} ratios, {len(faults)} more than {ALLOWED:g} times the recorded one.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
