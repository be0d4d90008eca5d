"""Texts that break programs, in every form and in the head of a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import AgreementPageFactory, make_site
from tests.factories.standing import Ground, Stood
from tests.hostile_texts import TEXTS
from tests.interchange import parsing
from tests.interchange.parsing import get
from toolkit.core.sanitising import clean_text
from toolkit.interchange.bibtex import escaped
from toolkit.interchange.forms import FORMS
from toolkit.interchange.ris import one_line
from toolkit.interchange.tables import harmless

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1+1", "\r\n=1", " " * 199 + "="]
HOSTILE = [
    *TEXTS.values(),
    *FORMULAS,
    "A } brace { and } more",
    "100 % of $5 & #1 in_one ~ ^ \\end{document}",
    "ER  - \r\nTY  - JOUR",
]


@pytest.fixture(scope="module")
def standing_hostile(ground: Ground) -> Iterator[Stood[list[str]]]:
    with ground.standing(make_hostile) as stood:
        yield stood


def make_hostile() -> list[str]:
    """An entry for each hostile text, which is its title, its summary and whom it credits."""
    home = make_site()
    for number, text in enumerate(HOSTILE):
        AgreementPageFactory(
            parent=home,
            title=text[:200],
            slug=f"hostile-{number}",
            summary=text[:200],
            attribution=text[:200],
            tags=["odd"],
        )
    indexing.rebuild(engines()[0])
    return [clean_text(text[:200]) for text in HOSTILE]


@pytest.fixture
def titles(standing_hostile: Stood[list[str]], own_index: None) -> list[str]:
    standing_hostile.use_copy_of_index()
    return standing_hostile.made


class TestHostileTexts:
    def test_are_text_in_every_form(self, client: Client, titles: list[str]) -> None:
        address = "/en/search/results."
        in_one_line = sorted(map(one_line, titles))

        rows = parsing.table(get(client, f"{address}csv"))
        assert sorted(row["Title"] for row in rows) == sorted(map(harmless, titles))
        for row in rows:
            for cell in row.values():
                assert not re.match(r"\s*[=+\-@＝＋－＠]", cell), cell

        entries = parsing.ris(get(client, f"{address}ris"))
        assert sorted(entry.get("title", "") for entry in entries) == in_one_line
        assert {entry["type_of_reference"] for entry in entries} == {"ELEC"}

        assert len(parsing.bibtex(get(client, f"{address}bib"))) == len(titles)
        items = json.loads(get(client, f"{address}csl.json"))
        assert len(items) == len(titles)
        assert {item.get("title", "") for item in items} == set(titles)
        found = json.loads(get(client, f"{address}json"))
        assert sorted(entry["title"] for entry in found["entries"]) == sorted(titles)
        assert len(parsing.atom(get(client, f"{address}atom"))) == len(titles)

    def test_are_text_in_the_head_of_a_page(self, client: Client, titles: list[str]) -> None:
        for number, title in enumerate(titles):
            head = BeautifulSoup(get(client, f"/en/hostile-{number}/"), "html.parser").head
            assert head is not None
            (meta,) = head.find_all("meta", attrs={"name": "citation_title"})
            assert one_line(str(meta["content"])) == one_line(title)

    def test_in_a_question_are_text_in_what_it_finds(
        self, client: Client, titles: list[str]
    ) -> None:
        for text in HOSTILE:
            query = f"?q={quote(text, errors='surrogatepass')}"
            for form in FORMS:
                response = client.get(f"/en/search/results.{form}{query}")
                assert response.status_code == 200, (form, text)
            parsing.atom(get(client, f"/en/search/results.atom{query}"))


class TestBibtex:
    def test_says_in_latex_what_the_text_says(self) -> None:
        for text in ("a {b} \\c d", "a } { b", "50 % & $3 #1 x_y ~ a", "كتاب 图书馆 é"):
            entry = f"@misc{{key,\n  title = {{{{{escaped(text)}}}}},\n}}\n"
            (read,) = parsing.bibtex(entry.encode())
            assert read["title"].strip("{}") == text
