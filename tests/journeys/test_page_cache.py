"""The page cache as it is run: two processes that serve, a third that changes."""

from __future__ import annotations

import time

from tests.journeys.server import Site

ADDRESS = "/en/accessibility/"
CHANGE = """
from toolkit.pages.models import PlainPage
page = PlainPage.objects.get(slug="accessibility", locale__language_code="en")
page.title = {title!r}
page.save_revision().publish()
"""


def answers(site: Site, wanted: int = 2) -> dict[str, str]:
    """Process → what it says now, for both of them."""
    found: dict[str, str] = {}
    end = time.monotonic() + 20
    while len(found) < wanted and time.monotonic() < end:
        answer = site.get(ADDRESS)
        found[answer.worker] = answer.text
    return found


class TestAChangeInAnotherProcess:
    def test_is_seen_by_every_process_within_a_second(self, site: Site) -> None:
        for title in ("Open to every reader", "Accessibility"):
            both = answers(site)
            assert len(both) == 2
            assert not any(f"<h1>{title}</h1>" in text for text in both.values())
            site.run("manage.py", "shell", "--no-imports", "-c", CHANGE.format(title=title))
            time.sleep(1)
            assert all(f"<h1>{title}</h1>" in text for text in answers(site).values())

    def test_costs_a_reader_who_has_the_page_304_and_no_byte(self, site: Site) -> None:
        etag = site.get(ADDRESS).headers["ETag"]
        for _ in range(4):
            again = site.get(ADDRESS, {"If-None-Match": etag})
            assert (again.status, again.sent) == (304, b"")
