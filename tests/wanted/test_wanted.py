"""What readers miss: said without an account, read by editors, forgotten in time."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.pages import RegionFactory, make_site
from tests.factories.people import as_, make_people
from tests.hostile_texts import TEXTS
from toolkit.core.models import SiteChange
from toolkit.wanted.models import GONE_AFTER, NAMELESS_AFTER, Wanted
from toolkit.wanted.views import MESSAGES

pytestmark = pytest.mark.django_db

HERE = "/en/search/missing/"
SENT = "/en/search/missing/sent/"


def send(text: str = "A radio", **more: Any) -> HttpResponse:
    headers = {key: more.pop(key) for key in [*more] if key.isupper()}
    return Client().post(HERE, {"text": text, "website": "", **more}, **headers)


def soup(answer: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.content.decode(), "html.parser")


class TestTheForm:
    def test_knows_the_search_that_led_here_and_keeps_it(self) -> None:
        make_site()
        RegionFactory(code="ke", label_en="Kenya", label_ar="كينيا")
        page = soup(Client().get("/ar/search/missing/?q=راديو&region=ke&region=gone&page=3"))
        assert page.select_one("textarea").text.strip() == "راديو"
        assert "كينيا" in page.select_one(".asked").text
        assert page.select_one(".account-form ~ p a")["href"].startswith("/ar/search/?q=")
        search = page.select_one("[name=search]")["value"]
        answer = Client().post("/ar/search/missing/", {"text": "راديو محلي", "search": search})
        assert answer["Location"] == "/ar/search/missing/sent/"
        kept = Wanted.objects.get()
        assert (kept.text, kept.language) == ("راديو محلي", "ar")
        assert kept.search == f"q={quote('راديو')}&region=ke"
        assert (kept.email, kept.association) == ("", "")
        assert Client().get(answer["Location"]).status_code == 200

    def test_is_the_same_for_everybody_and_changes_no_other_page(self) -> None:
        """No cookie, so that the page cache may keep it; and a message empties no cache."""
        make_site()
        assert not Client().get(HERE).cookies
        before = SiteChange.objects.count()
        assert send().status_code == 302
        assert SiteChange.objects.count() == before

    def test_keeps_what_was_typed_where_something_is_wrong(self) -> None:
        make_site()
        answer = send("A radio", email="nobody at home", association="Kenya & co", search="q=x")
        page = soup(answer)
        assert page.select_one("textarea").text.strip() == "A radio"
        assert page.select_one("#id_association")["value"] == "Kenya & co"
        assert page.select_one("#id_email")["value"] == "nobody at home"
        assert page.select_one("#id_email")["aria-invalid"] == "true"
        assert page.select_one("#id_email_error").text
        assert "“x”" in page.select_one(".asked").text
        assert not Wanted.objects.exists()

    def test_takes_ten_an_hour_from_one_place_and_loses_nothing_of_the_eleventh(self) -> None:
        make_site()
        for _time in range(MESSAGES.tries):
            assert send().status_code == 302
        refused = send("The eleventh")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) <= 3600
        assert soup(refused).select_one("textarea").text.strip() == "The eleventh"
        assert send(REMOTE_ADDR="192.0.2.7").status_code == 302

    def test_answers_programs_and_keeps_nothing_of_them(self) -> None:
        make_site()
        assert send(website="https://spam.example")["Location"] == SENT
        assert send(HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
        assert send(HTTP_ORIGIN="https://evil.example").status_code == 403
        assert not Wanted.objects.exists()
        assert send(HTTP_ORIGIN="http://testserver").status_code == 302

    def test_takes_any_text(self) -> None:
        """Each is kept or refused with a reason, shown as the text it is, and no page breaks."""
        make_site()
        for number, (_what, text) in enumerate(TEXTS.items()):
            text = text.encode("utf-8", "replace").decode()
            more = {"association": text, "search": text, "REMOTE_ADDR": f"192.0.2.{number}"}
            answer = send(text, **more)
            if answer.status_code != 302:
                assert answer.status_code == 200
                assert soup(answer).select(".field-error"), text
            wrong = send(text, email=text, **more)
            assert not soup(wrong).select("main script, main img, main svg"), text


class TestTheList:
    @pytest.fixture
    def home(self) -> Any:
        home = make_site()
        make_people(home)
        return home

    def test_is_read_filtered_and_dealt_with(self, home: Any) -> None:
        send("<b>Radio</b>", email="a@example.org")
        old = Wanted.objects.create(text="An old one", language="fr", dealt_with=True)
        editor = as_("editor")
        listed = editor.get(reverse("wanted:index"), {"dealt_with": "false"}).content.decode()
        assert "&lt;b&gt;Radio" in listed
        assert str(old) not in listed
        new = Wanted.objects.get(language="en")
        form = reverse("wanted:edit", args=[new.pk])
        shown = editor.get(form).content.decode()
        assert "a@example.org" in shown
        assert "<b>Radio" not in shown
        editor.post(form, {"dealt_with": "on", "note": "Asked Nairobi", "text": "forged"})
        new.refresh_from_db()
        assert (new.dealt_with, new.note, new.text) == (True, "Asked Nairobi", "<b>Radio</b>")
        assert reverse("wanted:index") in editor.get("/admin/").content.decode()

    def test_leaves_as_a_table_that_runs_nothing(self, home: Any) -> None:
        formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", " =1"]
        for text in formulas:
            Wanted.objects.create(text=text, association=text, language="en")
        answer = as_("editor").get(reverse("wanted:index"), {"export": "csv"})
        rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))[1:]
        assert sorted(row[0] for row in rows) == sorted(f"'{text}" for text in formulas)
        assert all(row[1].startswith("'") for row in rows)


def test_names_and_addresses_go_in_time_and_messages_later() -> None:
    for days in (NAMELESS_AFTER - 1, NAMELESS_AFTER + 1, GONE_AFTER + 1):
        Wanted.objects.create(
            text=f"{days}",
            email="a@example.org",
            association="Kenya",
            language="en",
            created_at=timezone.now() - datetime.timedelta(days=days),
        )
    call_command("tidy_wanted")
    left = {row.text: (row.email, row.association) for row in Wanted.objects.all()}
    assert left == {
        f"{NAMELESS_AFTER - 1}": ("a@example.org", "Kenya"),
        f"{NAMELESS_AFTER + 1}": ("", ""),
    }
