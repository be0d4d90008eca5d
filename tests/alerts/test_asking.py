"""Asking to be told what is new: by a form, confirmed by its owner, stopped with one click."""

from __future__ import annotations

import datetime
import logging
from urllib.parse import quote

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.alerts.conftest import Ask, links
from tests.factories.pages import RegionFactory, make_site
from tests.hostile_texts import TEXTS
from toolkit.alerts.models import UNCONFIRMED_GONE_AFTER, Alert
from toolkit.alerts.telling import tell
from toolkit.alerts.views import ASKED_FOR, ASKED_FROM
from toolkit.core.models import SiteChange

pytestmark = pytest.mark.django_db

HERE = "/en/search/alert/"
SENT = "/en/search/alert/sent/"


@pytest.fixture(autouse=True)
def site(db: None) -> None:
    make_site()


def ask(email: str = "reader@example.org", search: str = "", **more: str) -> HttpResponse:
    headers = {key: more.pop(key) for key in [*more] if key.isupper()}
    return Client().post(HERE, {"email": email, "search": search, "website": "", **more}, **headers)


def soup(answer: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.content.decode(), "html.parser")


class TestTheForm:
    def test_says_which_search_it_is_about_and_keeps_that(self) -> None:
        RegionFactory(code="ke", label_en="Kenya", label_ar="كينيا")
        page = soup(Client().get("/ar/search/alert/?q=راديو&region=ke&region=gone&page=3"))
        assert "كينيا" in page.select_one(".asked").text
        assert page.select_one(".account-form ~ p a")["href"].startswith("/ar/search/?q=")
        search = page.select_one("[name=search]")["value"]
        answer = Client().post("/ar/search/alert/", {"email": "a@example.org", "search": search})
        assert answer["Location"] == "/ar/search/alert/sent/"
        assert Client().get(answer["Location"]).status_code == 200
        kept = Alert.objects.get()
        assert (kept.search, kept.language) == (f"q={quote('راديو')}&region=ke", "ar")
        assert kept.confirmed_at is None

    def test_is_linked_to_from_results_and_where_there_are_none(self) -> None:
        from tests.factories.pages import CaseStudyPageFactory
        from toolkit.pages.models import HomePage

        CaseStudyPageFactory(parent=HomePage.objects.get(), title="A radio")
        from tests.search.engines.collection import index

        index()
        for query in ("q=radio", "q=zebrafish"):
            page = soup(Client().get(f"/en/search/?{query}"))
            (link,) = page.select("#results a[href*='search/alert/']")
            assert link["href"] == f"{HERE}?{query}"

    def test_is_nowhere_where_no_mail_goes_out(self, settings: Settings) -> None:
        settings.TOOLKIT_SENDS_MAIL = False
        assert not soup(Client().get("/en/search/?q=zebrafish")).select("a[href*=alert]")
        assert Client().get(HERE).status_code == ask().status_code == 404

    def test_is_the_same_for_everybody_and_changes_no_other_page(self) -> None:
        assert not Client().get(HERE).cookies
        before = SiteChange.objects.count()
        assert ask().status_code == 302
        assert SiteChange.objects.count() == before

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "nobody at home",
            "a@example.org\nBcc: b@example.org",
            "a@example.org\r\n\r\nBuy",
            "a@example.org, b@example.org",
            "a@example.org%0ABcc:b@example.org",
            '"a\nb"@example.org',
            "Name <a@example.org>",
            "a" * 250 + "@example.org",
        ],
    )
    def test_takes_nothing_but_one_address(self, address: str) -> None:
        answer = ask(address, "q=x")
        page = soup(answer)
        assert page.select_one("#id_email")["aria-invalid"] == "true"
        assert page.select_one("#id_email_error").text
        assert "“x”" in page.select_one(".asked").text
        assert page.select_one("[name=search]")["value"] == "q=x"
        assert not Alert.objects.exists()

    def test_refuses_a_search_that_is_too_long_instead_of_promising_everything(self) -> None:
        page = soup(ask(search="q=" + "x" * 8_000))
        assert page.select_one("[role=alert]").text
        assert page.select_one("#id_email")["value"] == "reader@example.org"
        assert not Alert.objects.exists()

    def test_takes_any_search(self) -> None:
        """Shown as the text it is, on the page and in the mail, which says no address of it."""
        for number, text in enumerate(TEXTS.values()):
            text = text.encode("utf-8", "replace").decode()
            for search in (text, f"q={quote(text)}"):
                page = soup(ask("nobody at home", search))
                assert not page.select("main script, main img, main svg"), text
            email = f"reader{number}@example.org"
            asked = ask(email, f"q={quote(text)}", REMOTE_ADDR=f"192.0.2.{number}")
            assert asked.status_code == 302, text
        tell()
        assert len(mail.outbox) == len(TEXTS)
        for message in mail.outbox:
            assert "\n" not in message.subject
            assert message.message().as_bytes()
            assert len(links(message)) == message.body.count("://") == 1
            assert not {"<", ">", "\u202e", "\x1b"} & set(message.body)

    def test_answers_programs_and_keeps_nothing_of_them(self) -> None:
        assert ask(website="https://spam.example")["Location"] == SENT
        assert ask(HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
        assert ask(HTTP_ORIGIN="https://evil.example").status_code == 403
        assert not Alert.objects.exists()

    def test_can_fill_nobodys_mailbox(self) -> None:
        """Five mails a day to one address, whoever asks; nothing that was typed is lost."""
        for number in range(ASKED_FOR.tries):
            assert ask(search=f"q=x{number}", REMOTE_ADDR=f"192.0.2.{number}").status_code == 302
        refused = ask("Reader@Example.ORG", "q=more", REMOTE_ADDR="192.0.2.99")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 0
        assert soup(refused).select_one("#id_email")["value"] == "Reader@Example.ORG"
        assert "“more”" in soup(refused).select_one(".asked").text
        assert Alert.objects.count() == ASKED_FOR.tries

    def test_can_be_used_by_a_workshop_behind_one_address_and_by_no_crowd(self) -> None:
        for number in range(ASKED_FROM.tries):
            assert ask(f"r{number}@example.org").status_code == 302
        assert ask("late@example.org").status_code == 429

    def test_says_nothing_of_who_is_told_already(self, subscribed: Ask) -> None:
        """Catches: a page, a status or a row by which a stranger learns of an address."""
        subscribed("known@example.org", search="q=x")
        assert ask("pending@example.org", "q=x").status_code == 302
        told = [ask(who, "q=x") for who in ("known@example.org", "KNOWN@example.org",
                                            "pending@example.org", "new@example.org")]  # fmt: skip
        assert {(answer.status_code, answer["Location"]) for answer in told} == {(302, SENT)}
        assert Alert.objects.count() == 3
        tell()
        subjects = {message.to[0]: message.subject for message in mail.outbox}
        assert "already" in subjects["known@example.org"]
        assert subjects["pending@example.org"] == subjects["new@example.org"]
        assert "do you want" in subjects["new@example.org"]


class TestTheSecretPage:
    @pytest.fixture
    def page(self) -> str:
        ask(search="q=radio")
        tell()
        (page,) = links(mail.outbox.pop())
        return page

    def test_confirms_by_its_button_and_not_by_being_looked_at(self, page: str) -> None:
        """Catches: programs that open every link of a mail before its reader does."""
        answer = Client().get(page)
        assert "“radio”" in soup(answer).select_one(".asked").text
        assert not answer.cookies
        assert not Alert.objects.get().is_confirmed
        scanner = Client(enforce_csrf_checks=True)
        assert scanner.head(page).status_code == 200
        assert not Alert.objects.get().is_confirmed
        answer = scanner.post(page, follow=True)
        assert Alert.objects.get().is_confirmed
        assert "We will tell you" in soup(answer).select_one("h1").text

    def test_is_kept_by_no_cache_and_told_to_no_other_site(self, page: str) -> None:
        for path in (page, f"{page}stop/", page.replace("/en/", "/ar/")):
            answer = Client().get(path)
            assert answer.status_code == 200
            assert "no-store" in answer["Cache-Control"]
            assert answer["Referrer-Policy"] == "no-referrer"
            assert "noindex" in answer["X-Robots-Tag"]

    def test_stops_with_one_click_without_a_cookie(self, page: str, subscribed: Ask) -> None:
        """As a mail program does it (RFC 8058): a POST, which is answered and not redirected."""
        alert = subscribed(search="q=radio")
        stop = f"{page}stop/"
        assert soup(Client().get(stop)).select_one("main form button")
        assert Alert.objects.filter(pk=alert.pk).exists()
        program = Client(enforce_csrf_checks=True)
        headers = {"HTTP_ORIGIN": "https://mail.example", "HTTP_SEC_FETCH_SITE": "cross-site"}
        body = {"List-Unsubscribe": "One-Click"}
        assert program.post(stop, body, **headers).status_code == 200
        assert not Alert.objects.exists()
        assert program.post(stop, body).status_code == 200  # and once more
        assert Client().get(stop).status_code == Client().get(page).status_code == 410

    def test_is_nobodys_who_guesses(self, page: str) -> None:
        number = page.split("/")[3]
        for key in ("x", "0" * 32, "ü"):
            for path in (f"/en/alerts/{number}/{key}/", f"/en/alerts/{number}/{key}/stop/"):
                assert Client().get(path).status_code == Client().post(path).status_code == 404
        assert not Alert.objects.get().is_confirmed


def test_what_nobody_confirms_is_forgotten(subscribed: Ask) -> None:
    ask("early@example.org")
    kept = subscribed("kept@example.org")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=UNCONFIRMED_GONE_AFTER - 1)):
        ask("late@example.org")
    with time_machine.travel(
        timezone.now() + datetime.timedelta(days=UNCONFIRMED_GONE_AFTER, hours=1)
    ):
        tell()
    assert set(Alert.objects.values_list("email", flat=True)) == {kept.email, "late@example.org"}


def test_no_address_is_written_into_a_log(
    subscribed: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    alert = subscribed("secret.name@example.org")
    ask("secret.name@example.org\nBcc: x")
    for _time in range(ASKED_FOR.tries + 1):
        ask("secret.name@example.org")
    ask("secret.name@example.org", website="x")
    Client().post(f"/en/alerts/{alert.pk}/{alert.key}/stop/")
    assert "secret.name" not in caplog.text
    assert "secret.name" not in str(alert)
