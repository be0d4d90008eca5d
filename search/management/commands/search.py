"""``manage.py search``: the index in an operator's hands."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from search import evaluation
from search.answers import current_engine
from search.catalogue.indexing import (
    Differences,
    apply_changes,
    catch_up,
    lasting_differences,
    note_changes,
    rebuild,
)
from search.catalogue.works import published_entries, published_keys
from search.engines import engines, scratch_engine
from search.engines.base import EngineUnavailable, Hit, IndexLost, SearchEngine
from search.names import names
from search.requests import NamesIn, SearchRequest, no_names
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import vocabularies

SHOWN = 20  # keys named of each sort of difference


class Command(BaseCommand):
    help = "The search index: rebuild it, compare it with the database, ask it something."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        anew = actions.add_parser(
            "rebuild",
            help="build every index anew beside the old one, then swap; the site goes on serving",
        )
        anew.add_argument(
            "--lost", action="store_true", help="only indexes that are missing or damaged"
        )
        check = actions.add_parser(
            "check", help="compare every index with the database; fails if they differ"
        )
        check.add_argument("--fix", action="store_true", help="mend the differences")
        judged = actions.add_parser(
            "evaluate", help="measure how good what is found is, by a collection of judged queries"
        )
        judged.add_argument("directory", type=Path, metavar="DIR")
        judged.add_argument("--engine", default="embedded", choices=["embedded", "elasticsearch"])
        query = actions.add_parser("query", help="search from the shell")
        query.add_argument("text", help='words, "phrases" and -exclusions, quoted for the shell')
        query.add_argument(
            "--lang",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _name in settings.LANGUAGES],
            help="the reader's language",
        )

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "rebuild":
            self.rebuild(only_lost=options["lost"])
        elif action == "check":
            self.check_indexes(fix=options["fix"])
        elif action == "evaluate":
            self.evaluate(options["directory"], engine=options["engine"])
        else:
            self.query(options["text"], language=options["lang"])

    def rebuild(self, *, only_lost: bool) -> None:
        """Build the indexes anew; one that cannot be built does not keep the others waiting."""
        failed: list[str] = []
        for engine in engines():
            if only_lost and not _is_lost(engine):
                continue
            try:
                self._rebuild(engine)
            except EngineUnavailable as error:
                failed.append(f"{engine.name}: {error}")
        if failed:
            raise CommandError("not rebuilt: " + "; ".join(failed))

    def _rebuild(self, engine: SearchEngine) -> None:
        expected = len(published_keys())
        self.stdout.write(f"{engine.name}: reading {expected} entries")
        started = time.monotonic()
        number = rebuild(engine, progress=lambda done: self._progress(done, expected, started))
        seconds = max(time.monotonic() - started, 0.001)
        self.stdout.write(
            self.style.SUCCESS(
                f"{engine.name}: {number} entries in {seconds:.1f} s "
                f"({number / seconds:.0f} a second)"
            )
        )

    def _progress(self, done: int, expected: int, started: float) -> None:
        if done % 1000 == 0:
            rate = done / max(time.monotonic() - started, 0.001)
            self.stdout.write(f"  {done} of {expected}, {rate:.0f} a second")

    def check_indexes(self, *, fix: bool) -> None:
        """Name what differs; with ``fix`` mend it, and look again."""
        wrong: list[str] = []
        for engine in engines():
            try:
                if lost := engine.damage() or _unreadable(engine):
                    self.stdout.write(f"{engine.name} is lost or damaged: {lost}")
                    if not fix:
                        wrong.append(f"{engine.name} is lost or damaged")
                        continue
                    self._rebuild(engine)
                found = lasting_differences(engine)
                self._report(engine, found)
                if found and fix:
                    found = self._mend(engine, found)
            except EngineUnavailable as error:
                wrong.append(f"{engine.name} does not answer: {error}")
                continue
            if found:
                wrong.append(f"{engine.name} differs from the database")
        if wrong:
            hint = "" if fix else "; mend it with `manage.py search check --fix`"
            raise CommandError("; ".join(wrong) + hint)

    def _mend(self, engine: SearchEngine, found: Differences) -> Differences:
        note_changes(found.keys)
        apply_changes()
        catch_up(engine)
        left = lasting_differences(engine)
        if not left:
            self.stdout.write(self.style.SUCCESS(f"{engine.name}: mended"))
        return left

    def _report(self, engine: SearchEngine, found: Differences) -> None:
        if not found:
            self.stdout.write(self.style.SUCCESS(f"{engine.name}: equals the database"))
            return
        for what, keys in (
            ("missing in the index", found.missing),
            ("out of date", found.outdated),
            ("in the index alone", found.surplus),
        ):
            if keys:
                self.stdout.write(f"{engine.name}: {len(keys)} {what}")
                for key in keys[:SHOWN]:
                    self.stdout.write(f"  {key}")
                if len(keys) > SHOWN:
                    self.stdout.write(f"  … and {len(keys) - SHOWN} more")

    def evaluate(self, directory: Path, *, engine: str) -> None:
        """Index a collection in a scratch index, ask its queries, and print a row a language."""
        languages = [code for code, _name in settings.LANGUAGES]
        language = evaluation.language_of(directory, languages, settings.LANGUAGE_CODE)
        try:
            if evaluation.is_of_the_site(directory):
                entries = list(published_entries())
                queries = evaluation.read_judged(directory, entries)
                named: NamesIn = names(vocabularies())
            else:
                entries = list(evaluation.read_entries(directory, language))
                queries = evaluation.read_queries(directory, language)
                named = no_names
            with scratch_engine(engine) as asked:
                asked.rebuild(entries)
                rankings = list(evaluation.ask(asked, queries, named))
            self._print_measures(rankings)
        except evaluation.UnreadableCollection as error:
            raise CommandError(str(error)) from error
        except ModuleNotFoundError as error:
            raise CommandError(
                f"{error}: `pip install ir-measures`, as `make test` does"
            ) from error

    def _print_measures(self, rankings: list[evaluation.Ranking]) -> None:
        spoken = sorted({ranking.query.language for ranking in rankings})
        rows = {
            language: [ranking for ranking in rankings if ranking.query.language == language]
            for language in spoken
        }
        if len(spoken) > 1:
            rows["all"] = rankings
        measured = {language: evaluation.measures(asked) for language, asked in rows.items()}
        names = next(iter(measured.values()), {})
        self.stdout.write("| language | queries | " + " | ".join(names) + " |")
        self.stdout.write("|---" * (len(names) + 2) + "|")
        for language, values in measured.items():
            cells = " | ".join(f"{value:.3f}" for value in values.values())
            self.stdout.write(f"| {language} | {len(rows[language])} | {cells} |")

    def _print_hits(self, hits: Iterable[Hit]) -> None:
        for hit in hits:
            self.stdout.write(f"  [{hit.kind}, {hit.language}] {hit.title}\n    {hit.url}")

    def query(self, text: str, *, language: str) -> None:
        """Print the first page of what a reader of ``language`` would find."""
        started = time.monotonic()
        try:
            asked = SearchRequest.from_query(
                {"q": [text]}, language=language, known={}, names=names(vocabularies())
            )
            page = current_engine().search(asked)
        except EngineUnavailable as error:
            raise CommandError(f"{error}; try `manage.py search rebuild`") from error
        milliseconds = (time.monotonic() - started) * 1000
        self.stdout.write(f"{page.total} entries, {milliseconds:.1f} ms")
        if page.relaxed:
            self.stdout.write("No entry has all words; these have some of them.")
        if page.suggestion:
            self.stdout.write(f"Did you mean: {page.suggestion}")
        if page.degraded:
            self.stdout.write("The fallback answered.")
        self._print_hits(page.hits)
        if page.others:
            self.stdout.write(f"Some of the words: {page.more} more")
            self._print_hits(page.others)
        for name in FACETS:
            counts = sorted(page.counts.get(name, {}).items(), key=lambda pair: -pair[1])
            if counts:
                shown = ", ".join(f"{value} {count}" for value, count in counts[:8])
                self.stdout.write(f"{name}: {shown}{' …' if len(counts) > 8 else ''}")


def _is_lost(engine: SearchEngine) -> bool:
    """Whether an index has to be made anew: it is missing or damaged, or it no longer answers a
    reader though all its files are there."""
    if engine.is_remote:
        # One that cannot be reached is not lost
        try:
            engine.search(SearchRequest.of("library"))
        except IndexLost:
            return True
        except EngineUnavailable:
            return False
        return False
    status = engine.health().status
    if status in ("down", "rebuilding"):
        return status == "down"
    return bool(engine.damage() or _unreadable(engine))


def _unreadable(engine: SearchEngine) -> str:
    """Why an index answers nobody though its files are what was written, "" if it does. A server
    elsewhere that cannot be reached is no index to be built anew."""
    if engine.is_remote:
        return ""
    try:
        engine.search(SearchRequest.of("library"))
    except EngineUnavailable as error:
        return str(error)
    return ""
