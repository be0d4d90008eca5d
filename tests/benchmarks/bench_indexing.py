"""Works a CPU second, from the database into an index.

Run: ``python -m tests.benchmarks.bench_indexing``

Real works: the starter collection's own, seven versions and about 3,600 words each, read again and
again under new keys. CPU time of the process, with the threads of the index writer.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import django

ROUNDS = 2


def main() -> None:
    data = tempfile.mkdtemp(prefix="bench-indexing-")
    os.environ |= {"DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "toolkit.settings.dev"}
    django.setup()
    from django.core.management import call_command

    call_command("set_up", verbosity=0)

    from search.catalogue.works import published_entries
    from search.engines.elastic.documents import document
    from search.engines.embedded import EmbeddedEngine
    from search.entries import SearchEntry

    first = list(published_entries())
    words = sum(len(v.body.split()) for e in first for v in e.versions.values()) / len(first)
    print(f"{len(first)} works, {words:.0f} words each; works a CPU second:")

    def read() -> Iterator[SearchEntry]:
        for number in range(ROUNDS):
            for entry in published_entries():
                yield replace(entry, key=f"{number:08x}{entry.key[8:]}")

    def rate(name: str, work: Callable[[], object]) -> None:
        began = time.process_time()
        work()
        print(f"  {name:44} {ROUNDS * len(first) / (time.process_time() - began):6.0f}")

    engine = EmbeddedEngine(Path(data) / "bench")
    rate("reading", lambda: [0 for _ in read()])
    rate("reading, embedded index written", lambda: engine.rebuild(read()))
    rate("reading, documents for Elasticsearch", lambda: [document(entry) for entry in read()])


if __name__ == "__main__":
    main()
