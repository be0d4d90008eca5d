"""What every public page costs beside an empty Wagtail page, and what it weighs.

    python -m tests.benchmarks.bench_pages [--data FOLDER] [--runs 30] [--profile NAME] [--short]

Prints a table in Markdown: CPU milliseconds of whole requests through every middleware, the
median of many, all pages taken in turn in one run, the page cache off; then the first view after
a change, when nothing of a page is kept; then the same from the page cache. The ratio to the
empty page is what counts (2.5 times, a sitemap 3 times). The results of twenty fixed questions,
in every language, must each stay within 3 times, or this ends with an error
(with ``--short``, seven runs a page, it only says so). ``--data`` keeps
the site with the starter collection for the next run; ``--profile`` prints where one page spends
its time instead, with ``--first`` that of a first view.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import io
import os
import pstats
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.measuring import record

EMPTY = "an empty Wagtail page"
WAGTAIL = "one word, by Wagtail's own search"
#: What librarians ask, in every language: a word, a name, a phrase, a sentence, a slip, and words
#: of another script.
QUESTIONS = (
    "/en/search/?q=library",
    "/en/search/?q=ngo mou",
    "/en/search/?q=agreement NGO Africa",
    "/en/search/?q=advocasy",
    "/en/search/?q=we need a template for an agreement with a local newspaper",
    '/en/search/?q="letter of intent"',
    "/ar/search/?q=library",
    "/ar/search/?q=مكتبة",
    "/ar/search/?q=مذكرة تفاهم IFLA",
    "/ar/search/?q=اتفاقية مع منظمة غير حكومية",
    "/de/search/?q=Bibliotheksverband",
    "/de/search/?q=Vereinbarung mit einer NGO",
    "/es/search/?q=convenio con ong",
    "/es/search/?q=biblioteca",
    "/fr/search/?q=protocole d’accord",
    "/fr/search/?q=bibliothèque",
    "/ru/search/?q=меморандум с НКО",
    "/ru/search/?q=библиотека",
    "/zh/search/?q=图书馆协会",
    "/zh/search/?q=NGO 合作备忘录",
)
MOST = 3.0  # times an empty page

PAGES = {
    EMPTY: "/en/bench-empty/",
    "home": "/en/",
    "section": "/en/agreements/",
    "section of exercises": "/en/exercises/",
    "plain page": "/en/about/",
    "agreement": "/en/agreements/library-ngo/",
    "agreement, long": "/en/agreements/library-consortium/",
    "agreement in Arabic": "/ar/agreements/library-ngo/",
    "case study": "/en/case-studies/survey-in-26-countries/",
    "exercise": "/en/exercises/think-of-an-advocate/",
    "template": "/en/guidelines/press-release/",
    "browse": "/en/browse/",
    "a region": "/en/browse/region/sub-saharan-africa/",
    "results, no word": "/en/search/",
    "results, one word": "/en/search/?q=library",
    "results, a word and a region": "/en/search/?q=library&region=sub-saharan-africa",
    "results in Arabic, a Latin word": "/ar/search/?q=library",
    "results in Chinese": "/zh/search/?q=图书馆",
    "nothing found": "/en/search/?q=zzyzx",
    "nothing found, with filters": "/en/search/?q=zzyzx&region=europe&partner=media",
    "JSON of one word": "/api/v1/search?q=library&lang=en",
    WAGTAIL: "/bench-search/?q=library",
    "sitemap": "/sitemap-en.xml",
    "index of sitemaps": "/sitemap.xml",
    **{address.replace("search/?q=", ""): address for address in QUESTIONS},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="keep the site here, or use the one that is")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--short", action="store_true", help="what fits into a minute")
    parser.add_argument("--profile", choices=PAGES, help="say where this page spends its time")
    parser.add_argument("--first", action="store_true", help="profile first views after a change")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        set_up(options.data or Path(scratch))
        if options.profile:
            profile(PAGES[options.profile], first=options.first)
        else:
            runs = 7 if options.short else options.runs
            found = measure(runs)
            print_table(found)
            ratios = times_empty(found)
            record({f"page: {name} / empty": times for name, times in ratios.items()})
            if (dear := too_dear(ratios)) and not options.short:
                again = times_empty(measure(runs, {EMPTY: PAGES[EMPTY], **dear}))
                dear = {name: a for name, a in dear.items() if name in too_dear(again)}
            if dear:
                print(f"\nMore than {MOST:g} times an empty page: {', '.join(dear)}")
                if not options.short:
                    raise SystemExit(1)
            dearest = max(ratios[name] for name, a in PAGES.items() if a in QUESTIONS)
            print(f"\n{len(QUESTIONS)} questions, the dearest {dearest:.1f} times an empty page.")


def times_empty(found: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Name → CPU time as a multiple of the empty page's, the least of each."""
    empty = found[EMPTY]["best"]
    return {name: page["best"] / empty for name, page in found.items()}


def too_dear(ratios: dict[str, float]) -> dict[str, str]:
    """Name → address of the questions whose results cost too much."""
    return {
        name: address
        for name, address in PAGES.items()
        if address in QUESTIONS and ratios.get(name, 0) > MOST
    }


def set_up(folder: Path) -> None:
    """Django on a site with the starter collection and one empty page below ``folder``."""
    os.environ.update(
        DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="toolkit.settings.dev", LOG_LEVEL="ERROR"
    )
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    settings.ALLOWED_HOSTS = ["*"]
    call_command("set_up", verbosity=0, stdout=io.StringIO())

    from toolkit.pages.models import HomePage, PlainPage

    home = HomePage.objects.get(locale__language_code="en")
    if not PlainPage.objects.child_of(home).filter(slug="bench-empty").exists():
        home.add_child(instance=PlainPage(title="Empty", slug="bench-empty", locale=home.locale))
    PlainPage.get_template = lambda self, request, *a, **k: (  # type: ignore[method-assign]
        "bench/empty.html" if self.slug == "bench-empty" else "pages/plain_page.html"
    )


def measure(runs: int, pages: dict[str, str] = PAGES) -> dict[str, dict[str, Any]]:
    """Name → median CPU milliseconds uncached ("ms"), of the first view after a change ("first")
    and cached ("hit"), queries of a page and of its first view, bytes."""
    found: dict[str, dict[str, Any]] = {name: {} for name in pages}
    _weigh(found, pages)
    for key, cached in (("ms", False), ("first", False), ("hit", True)):
        client = _client(cached=cached)
        times: dict[str, list[float]] = {name: [] for name in pages}
        for turn in range(runs + 2):
            for name, address in pages.items():
                if key == "first":
                    _change()
                start = time.process_time()
                client.get(address)
                if turn >= 2:
                    times[name].append((time.process_time() - start) * 1000)
        for name, spent in times.items():
            found[name][key] = statistics.median(spent)
            found[name].setdefault("best", min(spent))  # of the uncached ones, to be compared
    return found


def _client(*, cached: bool) -> Any:
    from django.conf import settings
    from django.test import Client

    settings.TOOLKIT_PAGE_CACHE = cached
    return Client()


def _change() -> None:
    """What a change does to all that is kept; what it costs itself is not measured."""
    from toolkit.core import public_state

    public_state.public_content_changed()
    public_state.public_state()


def _weigh(found: dict[str, dict[str, Any]], pages: dict[str, str]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = _client(cached=False)
    for name, address in pages.items():
        client.get(address)  # what a process reads once in its life is no page's
        _change()
        for key in ("first queries", "queries"):
            with CaptureQueriesContext(connection) as asked:
                response = client.get(address)
            found[name][key] = len(asked)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}")
        found[name]["kB"] = len(gzip.compress(response.content, 6)) / 1000


def print_table(found: dict[str, dict[str, Any]]) -> None:
    empty = found[EMPTY]["ms"]
    print(
        "| page | CPU ms | times the empty page | first after a change | times"
        " | from the cache | queries | at first | kB, gzip |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, value in found.items():
        print(
            f"| {name} | {value['ms']:.2f} | {value['ms'] / empty:.1f} | {value['first']:.2f} |"
            f" {value['first'] / empty:.1f} | {value['hit']:.2f} | {value['queries']} |"
            f" {value['first queries']} | {value['kB']:.1f} |"
        )


def profile(address: str, runs: int = 30, *, first: bool = False) -> None:
    client = _client(cached=False)
    client.get(address)
    profiler = cProfile.Profile()
    for _ in range(runs):
        if first:
            _change()
        profiler.enable()
        client.get(address)
        profiler.disable()
    for order in ("cumulative", "tottime"):
        _print_stats(profiler, order, runs)


def _print_stats(profiler: cProfile.Profile, order: str, runs: int) -> None:
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).sort_stats(order).print_stats(70)
    lines: Iterable[str] = text.getvalue().splitlines()
    print(f"\n{runs} requests, by {order}")
    print("\n".join(line.replace(os.getcwd() + "/", "") for line in lines))


if __name__ == "__main__":
    main()
