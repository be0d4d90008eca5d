"""``manage.py tell_readers``: each is told what is new once; whatever fails, nothing is lost."""

from __future__ import annotations

import datetime
import email.policy
import re
import smtplib
from collections.abc import Iterator
from email.parser import BytesParser
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends import locmem
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Page, PageViewRestriction

from search.answers import forget_engines
from search.models import PendingChange
from tests.alerts.conftest import Ask, links
from tests.factories.pages import (
    CaseStudyPageFactory,
    RegionFactory,
    ResourcePageFactory,
    make_site,
    translated,
)
from tests.hostile_texts import TEXTS
from tests.search.engines.collection import index
from toolkit.alerts import checks, novelties, telling
from toolkit.alerts.models import Alert
from toolkit.core.leases import lease
from toolkit.pages.models import HomePage
from toolkit.taxonomy.terms import Region

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)


class Clock:
    """Lets days go by."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller

    def later(self, **time: float) -> None:
        self._traveller.shift(datetime.timedelta(**time))


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture
def home(clock: Clock) -> HomePage:
    """A site with an entry in Kenya that has been there for long."""
    home = make_site()
    RegionFactory(code="ke", label_en="Kenya", label_ar="كينيا", label_zh="肯尼亚")
    CaseStudyPageFactory(parent=home, title="An old radio", regions=["ke"])
    index()
    clock.later(days=30)
    return home


def told() -> list[EmailMessage]:
    """The mails that go out now."""
    mail.outbox.clear()
    telling.tell()
    return list(mail.outbox)


def titles(message: EmailMessage) -> list[str]:
    return re.findall(r"^\d+\. (.*)$", message.body, re.MULTILINE)


class TestWhatIsNew:
    def test_is_told_once_to_who_asked_for_it(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        subscribed("kenya@example.org", search="region=ke")
        subscribed("radio@example.org", search="q=radio")
        subscribed("television@example.org", search="q=television")
        CaseStudyPageFactory(parent=home, title="Radio days", regions=["ke"])
        CaseStudyPageFactory(parent=home, title="Radio nights")
        clock.later(days=1)
        news = {message.to[0]: message for message in told()}
        assert titles(news["kenya@example.org"]) == ["Radio days"]
        assert sorted(titles(news["radio@example.org"])) == ["Radio days", "Radio nights"]
        assert "2 new entries" in news["radio@example.org"].subject
        assert "“radio”" in news["radio@example.org"].body
        assert "television@example.org" not in news
        clock.later(days=30)
        assert told() == []

    def test_is_told_once_a_week_at_most_and_within_a_day_otherwise(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        subscribed()
        days = []
        for day in range(1, 19):
            clock.later(days=1)
            CaseStudyPageFactory(parent=home, title=f"Day {day}")
            if message := told():
                days.append((day, len(titles(message[0]))))
        assert days == [(1, 1), (8, 7), (15, 7)]

    def test_is_what_could_not_be_read_before_whatever_day_it_shows(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        """Catches: an old report that is put online today, a page that was private until now."""
        closed = CaseStudyPageFactory(parent=home, title="Closed")
        restriction = PageViewRestriction.objects.create(
            page=closed, restriction_type=PageViewRestriction.LOGIN
        )
        subscribed()
        old = datetime.date(1999, 1, 1)
        CaseStudyPageFactory(parent=home, title="Of 1999", issued_at=old)
        CaseStudyPageFactory(parent=home, title="A draft", live=False)
        hidden = CaseStudyPageFactory(parent=home, title="Hidden since")
        clock.later(minutes=1)
        telling.notice()
        hidden.unpublish()
        restriction.delete()
        clock.later(days=1)
        (message,) = told()
        assert sorted(titles(message)) == ["Closed", "Of 1999"]

    def test_is_no_page_that_was_there_before_under_another_name_or_anew(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        page = CaseStudyPageFactory(parent=home, title="There before")
        subscribed()
        page.unpublish()
        page.title = "Called otherwise"
        page.save_revision().publish()
        clock.later(days=1)
        assert told() == []

    def test_is_a_work_that_can_now_be_read_in_the_readers_language(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        page = CaseStudyPageFactory(parent=home, title="A radio")
        subscribed("ar@example.org", language="ar")
        subscribed("fr@example.org", language="fr")
        translated(page, "ar", title="إذاعة")
        clock.later(days=1)
        (message,) = told()
        assert message.to == ["ar@example.org"]
        assert titles(message) == ["إذاعة"]

    def test_is_told_in_the_readers_language(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        for language in ("ar", "zh"):
            subscribed(f"{language}@example.org", language=language, search="region=ke")
        page = CaseStudyPageFactory(parent=home, title="A radio", regions=["ke"])
        translated(page, "ar", title="إذاعة")
        clock.later(days=1)
        news = {message.to[0][:2]: message for message in told()}
        assert "كينيا" in news["ar"].body
        assert "肯尼亚" in news["zh"].body
        assert titles(news["ar"]) == ["إذاعة"]
        assert titles(news["zh"]) == ["A radio"]  # and says in which language that is
        assert "英语" in news["zh"].body
        for language, message in news.items():
            assert all(f"/{language}/" in link for link in links(message)[1:])
            assert message.message()["Content-Language"] == language

    def test_is_counted_where_there_is_more_than_a_mail_holds(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        subscribed(search="q=radio")
        for number in range(13):
            CaseStudyPageFactory(parent=home, title=f"Radio {number}")
        clock.later(days=1)
        (message,) = told()
        assert "13 new entries" in message.subject
        assert len(titles(message)) == 10
        assert "And 3 more." in message.body
        assert "/en/search/?q=radio&sort=newest" in links(message)

    def test_is_not_told_before_the_index_has_it(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        """Catches: a look at an index that is behind, after which the entry counts as told."""
        subscribed(search="q=radio")
        page = CaseStudyPageFactory(parent=home, title="Radio days")
        change = PendingChange.objects.create(engine="embedded", key=str(page.translation_key))
        clock.later(days=1)
        assert told() == []
        change.delete()
        clock.later(days=1)
        assert len(told()) == 1

    def test_names_a_filter_that_is_gone(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        RegionFactory(code="zz", label_en="Zed")
        subscribed(search="q=radio&region=zz&region=ke")
        Region.objects.get(code="zz").delete()
        CaseStudyPageFactory(parent=home, title="Radio days", regions=["ke"])
        clock.later(days=1)
        (message,) = told()
        assert "There is no “zz” under “Region” any more" in message.body

    def test_ends_where_nothing_is_left_of_a_search(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        """Catches: who asked for one region being told of everything."""
        RegionFactory(code="zz", label_en="Zed")
        subscribed(search="region=zz")
        Region.objects.get(code="zz").delete()
        CaseStudyPageFactory(parent=home, title="Elsewhere")
        clock.later(days=1)
        (message,) = told()
        assert "Nothing is left of the search" in message.body
        assert "Elsewhere" not in message.body
        assert not Alert.objects.exists()


class TestAMail:
    def test_can_be_stopped_by_its_header_and_by_its_link(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        subscribed()
        CaseStudyPageFactory(parent=home, title="New")
        clock.later(days=1)
        (message,) = told()
        sent = BytesParser(policy=email.policy.default).parsebytes(message.message().as_bytes())
        stop = links(message)[-1]
        assert sent["List-Unsubscribe"].strip() == f"<http://127.0.0.1:8000{stop}>"
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert sent["Auto-Submitted"] == "auto-generated"
        assert sent.get_content_type() == "text/plain"
        assert Client().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not Alert.objects.exists()

    def test_has_links_that_lead_to_pages_and_none_that_tells_who_reads_it(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        alert = subscribed(search="q=radio")
        CaseStudyPageFactory(parent=home, title="Radio days")
        clock.later(days=1)
        (message,) = told()
        entry, results, stop = links(message)
        for path in (entry, results, stop):
            assert Client().get(path).status_code == 200, path
        assert str(alert.pk) not in entry + results
        assert "<" not in message.body

    def test_shows_any_title_in_one_line(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        subscribed()
        for number, text in enumerate(TEXTS.values()):
            text = text.encode("utf-8", "replace").decode().replace("\x00", "")
            ResourcePageFactory(
                parent=home, title=f"{number}{text[:200]}", slug=f"x{number}", summary=text[:300]
            )
        clock.later(days=1)
        (message,) = told()
        assert f"{len(TEXTS)} new entries" in message.subject
        assert message.message().as_bytes()


class Post(locmem.EmailBackend):
    """A mail server that fails as it is told to: ``broken`` maps an address to what is raised."""

    broken: dict[str, Exception] = {}
    closed: Exception | None = None

    def open(self) -> None:
        if self.closed:
            raise self.closed

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if error := self.broken.get(message.to[0]):
                raise error
        return int(super().send_messages(messages))


@pytest.fixture
def post(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> type[Post]:
    settings.EMAIL_BACKEND = f"{__name__}.Post"
    monkeypatch.setattr(Post, "broken", {})
    monkeypatch.setattr(Post, "closed", None)
    return Post


class TestFailing:
    @pytest.fixture
    def readers(self, home: HomePage, subscribed: Ask, clock: Clock) -> None:
        for name in "abc":
            subscribed(f"{name}@example.org")
        CaseStudyPageFactory(parent=home, title="New")
        clock.later(days=1)

    def test_costs_no_other_reader_a_mail_and_is_tried_again(
        self, readers: None, post: type[Post], clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        post.broken = {"a@example.org": smtplib.SMTPDataError(451, b"a@example.org: later")}
        assert [message.to[0][0] for message in told()] == ["b", "c"]
        state = telling.state()
        assert (state["status"], "SMTPDataError 451" in state["detail"]) == ("degraded", True)
        assert told() == []  # left alone for a while
        post.broken = {}
        clock.later(minutes=11)
        assert [message.to[0][0] for message in told()] == ["a"]
        assert telling.state() == {"status": "ok"}
        assert "a@example.org" not in caplog.text
        assert "SMTPDataError 451" in caplog.text

    def test_of_the_server_leaves_everything_due(
        self, readers: None, post: type[Post], clock: Clock
    ) -> None:
        post.closed = ConnectionRefusedError(111, "Connection refused")
        with pytest.raises(CommandError, match="ConnectionRefusedError 111"):
            call_command("tell_readers")
        assert telling.state()["status"] == "degraded"
        telling.tell_if_due()  # waits, and says nothing
        post.closed = None
        clock.later(minutes=11)
        assert len(told()) == 3
        assert telling.state() == {"status": "ok"}

    def test_of_one_mail_after_the_other_gives_up_and_goes_on_later(
        self, home: HomePage, subscribed: Ask, post: type[Post], clock: Clock
    ) -> None:
        everybody = [f"r{number}@example.org" for number in range(6)]
        for name in everybody:
            subscribed(name)
        CaseStudyPageFactory(parent=home, title="New")
        clock.later(days=1)
        post.broken = dict.fromkeys(everybody, smtplib.SMTPServerDisconnected("gone"))
        with pytest.raises(telling.NotNow):
            telling.tell()
        assert Alert.objects.filter(failures__gt=0).count() == 3
        post.broken = {}
        clock.later(hours=2)
        assert len(told()) == 6

    def test_of_an_address_that_does_not_exist_ends_in_its_deletion(
        self, readers: None, post: type[Post], clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        gone = smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no a@example.org here")})
        post.broken = {"a@example.org": gone}
        told()
        assert telling.state() == {"status": "ok"}  # nothing that the operator could mend
        for _day in range(2):
            assert Alert.objects.filter(email="a@example.org").exists()
            clock.later(days=1)
            told()
        assert not Alert.objects.filter(email="a@example.org").exists()
        assert "@example" not in caplog.text

    def test_of_an_answer_sends_it_later(
        self, home: HomePage, post: type[Post], clock: Clock
    ) -> None:
        post.broken = {"new@example.org": TimeoutError("the read operation timed out")}
        form = {"email": "new@example.org", "search": "", "website": ""}
        assert Client().post("/en/search/alert/", form).status_code == 302
        assert told() == []
        post.broken = {}
        clock.later(minutes=11)
        (message,) = told()
        assert "do you want" in message.subject
        assert told() == []

    def test_of_ours_is_logged_with_its_place_alone(
        self,
        readers: None,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def broken(*_args: Any, **_more: Any) -> None:
            raise ValueError("a@example.org is in this message")

        monkeypatch.setattr(telling.mails, "news", broken)
        with pytest.raises(telling.NotNow):
            telling.tell()
        assert "ValueError" in caplog.text
        assert "test_telling.py" in caplog.text
        assert "@example" not in caplog.text
        assert Alert.objects.count() == 3

    def test_of_the_index_loses_nothing(
        self, readers: None, settings: Settings, tmp_path: Any, clock: Clock
    ) -> None:
        there, settings.SEARCH_INDEX_DIR = settings.SEARCH_INDEX_DIR, tmp_path / "none"
        forget_engines()
        with pytest.raises(telling.NotNow, match="index"):
            telling.tell()
        settings.SEARCH_INDEX_DIR = there
        forget_engines()
        clock.later(minutes=11)
        assert len(told()) == 3

    def test_of_a_process_in_the_middle_sends_no_mail_twice(
        self, readers: None, post: type[Post], clock: Clock
    ) -> None:
        """Killed between sending and writing that down: the others are told by the next run."""
        post.broken = {"b@example.org": KeyboardInterrupt()}  # type: ignore[dict-item]
        mail.outbox.clear()
        with pytest.raises(KeyboardInterrupt):
            telling.tell()
        post.broken = {}
        telling.tell()
        clock.later(hours=2)
        telling.tell()
        assert sorted(message.to[0][0] for message in mail.outbox) == ["a", "b", "c"]


class TestTheCommand:
    def test_says_what_it_did(self, home: HomePage, subscribed: Ask, clock: Clock) -> None:
        subscribed()
        CaseStudyPageFactory(parent=home, title="New")
        clock.later(days=1)
        out = StringIO()
        call_command("tell_readers", stdout=out)
        assert out.getvalue().startswith("0 answers and 1 mails about what is new were sent")

    def test_leaves_another_that_is_at_it_alone(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        subscribed()
        CaseStudyPageFactory(parent=home, title="New")
        clock.later(days=1)
        with lease(telling.LEASE, seconds=60):
            assert told() == []
        assert len(told()) == 1

    def test_writes_no_mail_into_the_log_of_a_site_without_a_mail_server(
        self, home: HomePage, subscribed: Ask, settings: Settings
    ) -> None:
        """Catches: addresses in the journal, where Django prints mails if no server is named."""
        settings.TOOLKIT_SENDS_MAIL = False
        with pytest.raises(CommandError, match="EMAIL_URL"):
            call_command("tell_readers")
        assert telling.state()["status"] == "none"

    def test_waits_are_told_to_a_monitor(
        self, home: HomePage, subscribed: Ask, clock: Clock
    ) -> None:
        subscribed()
        clock.later(days=1, hours=1)
        assert telling.state() == {"status": "ok"}
        clock.later(days=1)
        assert "tell_readers" in telling.state()["detail"]

    def test_costs_nothing_while_nothing_is_due(
        self, home: HomePage, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(2):
            telling.tell_if_due()

    def test_costs_a_reader_the_same_whatever_is_new(
        self, home: HomePage, subscribed: Ask, clock: Clock, django_assert_max_num_queries: Any
    ) -> None:
        subscribed()
        for number in range(12):
            CaseStudyPageFactory(parent=home, title=f"New {number}")
        clock.later(days=1)
        telling.notice()
        with django_assert_max_num_queries(60):
            assert len(told()) == 1


def test_on_a_site_that_is_there_for_long_nothing_is_new_at_first(
    home: HomePage, subscribed: Ask, clock: Clock
) -> None:
    """Catches: an upgrade after which everybody is told of everything."""
    novelties.NoticedVersion.objects.all().delete()
    Page.objects.update(first_published_at=timezone.now() - 30 * DAY)
    subscribed()
    clock.later(days=1)
    assert told() == []
    at = novelties.NoticedVersion.objects.get().at
    assert at < timezone.now() - 29 * DAY


class TestTheChecks:
    def test_say_that_no_mail_goes_out(self, settings: Settings) -> None:
        settings.TOOLKIT_SENDS_MAIL = False
        assert [message.id for message in checks.mail_goes_out(None)] == ["alerts.W001"]

    def test_say_that_nobody_takes_mail_from_here(self, settings: Settings) -> None:
        settings.DEFAULT_FROM_EMAIL = "Toolkit <toolkit@localhost>"
        assert [message.id for message in checks.mail_goes_out(None)] == ["alerts.W002"]
        settings.DEFAULT_FROM_EMAIL = "toolkit@example.org"
        assert checks.mail_goes_out(None) == []


def test_a_failure_is_told_without_its_message() -> None:
    said = telling._cause(OSError(5, "a@example.org"), in_full=True)
    assert said == "OSError 5"
