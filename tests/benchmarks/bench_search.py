"""What a search costs at a size, on both engines, beside the bound and Wagtail's own search.

    python -m tests.benchmarks.bench_search [10000 100000 …] [--write docs/benchmarks.md]

The same made-up entries, through the real schema of both engines and into Wagtail's search of an
SQLite database. Bound and answer are those of ``bench_engine``. All of a row is measured in one
run: CPU milliseconds, the least of many. Elasticsearch is measured where ELASTICSEARCH_URL names
one, with what its process spends, so nobody else should ask it meanwhile.
"""

from __future__ import annotations

import argparse
import functools
import io
import itertools
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.engines.elastic import ElasticEngine
    from search.entries import SearchEntry
    from search.requests import SearchRequest

#: Rows of ``bench_engine`` that Wagtail's search can be asked, too: it knows words and no facets.
ROWS = (
    "a word in 38 %",
    "a word in 5 %",
    "a word in .2 %",
    "two words",
    "a misspelt word",
    "an unknown word",
)
INTRODUCTION = """# What a search costs

Written by `make bench-search` (`N=1000000` for a million entries), which makes up entries of about
126 words in eight facets, a third of them in two languages, and measures in one run, in CPU
milliseconds, the least of many:

- the **bound**: the same totals and counts where everything is known beforehand (bitmaps of the
  words and of all values of the facets);
- the embedded engine's **answer**: matching, ranking twenty hits, counting eight facets; and
  **whole**, with the hits drawn and marked;
- **Elasticsearch**: the same whole page, what its client and what its server spend;
- **Wagtail's own** search of an SQLite database (`Page.objects.live().search(…)`): the total and
  twenty hits, without any count; and how many times the embedded engine's whole page that is.

The ratios are what holds on another machine. Where a column of Elasticsearch is empty, no server
was asked.
"""
_SECTION = re.compile(r"^## ([\d,]+) entries$", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--write", type=Path, help="put the tables into this file, too")
    options = parser.parse_args()
    if len(options.sizes) > 1:  # each has its own database, and a process has one
        target = ["--write", str(options.write)] if options.write else []
        for number in options.sizes:
            command = [sys.executable, "-m", "tests.benchmarks.bench_search", str(number), *target]
            subprocess.run(command, check=True)
        return
    (number,) = options.sizes
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(
            DATA_DIR=scratch, DJANGO_SETTINGS_MODULE="toolkit.settings.dev", LOG_LEVEL="ERROR"
        )
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        table = measure(number, Path(scratch))
    print(table, flush=True)
    if options.write:
        known = options.write.read_text("utf-8") if options.write.exists() else ""
        options.write.write_text(with_section(known, number, table), "utf-8")


def with_section(text: str, number: int, table: str) -> str:
    """The file with the table of one size in it; those of other sizes stay as they are."""
    parts = _SECTION.split(text)[1:]
    sizes = [int(written.replace(",", "")) for written in parts[::2]]
    sections = {**dict(zip(sizes, parts[1::2], strict=True)), number: table}
    kept = (f"## {n:,} entries\n\n{body.strip()}\n" for n, body in sorted(sections.items()))
    return "\n".join([INTRODUCTION, *kept])


def measure(number: int, scratch: Path) -> str:
    """The table of one size, in Markdown."""
    from search.engines.elastic import ElasticEngine
    from search.text import reading
    from tests.benchmarks import bench_engine
    from tests.benchmarks.collections import entries
    from tests.benchmarks.measuring import best_of

    embedded, bitmaps = bench_engine.build("light", number, scratch / "light")
    snapshot = embedded.generations.snapshot()
    began = time.process_time()
    fill_wagtail(entries(number))
    wagtails = time.process_time() - began
    elastic: ElasticEngine | None = None
    if url := os.environ.get("ELASTICSEARCH_URL"):
        elastic = ElasticEngine(url, alias=f"toolkit-bench-{os.getpid()}", timeout=60)
        elastic.rebuild(entries(number))
    lines = [
        "| search | found | bound | answer | times the bound | whole | Elasticsearch"
        " | Wagtail's own | times the whole |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    try:
        for label in ROWS:
            request, word = bench_engine.ROWS[label]
            read = reading.read(request.query, request.language, request.named)

            def whole(request: SearchRequest = request) -> object:
                snapshot.forget()
                return embedded.search(request)

            asked: dict[str, Callable[[], object]] = {
                "answer": functools.partial(bench_engine.answer, snapshot, request, read),
                "whole": whole,
                "wagtail": functools.partial(ask_wagtail, request.text),
            }
            found = embedded.search(request)
            if word:
                bench_engine.check_bound(found, bitmaps, word)
                asked["bound"] = functools.partial(bitmaps.answer, word)
            if elastic:
                assert elastic.search(request).total == found.total
            others = ask_wagtail(request.text)[0]
            if others != found.total:
                raise SystemExit(f"{label}: Wagtail finds {others}, the engines {found.total}")
            spent = best_of(asked, runs=5 if number > 200_000 else 11)
            there = _elastic_milliseconds(elastic, request) if elastic else None
            bound, times = "", ""
            if word:
                bound = f"{spent['bound']:.2f}"
                times = f"{spent['answer'] / spent['bound']:.1f}"
            server = f"{there[0]:.1f} + {there[1]:.0f}" if there else ""
            lines.append(
                f"| {label} | {found.total:,} | {bound} | {spent['answer']:.2f} | {times} |"
                f" {spent['whole']:.2f} | {server} | {spent['wagtail']:.2f} |"
                f" {spent['wagtail'] / spent['whole']:.1f} |"
            )
    finally:
        if elastic:
            elastic.remove()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines += [
        "",
        f"Measured {date.today()}, with at most {memory:.1f} GB of memory. Filling Wagtail's index"
        f" took {wagtails * 1000 / number:.2f} ms of CPU an entry, making it up included.",
    ]
    return "\n".join(lines)


def _elastic_milliseconds(engine: ElasticEngine, request: SearchRequest) -> tuple[float, float]:
    """What the client and the server spend on a page: the least of eight turns of ten pages, as a
    server's clock is a coarse one."""
    from tests.benchmarks.bench_engine import server_cpu

    turns = []
    for _turn in range(8):
        here, there = time.process_time(), server_cpu(engine)
        for _page in range(10):
            engine.search(request)
        here, there = (time.process_time() - here) * 1000, server_cpu(engine) - there
        turns.append((here / 10, there / 10))
    return min(here for here, _ in turns), min(there for _, there in turns)


def fill_wagtail(entries: Iterable[SearchEntry]) -> None:
    """A page for every entry, and all its words in Wagtail's own index, in a new database."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.management import call_command
    from wagtail.models import Locale, Page
    from wagtail.search.backends import get_search_backend
    from wagtail.search.models import IndexEntry

    for app in ("wagtailcore", "wagtailsearch"):
        call_command("migrate", app, verbosity=0, stdout=io.StringIO())
    kind = ContentType.objects.get_for_model(Page)
    locale = Locale.objects.first()
    root = Page.objects.get(depth=1)
    given = iter(entries)
    numbers = itertools.count(2)  # the first is Wagtail's own welcome
    while chunk := list(itertools.islice(given, 2_000)):
        pages = [
            Page(
                path=Page._get_path(root.path, 2, number),
                depth=2,
                title=entry.versions["en"].title,
                slug=f"entry-{number}",
                url_path=f"/entry-{number}/",
                content_type=kind,
                locale=locale,
            )
            for entry, number in zip(chunk, numbers, strict=False)
        ]
        made = Page.objects.bulk_create(pages)
        IndexEntry.objects.bulk_create(
            IndexEntry(
                content_type=kind,
                object_id=str(page.pk),
                title=page.title,
                autocomplete=page.title,
                body=" ".join(
                    text
                    for version in entry.versions.values()
                    for text in (version.summary, version.body)
                ),
            )
            for entry, page in zip(chunk, made, strict=True)
        )
    get_search_backend().get_index_for_model(Page)._refresh_title_norms(full=True)


def ask_wagtail(text: str) -> tuple[int, list[object]]:
    """The total and the first twenty pages."""
    from wagtail.models import Page

    found = Page.objects.live().search(text.replace('"', " "))
    return found.count(), list(found[:20])


if __name__ == "__main__":
    main()
