"""All benchmarks: ``python -m tests.benchmarks``."""

from __future__ import annotations

import subprocess
import sys

for name in ("bench_engine", "bench_results_page"):
    print(f"\n## {name}\n", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)
