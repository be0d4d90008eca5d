"""What a page of the site costs beside an empty Wagtail page and Wagtail's own search.

    python -m tests.benchmarks.bench_results_page [--entries 1000]

Prints a table in Markdown. CPU milliseconds of this process for whole requests through every
middleware, the median of many, taken in turn in one run; the ratio is what counts. All of it on
SQLite with the starter collection and as many more guidelines as asked for. Wagtail's own search
is its database backend with twenty results in a bare template: no facets, no counts, no
highlights. The budget for the results page is three times the empty page (DESIGN, section 7).
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATA_DIR=folder, DJANGO_SETTINGS_MODULE="toolkit.settings.dev", LOG_LEVEL="ERROR"
        )
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        measure(options.entries, options.runs)


def measure(number: int, runs: int) -> None:
    """Fill the site, ask for each page ``runs`` times in turn, print the table."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    settings.ALLOWED_HOSTS = ["*"]
    call_command("set_up", verbosity=0, stdout=io.StringIO())
    add_guidelines(number)

    client = Client()
    pages = {
        "an empty Wagtail page": "/en/bench-empty/",
        "Wagtail's own search, one word": "/bench-search/?q=library",
        "results, one word": "/en/search/?q=library",
        "results, one word and a region": "/en/search/?q=library&region=sub-saharan-africa",
        "results, no word": "/en/search/",
        "results in Arabic": "/ar/search/?q=library",
        "the JSON of one word": "/api/v1/search?q=library&lang=en",
        "home": "/en/",
        "an agreement": "/en/agreements/library-ngo/",
        "a case study": "/en/case-studies/survey-in-26-countries/",
        "an exercise": "/en/exercises/think-of-an-advocate/",
        "a region's page": "/en/browse/region/sub-saharan-africa/",
    }
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(runs + 2):
        for name, address in pages.items():
            start = time.process_time()
            response = client.get(address)
            spent = time.process_time() - start
            if response.status_code != 200:
                raise SystemExit(f"{address} answered {response.status_code}")
            if turn >= 2:
                times[name].append(spent * 1000)
    medians = {name: statistics.median(values) for name, values in times.items()}
    empty = medians["an empty Wagtail page"]
    print(f"{number} guidelines beside the starter collection, {runs} requests each\n")
    print("| page | CPU ms, median | times the empty page |\n|---|---|---|")
    for name, value in medians.items():
        print(f"| {name} | {value:.1f} | {value / empty:.1f} |")


def add_guidelines(number: int) -> None:
    """Pages with words and classifications as varied as a real collection's."""
    from resources.models import ResourcePage
    from search.catalogue.indexing import paused
    from tests.benchmarks.collections import entries
    from toolkit.pages.models import HomePage, PlainPage, SectionPage
    from toolkit.taxonomy.terms import PartnerType, Region

    home = HomePage.objects.get(locale__language_code="en")
    section = SectionPage.objects.child_of(home).get(slug="guidelines")
    regions = list(Region.objects.all()[:60])
    partners = list(PartnerType.objects.all())
    with paused():
        for place, entry in enumerate(entries(number)):
            version = entry.versions[entry.original]
            page = ResourcePage(
                title=f"{version.title} {place}",
                slug=f"bench-{place}",
                summary=version.summary[:300],
                use_when=f"<p>In a library: {version.body}</p>",
                locale=home.locale,
            )
            page.regions = [regions[place % 60], regions[place * 7 % 60]]
            page.partner_types = [partners[place % len(partners)]]
            section.add_child(instance=page)
        empty = PlainPage(title="Empty", slug="bench-empty", locale=home.locale)
        home.add_child(instance=empty)
    PlainPage.get_template = lambda self, request, *a, **k: (  # type: ignore[method-assign]
        "bench/empty.html" if self.slug == "bench-empty" else "pages/plain_page.html"
    )


if __name__ == "__main__":
    main()
