"""Signing in: where it leads, and how often it may be tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, PageViewRestriction

from tests.factories.pages import CaseStudyPageFactory, make_site
from tests.factories.people import PASSWORD, make_people
from tests.factories.standing import Ground, Stood, found_again
from toolkit.core.refusals import server_error
from toolkit.people import passwords, sign_in
from toolkit.people.models import Tries
from toolkit.people.visitors import visitor_address

pytestmark = pytest.mark.django_db

SITE, ADMIN = "/en/sign-in/", "/admin/login/"


def make_home() -> Page:
    home = make_site()
    make_people(home)
    return home


@pytest.fixture(scope="module")
def standing_home(ground: Ground) -> Iterator[Stood[Page]]:
    with ground.standing(make_home) as stood:
        yield stood


@pytest.fixture(autouse=True)
def home(standing_home: Stood[Page], db: None) -> Page:
    return found_again(standing_home.made)


def sign_in_as(
    name: str,
    password: str = PASSWORD,
    *,
    client: Client | None = None,
    at: str = SITE,
    address: str = "192.0.2.1",
    **more: Any,
) -> HttpResponse:
    return (client or Client()).post(
        at, {"username": name, "password": password, **more}, REMOTE_ADDR=address
    )


def fail(times: int, name: str = "editor", **more: Any) -> HttpResponse:
    for _time in range(times):
        response = sign_in_as(name, "wrong", **more)
    return response


class TestSigningIn:
    def test_leads_back_to_the_private_page(self, home: Page) -> None:
        page = CaseStudyPageFactory(parent=home, slug="members")
        PageViewRestriction.objects.create(page=page, restriction_type="login")
        client = Client()
        asked = client.get(f"{page.url}?a=1")
        assert asked["Location"] == "/en/sign-in/?next=/en/members/%3Fa%3D1"
        assert (
            'name="next" value="/en/members/?a=1"' in client.get(asked["Location"]).content.decode()
        )
        done = sign_in_as("member", client=client, next="/en/members/?a=1")
        assert done["Location"] == "/en/members/?a=1"
        assert client.get(done["Location"]).status_code == 200

    def test_has_one_face(self) -> None:
        """Wagtail's own address of a bare form shows it, too."""
        assert "account-form" in Client().get("/en/_util/login/").content.decode()

    def test_leads_members_home_and_editors_to_their_work(self) -> None:
        assert sign_in_as("member", at="/ar/sign-in/")["Location"] == "/ar/"
        assert sign_in_as("editor")["Location"] == "/admin/"

    def test_leads_to_no_other_site(self) -> None:
        for address in (
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "javascript:0",
        ):
            assert sign_in_as("member", next=address)["Location"] == "/en/", address

    def test_shows_a_member_the_way_out_and_an_editor_the_way_to_the_form(self, home: Page) -> None:
        page = CaseStudyPageFactory(parent=home)
        seen = {}
        for name in ("member", "editor"):
            client = Client()
            sign_in_as(name, client=client)
            seen[name] = client.get(page.url).content.decode()
            assert "/en/sign-out/" in seen[name]
            # From the history or a bookmark: an address that is opened signs nobody out
            assert client.get("/en/sign-out/")["Location"] == "/en/"
            assert "/en/sign-out/" in client.get(page.url).content.decode()
            assert client.post("/en/sign-out/")["Location"] == "/en/"
            assert "/en/sign-out/" not in client.get(page.url).content.decode()
        edit = f"/admin/pages/{page.pk}/edit/"
        assert edit in seen["editor"]
        assert edit not in seen["member"]
        assert "/admin/" not in seen["member"]
        assert "/en/sign-out/" not in Client().get(page.url).content.decode()


class TestTooManyTries:
    @pytest.mark.parametrize("at", [SITE, ADMIN])
    def test_close_the_account_from_that_address_even_to_the_right_password(self, at: str) -> None:
        assert fail(sign_in.HERE.tries, at=at).status_code == 200
        refused = sign_in_as("editor", at=at)
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) <= 15 * 60
        assert "15 minutes" in refused.content.decode()
        assert sign_in_as("editor", at=at, address="192.0.2.2").status_code == 302

    def test_cost_no_hash_and_do_not_make_the_wait_longer(self) -> None:
        with time_machine.travel("2027-01-01 12:00", tick=False) as clock:
            fail(sign_in.HERE.tries)
            clock.shift(14 * 60)
            rows = list(Tries.objects.order_by("pk").values())
            with patch.object(MD5PasswordHasher, "encode") as hashing:
                assert fail(5).status_code == 429
            assert not hashing.called
            assert list(Tries.objects.order_by("pk").values()) == rows
            clock.shift(61)
            assert sign_in_as("editor").status_code == 302

    def test_are_the_same_for_names_that_do_not_exist(self) -> None:
        """Neither the count nor the message tells which accounts there are."""
        texts = []
        for name in ("editor", "nobody"):
            answers = [
                *(fail(1, name=name) for _time in range(sign_in.HERE.tries)),
                sign_in_as(name),
            ]
            texts.append([(a.status_code, a.content.decode().count("too often")) for a in answers])
        assert [status for status, _text in texts[0]] == [200] * sign_in.HERE.tries + [429]
        assert texts[0] == texts[1]

    def test_are_counted_whatever_the_spelling_of_the_name(self) -> None:
        for name in ("Editor", "EDITOR", "ｅditor", "editor") * 3:
            response = sign_in_as(name, "wrong")
        assert response.status_code == 429

    def test_close_an_address_that_tries_many_accounts(self) -> None:
        for number in range(sign_in.ADDRESS.tries):
            sign_in_as(f"name{number}", "wrong")
        assert sign_in_as("member").status_code == 429
        assert sign_in_as("member", address="192.0.2.9").status_code == 302

    def test_from_everywhere_close_the_account_but_not_to_its_owners_browser(self) -> None:
        """Else a stranger with a hundred addresses locks the only administrator out for good."""
        own = Client()
        assert sign_in_as("administrator", client=own).status_code == 302
        for number in range(sign_in.ACCOUNT.tries):
            sign_in_as("administrator", "wrong", address=f"198.51.100.{number}")
        assert sign_in_as("administrator", address="203.0.113.1").status_code == 429
        assert sign_in_as("administrator", client=own).status_code == 302
        for _time in range(sign_in.BROWSER.tries):  # a browser left behind is no way in, either
            sign_in_as("administrator", "wrong", client=own)
        assert sign_in_as("administrator", client=own).status_code == 429

    def test_are_forgotten_when_the_owner_sets_a_new_password_by_mail(self) -> None:
        fail(sign_in.HERE.tries)
        client = Client(REMOTE_ADDR="192.0.2.1")
        passwords.send_reset_mail.func("editor@example.org", "en", "http://testserver", SITE_MAIL)
        link = next(w for w in mail.outbox[-1].body.split() if "/new-password/" in w)
        form = client.get(link.removeprefix("http://testserver"), follow=True)
        new = "four words nobody says"
        answer = client.post(
            form.redirect_chain[-1][0], {"new_password1": new, "new_password2": new}
        )
        assert answer["Location"] == "/en/new-password/done/"
        assert sign_in_as("editor", new).status_code == 302

    def test_do_not_count_when_they_were_right(self) -> None:
        for _time in range(sign_in.ADDRESS.tries + 5):
            assert sign_in_as("member").status_code == 302


SITE_MAIL = ["people/reset_subject.txt", "people/reset_mail.txt"]


class TestAMailWithANewPassword:
    @pytest.mark.parametrize("at", ["/en/new-password/", "/admin/password_reset/"])
    def test_is_asked_for_a_few_times_only_whether_the_account_exists_or_not(self, at: str) -> None:
        for name in ("editor@example.org", "nobody@example.org"):
            answers = [Client().post(at, {"email": name}) for _time in range(5)]
            assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 2, name
            assert "60 minutes" in answers[-1].content.decode()

    def test_leaves_the_looking_and_the_sending_to_the_worker(self, settings: Any) -> None:
        """The request does the same for every address, so its time tells nothing; the link
        leads to the site that the operator named, whatever host was asked."""
        settings.TOOLKIT_SITE_ROOT = "https://toolkit.example"
        for at in ("/fr/new-password/", "/admin/password_reset/"):
            for name in ("editor@example.org", "nobody@example.org"):
                Client().post(at, {"email": name}, HTTP_HOST="evil.example")
        assert mail.outbox == []
        for task in DBTaskResult.objects.order_by("enqueued_at"):
            passwords.send_reset_mail.func(**task.args_kwargs["kwargs"])
        assert [message.to for message in mail.outbox] == [["editor@example.org"]] * 2
        assert "https://toolkit.example/fr/new-password/" in mail.outbox[0].body
        assert "/admin/password_reset/confirm/" in mail.outbox[1].body
        assert not any("evil" in message.body for message in mail.outbox)


class TestASharedPassword:
    def test_is_guessed_a_few_times_only(self, home: Page) -> None:
        page = CaseStudyPageFactory(parent=home, title="Zebra")
        restriction = PageViewRestriction.objects.create(
            page=page, restriction_type="password", password="sesame"
        )
        at = f"/en/_util/authenticate_with_password/{restriction.pk}/{page.pk}/"

        def enter(password: str, address: str = "192.0.2.1", back: str = page.url) -> HttpResponse:
            data = {"password": password, "return_url": back}
            return Client().post(at, data, REMOTE_ADDR=address)

        assert enter("sesame", back="https://evil.example/")["Location"] == "/"
        for _time in range(passwords.SHARED.tries):
            wrong = enter("wrong")
            assert wrong.status_code == 403
            assert "Zebra" not in wrong.content.decode()
        assert enter("sesame").status_code == 429
        assert enter("sesame", address="192.0.2.2")["Location"] == page.url


class TestTheVisitorsAddress:
    @pytest.mark.parametrize(
        ("connected", "passed_on", "trusted", "expected"),
        [
            ("192.0.2.1", "203.0.113.7", [], "192.0.2.1"),
            ("127.0.0.1", "203.0.113.7", ["127.0.0.1"], "203.0.113.7"),
            ("127.0.0.1", "9.9.9.9, 203.0.113.7", ["127.0.0.1"], "203.0.113.7"),
            ("::1", "9.9.9.9, 203.0.113.7, 10.0.0.3", ["::1", "10.0.0.0/8"], "203.0.113.7"),
            ("127.0.0.1", "", ["127.0.0.1"], "127.0.0.1"),
            ("", "203.0.113.7", ["unix"], "203.0.113.7"),
            ("", "203.0.113.7", [], ""),
            ("2001:db8:1:2:3:4:5:6", "", [], "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "", [], "192.0.2.1"),
            ("127.0.0.1", "no address", ["127.0.0.1"], "no address"),
        ],
    )  # fmt: skip
    def test_is_what_a_trusted_proxy_says_and_nobody_else(
        self, settings: Any, connected: str, passed_on: str, trusted: list[str], expected: str
    ) -> None:
        settings.TRUSTED_PROXIES = trusted
        request = RequestFactory().get("/", REMOTE_ADDR=connected)
        if passed_on:
            request.META["HTTP_X_FORWARDED_FOR"] = passed_on
        request.__dict__.pop("headers", None)
        assert visitor_address(request) == expected


class TestAFormWithoutItsKey:
    def test_is_refused_in_the_readers_language(self) -> None:
        response = Client(enforce_csrf_checks=True).post("/ar/sign-in/", {"username": "x"})
        assert response.status_code == 403
        assert '<html lang="ar" dir="rtl">' in response.content.decode()
        assert "site-header" in response.content.decode()


class TestAnErrorOfOurs:
    def test_is_told_in_seven_languages_even_without_the_stylesheet(self) -> None:
        request = RequestFactory().get("/fr/")
        assert 'rel="stylesheet"' in server_error(request).content.decode()
        with patch("toolkit.core.refusals.static", side_effect=ValueError("no manifest")):
            answer = server_error(request)
        assert answer.status_code == 500
        for language in ("ar", "de", "es", "fr", "ru", "zh"):
            assert f'lang="{language}"' in answer.content.decode()


class TestForgive:
    def test_opens_an_account_and_with_all_every_address(self) -> None:
        for number in range(sign_in.ACCOUNT.tries):
            fail(1, address=f"198.51.100.{number % 20}")
        assert sign_in_as("editor", address="203.0.113.1").status_code == 429
        with pytest.raises(CommandError, match="no account “editro”"):
            call_command("forgive", "editro")
        call_command("forgive", "editor")
        assert sign_in_as("editor", address="203.0.113.1").status_code == 302
        fail(sign_in.HERE.tries)
        call_command("forgive", all=True)
        assert sign_in_as("editor").status_code == 302
