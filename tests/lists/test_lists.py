"""A reader's own list and lists that were sent, over HTTP, without a script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import CaseStudyPageFactory, make_site, translated
from tests.factories.people import as_, make_people
from tests.factories.standing import Ground, Stood, found_again
from tests.hostile_texts import TEXTS
from tests.interchange import parsing
from toolkit.core import public_state
from toolkit.core.short_keys import short_key
from toolkit.interchange.forms import FORMS
from toolkit.lists.kept import COOKIE, MOST
from toolkit.taxonomy.works import Work

pytestmark = pytest.mark.django_db

HERE = "/en/search/list/"
TITLES = ("Apple", "Bread", "Cheese")


@dataclass(frozen=True)
class Shelf:
    pages: dict[str, Any]

    def code(self, title: str) -> str:
        return short_key(self.pages[title].translation_key)

    def codes(self, *titles: str) -> str:
        return ".".join(self.code(title) for title in titles)


def make_shelf() -> Shelf:
    """Three works, of which one is there in French, too; and one that is withdrawn, one private."""
    home = make_site()
    make_people(home)
    pages = {
        title: CaseStudyPageFactory(parent=home, title=title, summary=f"About {title}")
        for title in (*TITLES, "Withdrawn", "Private")
    }
    translated(pages["Bread"], "fr", title="Le pain")
    pages["Withdrawn"].unpublish()
    PageViewRestriction.objects.create(page=pages["Private"], restriction_type="login")
    indexing.rebuild(engines()[0])
    return Shelf(pages)


@pytest.fixture(scope="module")
def standing_shelf(ground: Ground) -> Iterator[Stood[Shelf]]:
    with ground.standing(make_shelf) as stood:
        yield stood


@pytest.fixture
def shelf(standing_shelf: Stood[Shelf], own_index: None) -> Shelf:
    standing_shelf.use_copy_of_index()
    pages = standing_shelf.made.pages
    return Shelf({title: found_again(page) for title, page in pages.items()})


def having(codes: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = codes
    return client


def soup(answer: HttpResponse) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.content.decode(), "html.parser")


def titles(page: BeautifulSoup) -> list[str]:
    return [title.get_text(strip=True) for title in page.select("h2.hit__title")]


def press(client: Client, name: str, value: str, **more: Any) -> HttpResponse:
    """A button pressed; the cookie is the client's afterwards."""
    answer = client.post(HERE, {name: value}, **more)
    assert answer.status_code == 302
    return answer


def kept_by(client: Client) -> str:
    return client.cookies[COOKIE].value if COOKIE in client.cookies else ""


class TestKeeping:
    def test_puts_an_entry_into_a_cookie_and_leads_back_to_where_it_stood(
        self, shelf: Shelf
    ) -> None:
        client = Client()
        there = "/fr/search/?q=apple&region=ke"
        answer = press(
            client, "keep", shelf.code("Apple"), headers={"Referer": f"http://testserver{there}"}
        )
        assert answer["Location"] == f"{there}#kept-{shelf.code('Apple')}"
        cookie = client.cookies[COOKIE]
        assert cookie.value == shelf.code("Apple")
        assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")
        assert cookie["max-age"] == 365 * 24 * 3600
        assert not cookie["httponly"]  # a script shows on each page what is kept
        press(client, "keep", shelf.code("Cheese"))
        assert titles(soup(client.get(HERE))) == ["Apple", "Cheese"]

    def test_is_offered_beside_hits_and_on_pages_that_all_may_read_and_is_the_same_for_everybody(
        self, shelf: Shelf
    ) -> None:
        addresses = ["/en/search/?q=apple", shelf.pages["Apple"].url]
        for address in addresses:
            answer = Client().get(address)
            button = soup(answer).select_one("button[name=keep]")
            assert button["value"] == shelf.code("Apple"), address
            assert button["form"] == "keep"
            assert having(shelf.code("Apple")).get(address).content == answer.content
        assert "name=keep" not in as_("administrator").get(
            shelf.pages["Private"].url
        ).content.decode().replace('"', "")

    def test_shows_what_is_pressed_to_those_who_cannot_see_its_place(self, shelf: Shelf) -> None:
        page = soup(Client().get("/en/search/?q=apple"))
        button = page.select_one(".hit button")
        names = [page.find(id=name) for name in button["aria-labelledby"].split()]
        assert [name.get_text() for name in names] == ["Keep", "Apple"]

    @pytest.mark.parametrize(
        "referer",
        [
            "",
            "http://elsewhere.example/en/",
            "nonsense",
            "//[",
            "//elsewhere.example/",
            "javascript:1",
        ],
    )
    def test_leads_to_the_list_where_no_page_of_ours_is_said_to_be_it(
        self, shelf: Shelf, referer: str
    ) -> None:
        headers = {"Referer": referer} if referer else {}
        answer = press(Client(), "keep", shelf.code("Apple"), headers=headers)
        assert answer["Location"] == f"{HERE}#entry-{shelf.code('Apple')}"

    def test_never_leads_out_of_the_site(self, shelf: Shelf) -> None:
        referer = "http://testserver//elsewhere.example/"
        answer = press(Client(), "keep", shelf.code("Apple"), headers={"Referer": referer})
        assert answer["Location"].startswith("/elsewhere.example/#")

    def test_is_refused_to_pages_of_other_sites(self, shelf: Shelf) -> None:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
            answer = Client().post(HERE, {"keep": shelf.code("Apple")}, headers=headers)
            assert answer.status_code == 403
            assert COOKIE not in answer.cookies

    def test_beyond_what_a_list_holds_says_so_and_loses_nothing(self, shelf: Shelf) -> None:
        full = ".".join(f"{number:08}" for number in range(MOST))
        client = having(full)
        answer = press(client, "keep", shelf.code("Apple"))
        assert answer["Location"] == f"{HERE}#full"
        assert kept_by(client) == full
        note = soup(client.get(HERE)).find(id="full")
        assert "60 entries at most" in note.get_text()


class TestTheOwnList:
    def test_is_put_in_order_shortened_and_emptied_without_a_script(self, shelf: Shelf) -> None:
        client = having(shelf.codes(*TITLES))
        cheese = shelf.code("Cheese")
        assert press(client, "up", cheese)["Location"] == f"{HERE}#entry-{cheese}"
        assert titles(soup(client.get(HERE))) == ["Apple", "Cheese", "Bread"]
        press(client, "down", shelf.code("Apple"))
        assert titles(soup(client.get(HERE))) == ["Cheese", "Apple", "Bread"]
        press(client, "drop", shelf.code("Apple"))
        assert titles(soup(client.get(HERE))) == ["Cheese", "Bread"]
        answer = press(client, "clear", "1")
        assert answer.cookies[COOKIE]["max-age"] == 0
        assert not kept_by(client)
        assert titles(soup(client.get(HERE))) == []

    def test_offers_no_button_that_does_nothing(self, shelf: Shelf) -> None:
        page = soup(having(shelf.codes(*TITLES)).get(HERE))
        acts = [[b["name"] for b in hit.select("button")] for hit in page.select(".hit")]
        assert acts == [["down", "drop"], ["up", "down", "drop"], ["up", "drop"]]

    def test_is_kept_by_no_cache_and_shown_to_nobody_else(
        self, shelf: Shelf, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.TOOLKIT_PAGE_CACHE = True
        monkeypatch.setattr(public_state, "LOOKS_EVERY", 0)
        monkeypatch.setattr(public_state, "SETTLES_IN", 0)
        assert titles(soup(Client().get(HERE))) == []
        for title in TITLES:
            answer = having(shelf.code(title)).get(HERE)
            assert titles(soup(answer)) == [title]
            assert "no-store" in answer["Cache-Control"]
            assert "private" in answer["Cache-Control"]
            assert "Cookie" in answer["Vary"]
        assert titles(soup(Client().get(HERE))) == []
        # What others may see is the same whatever they keep, and made once
        address = f"{HERE}?works={shelf.codes('Apple')}"
        first = Client().get(address)
        assert "no-store" not in first["Cache-Control"]
        with CaptureQueriesContext(connection) as captured:
            assert having(shelf.code("Bread")).get(address).content == first.content
        assert len(captured.captured_queries) == 1

    def test_counts_what_is_no_longer_open_without_a_title_and_takes_it_off_if_asked(
        self, shelf: Shelf
    ) -> None:
        client = having(f"{shelf.codes('Apple', 'Withdrawn', 'Private')}.gone0000")
        page = soup(client.get(HERE))
        assert titles(page) == ["Apple"]
        assert "3 entries that you kept" in page.select_one(".list__gone").get_text()
        for told in ("Withdrawn", "Private"):
            assert told not in page.get_text()
        press(client, "tidy", "1")
        assert kept_by(client) == shelf.code("Apple")

    def test_shows_the_readers_language_where_it_can(self, shelf: Shelf) -> None:
        page = soup(having(shelf.codes("Bread", "Apple")).get("/fr/search/list/"))
        assert titles(page) == ["Le pain", "Apple"]
        first, second = page.select("h2.hit__title")
        assert not first.has_attr("lang")
        assert (second["lang"], second["dir"]) == ("en", "ltr")


class TestAnAddress:
    def test_shows_a_list_to_everybody_in_its_order_and_lets_it_be_taken_over(
        self, shelf: Shelf
    ) -> None:
        own = having(shelf.codes("Cheese", "Apple", "Bread"))
        address = soup(own.get(HERE)).select_one(".list__sent")["href"]
        received = having(shelf.code("Apple"))
        page = soup(received.get(address))
        assert titles(page) == ["Cheese", "Apple", "Bread"]
        assert page.select_one("meta[name=robots]")["content"] == "noindex, follow"
        assert page.h1.get_text() == "A list of 3 entries"
        assert not page.select("button[name=drop], button[name=up], button[name=clear]")
        assert len(page.select("button[name=keep]")) == 3
        press(received, "take", page.select_one("button[name=take]")["value"])
        assert kept_by(received) == shelf.codes("Apple", "Cheese", "Bread")

    def test_tells_nothing_of_what_is_not_open_to_all_whoever_asks(self, shelf: Shelf) -> None:
        works = f"{shelf.codes('Withdrawn', 'Apple', 'Private')}.gone0000.cut"
        for rank in ("anonymous", "editor", "administrator"):
            page = soup(as_(rank).get(f"{HERE}?works={works}"))
            assert titles(page) == ["Apple"], rank
            assert "4 entries are not here" in page.select_one(".list__gone").get_text()
            for form in FORMS:
                text = as_(rank).get(f"/en/search/list.{form}?works={works}").content.decode()
                assert "Apple" in text, form
                assert "Withdrawn" not in text, form
                assert "Private" not in text, form

    def test_is_known_for_what_it_is_where_it_names_nothing(self, shelf: Shelf) -> None:
        for works in ("", "cut", "%00", "...", quote("<script>alert(1)</script>")):
            page = soup(Client().get(f"{HERE}?works={works}"))
            assert titles(page) == []
            assert "<script>alert" not in str(page)
            assert page.select_one(".list .button")["href"] == "/en/search/"
        assert Client().get("/en/search/list.csv?works=cut").status_code == 404
        assert Client().get("/en/search/list.csv").status_code == 404

    def test_is_refused_nothing_by_hostile_texts(self, shelf: Shelf) -> None:
        """In the address, in the cookie, in a form: only codes are read, the rest is not there."""
        for name, text in TEXTS.items():
            sent = text.encode("utf-8", "replace").decode()
            page = soup(Client().get(HERE, {"works": f"{sent}.{shelf.code('Apple')}"}))
            assert titles(page) == ["Apple"], name
            client = Client()
            client.cookies[COOKIE] = quote(sent)
            assert titles(soup(client.get(HERE))) == [], name
            for act in ("keep", "take", "drop", "up", "down"):
                answer = press(Client(), act, sent)
                assert answer["Location"] == f"{HERE}#entries", (act, name)
            if "<" in sent:
                assert sent not in page.select_one("main").decode_contents(), name

    def test_can_be_sent_and_taken_along_in_every_form(self, shelf: Shelf) -> None:
        page = soup(having(shelf.codes("Cheese", "Apple")).get(HERE))
        whole = f"http://testserver{HERE}?works={shelf.codes('Cheese', 'Apple')}"
        links = [unquote(link["href"]) for link in page.select(".take a[href]")]
        assert any(link.startswith("mailto:?") and whole in link for link in links)
        assert any(link.startswith("https://wa.me/?") and whole in link for link in links)
        assert page.select_one("[data-share]")["data-share"] == whole
        files = {form: link for form in FORMS for link in links if f"list.{form}?" in link}
        assert set(files) == set(FORMS)
        rows = parsing.table(parsing.get(Client(), files["csv"]))
        assert [row["Title"] for row in rows] == ["Cheese", "Apple"]
        assert [e["title"] for e in parsing.ris(parsing.get(Client(), files["ris"]))] == [
            "Cheese",
            "Apple",
        ]
        told = json.loads(parsing.get(Client(), files["json"]))
        assert told["url"] == whole
        assert (told["total"], told["whole"]) == (2, True)
        assert len(parsing.bibtex(parsing.get(Client(), files["bib"]))) == 2
        assert len(parsing.atom(parsing.get(Client(), files["atom"]))) == 2
        answer = Client().get(files["csv"])
        assert 'filename="list.csv"' in answer["Content-Disposition"]
        assert answer["X-Robots-Tag"] == "noindex"

    def test_means_the_work_that_is_open_where_two_have_one_short_key(self, shelf: Shelf) -> None:
        """Once in many thousand sites; here by hand."""
        key = shelf.pages["Private"].translation_key
        twin = type(key)(bytes=key.bytes[:6] + b"\xff" * 10)
        page = CaseStudyPageFactory(
            parent=shelf.pages["Apple"].get_parent(), title="Twin", translation_key=twin
        )
        assert Work.objects.filter(key=twin).exists()
        assert page.live
        assert titles(soup(Client().get(f"{HERE}?works={shelf.code('Private')}"))) == ["Twin"]


class TestQueries:
    def test_are_as_many_for_sixty_entries_as_for_three(
        self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(public_state, "LOOKS_EVERY", 0)

        def asked(address: str) -> int:
            Client().get(address)
            with CaptureQueriesContext(connection) as captured:
                assert Client().get(address).status_code == 200
            return len(captured.captured_queries)

        few = shelf.codes(*TITLES)
        parent = shelf.pages["Apple"].get_parent()
        for number in range(MOST - len(TITLES)):
            CaseStudyPageFactory(parent=parent, title=f"More {number}")
        many = ".".join(
            short_key(key)
            for key in Work.objects.filter(state="published").values_list("key", flat=True)[:MOST]
        )
        for path in (HERE, "/en/search/list.csv"):
            assert asked(f"{path}?works={few}") == asked(f"{path}?works={many}") <= 12
