"""Where a page of each type is, found as a reader finds it: by the menu and the search."""

from __future__ import annotations

import functools
import json
from urllib.parse import quote, urlencode

from bs4 import BeautifulSoup

from tests.journeys.server import Site
from toolkit.core.short_keys import short_key

KINDS = {
    "resource": "guideline",
    "template": "template",
    "agreement": "mou",
    "letter of intent": "letter-of-intent",
    "case study": "case-study",
    "exercise": "exercise",
}
RESULTS = {
    "results": "search/",
    "results of words and filters": "search/?q=library&region=sub-saharan-africa&partner=ngos",
    "results that are empty": "search/?q=exercise&kind=letter-of-intent&partner=ngos",
    "results of most words": "search/?q=agreement+partner+zebrafish",
    "results with a suggestion": "search/?q={misspelt}",
}
#: Words of the reader's language, each with a letter too many or too few
MISSPELT = {"en": "libary", "ar": "مذكررة"}
OTHERS = {
    "browse": "browse/",
    "term": "browse/region/sub-saharan-africa/",
    "direction": "browse/direction/2019-24.1/",
    "help": "search/help/",
    "missing": "search/missing/?q=agreement&region=sub-saharan-africa",
    "alert": "search/alert/?q=agreement&region=sub-saharan-africa",
    "alert sent": "search/alert/sent/",
    "empty list": "search/list/",
    "not found": "there-is-no-such-page/",
}
PAGE_TYPES = (
    *("home", "section", "plain"),
    *(kind for kind in KINDS if kind != "letter of intent"),  # drawn as any agreement
    *RESULTS,
    *OTHERS,
    "list",
)


class Addresses:
    """Paths of pages: ``addresses("case study", "ar")``."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @functools.cache  # noqa: B019  one object a session
    def __call__(self, page_type: str, language: str = "en") -> str:
        """The path of a page of this type in this language."""
        if page_type == "home":
            return f"/{language}/"
        if page_type in {"section", "plain"}:
            home = BeautifulSoup(self._site.get(f"/{language}/").text, "html.parser")
            part = ".site-sections" if page_type == "section" else "footer [aria-labelledby$=about]"
            return str(home.select_one(f"{part} a")["href"])
        if page_type in KINDS:
            return str(self.found(language, kind=KINDS[page_type], language=language)[0]["url"])
        if page_type == "list":
            works = ".".join(short_key(hit["key"]) for hit in self.found(language, q="library")[:5])
            return f"/{language}/search/list/?works={works}.AAAAAAAA"
        path = {**RESULTS, **OTHERS}[page_type]
        return f"/{language}/{path.format(misspelt=quote(MISSPELT.get(language, 'libary')))}"

    def found(self, lang: str, **query: str) -> list[dict[str, str]]:
        """The hits of a search, by the public JSON."""
        answer = self._site.get(f"/api/v1/search?{urlencode({**query, 'lang': lang})}")
        return list(json.loads(answer.text)["hits"])
