"""How good what is found is, on the collections of judged queries that lie in a folder.

    python -m tests.benchmarks.bench_relevance [--data FOLDER] [--engine embedded …]

Asks ``manage.py search evaluate`` about every collection (``search.evaluation`` says what one is)
in the folder that RELEVANCE_DIR names, ``../shared/data/relevance`` beside the project unless it is
set; on Elasticsearch, too, where ELASTICSEARCH_URL names one. The figures of the decision records
come out of it. The collections are not part of the project: without them it says so and does
nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT.parent / "shared" / "data" / "relevance"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="keep the site here, or use the one that is")
    parser.add_argument("--engine", nargs="*", choices=["embedded", "elasticsearch"])
    options = parser.parse_args()
    found = collections(folder := Path(os.environ.get("RELEVANCE_DIR", DEFAULT)))
    if not found:
        print(
            f"No collection of judged queries in {folder}, so relevance is not measured."
            " RELEVANCE_DIR names another folder."
        )
        return
    asked = options.engine or ["embedded"]
    if not options.engine and os.environ.get("ELASTICSEARCH_URL"):
        asked = ["embedded", "elasticsearch"]
    with tempfile.TemporaryDirectory() as scratch:
        from tests.benchmarks.bench_pages import set_up

        set_up(options.data or Path(scratch))
        from django.core.management import call_command

        for collection in found:
            for engine in asked:
                print(f"\n### {collection.name}, {engine}\n", flush=True)
                call_command("search", "evaluate", str(collection), engine=engine)
                sys.stdout.flush()


def collections(folder: Path) -> list[Path]:
    """The collections in a folder, by name; none where there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if (path / "judged.tsv").is_file() or (path / "qrels.tsv").is_file()
    )


if __name__ == "__main__":
    main()
