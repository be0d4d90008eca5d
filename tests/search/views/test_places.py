"""What the search and its parts are called, wherever a link leads there."""

from __future__ import annotations

from collections import defaultdict

import pytest
from django.conf import settings
from django.test import Client

from tests.search.engines.collection import Collection, soup, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # pages are drawn of the index

PAGES = ("", "search/", "search/?q=library", "browse/", "browse/region/ke/", "not-here/")


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
class TestThePlace:
    def test_has_one_name(self, client: Client, collection: Collection, language: str) -> None:
        """Catches: a place that the menu, its own title and the way back to it call differently."""
        names: dict[str, set[str]] = defaultdict(set)
        for address in PAGES:
            page = soup(client.get(f"/{language}/{address}"))
            for link in page.select("nav a:not([hreflang]), .error-page ul a"):
                names[link["href"]].add(text(link))
            if address in ("search/", "browse/"):
                names[f"/{language}/{address}"] |= {text(page.h1), text(page.title)}
        for place in (f"/{language}/search/", f"/{language}/browse/"):
            assert len(names[place]) == 1, names[place]
        assert names[f"/{language}/search/"] != names[f"/{language}/browse/"]

    def test_is_named_in_the_title_of_a_result(
        self, client: Client, collection: Collection, language: str
    ) -> None:
        place = text(soup(client.get(f"/{language}/search/")).h1)
        assert place in text(soup(client.get(f"/{language}/search/?q=library")).title)
