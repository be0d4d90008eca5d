"""Sends the mails that are due, each on its own: one that fails costs no other, is tried again,
and whatever stops this process, the next one goes on where it ended.

What is to be done stands in the rows of the alerts. A row is put off before its mail goes out, so
that two processes never send it twice; who dies in between costs a mail an hour's delay.
No address is written into a log: not even what a mail server says of one.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import smtplib
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import override

from search.answers import among
from search.catalogue.works import published_entries
from search.engines.base import EngineUnavailable
from search.requests import SearchRequest
from search.views.descriptions import kept_search
from toolkit.alerts import mails, models, novelties
from toolkit.alerts.models import LOOKED_AT_EVERY, MAILED_EVERY, Alert
from toolkit.core.leases import lease
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies

log = logging.getLogger(__name__)

LEASE = "alerts"
#: How long a mail that is under way is nobody else's.
_TAKEN_FOR = datetime.timedelta(hours=1)
#: After how many minutes a mail that failed is tried again: the first time, the second …
_AGAIN_AFTER = (10, 60, 360, 1440)
#: An address that a mail server refuses for good, so many times and days in a row, is deleted.
_REFUSED_OFTEN = 3
_A_DAY = datetime.timedelta(days=1)
#: So many failures in a row, and the mail server is left alone until the next run.
_GIVE_UP_AFTER = 3

Terms = Mapping[str, Vocabulary]


class NotNow(Exception):
    """No mail can be sent, or nothing can be looked up: the message says why."""


@dataclass
class Outcome:
    """How many mails went out that answer the form, and that tell of something new; how many
    failed."""

    answered: int = 0
    told: int = 0
    failed: int = 0


def tell() -> Outcome:
    """Send what is due. Another process that is at it already is left alone.

    Raises ``NotNow`` where nothing at all can be sent or looked up; all of it stays due.
    """
    outcome = Outcome()
    if not settings.TOOLKIT_SENDS_MAIL:
        raise NotNow("No mail is set up: write EMAIL_URL into the settings.")
    with lease(LEASE, seconds=120, kept_alive=True) as held:
        if held is None:
            return outcome
        models.forget()
        novelties.notice()
        answers = list(Alert.objects.to_be_answered().values_list("pk", flat=True))
        looks = list(Alert.objects.to_be_looked_at().values_list("pk", flat=True))
        if answers or looks:
            with _Post() as post:
                terms = vocabularies()
                outcome.answered = post.each(answers, lambda alert: _answer(alert, post, terms))
                outcome.told = post.each(looks, lambda alert: _look(alert, post, terms))
                outcome.failed = post.failed
    return outcome


def tell_if_due() -> None:
    """The same for a worker, which looks often: nothing is done while nothing is due."""
    due = Alert.objects.to_be_answered().exists() or Alert.objects.to_be_looked_at().exists()
    if due and settings.TOOLKIT_SENDS_MAIL:
        try:
            tell()
        except NotNow as reason:
            log.warning("mails about what is new wait: %s", reason)


def notice() -> None:
    """Write down what can be read now, unless another process is at it."""
    with lease(LEASE, seconds=120, kept_alive=True) as held:
        if held is not None:
            novelties.notice()


def confirm(alert: Alert) -> None:
    """From now on the reader is told what is new; what is there already is not."""
    notice()
    alert.confirm()


def state() -> dict[str, Any]:
    """How the mails are, for a monitor: two queries, no address."""
    if not settings.TOOLKIT_SENDS_MAIL:
        return {"status": "none", "detail": "no mail is set up: EMAIL_URL"}
    failing = Alert.objects.exclude(error="").exclude(error__startswith=_REFUSED)
    if error := failing.order_by("-failures").values_list("error", flat=True).first():
        number = failing.count()
        return {"status": "degraded", "detail": f"{number} mails to readers failed: {error}"}
    waiting = Alert.objects.aggregate(answer=Min("answer_due_at"), look=Min("look_due_at"))
    since = min(filter(None, waiting.values()), default=None)
    if since and since < timezone.now() - _A_DAY:
        detail = (
            "mails to readers wait: no worker runs, and no timer calls `manage.py tell_readers`"
        )
        return {"status": "degraded", "detail": detail, "since": since}
    return {"status": "ok"}


# --- one after the other ------------------------------------------------------------------

_REFUSED = "SMTPRecipientsRefused"


class _Post:
    """A line to the mail server, opened once and again after a failure."""

    def __init__(self) -> None:
        self.failed = 0
        self._failed_in_a_row = 0
        self._connection = get_connection()

    def __enter__(self) -> _Post:
        try:
            self._connection.open()
        except Exception as error:
            cause = _cause(error)
            _put_off_all(error=cause)
            raise NotNow(f"The mail server does not answer: {cause}.") from None
        Alert.objects.filter(failures=0).exclude(error="").update(error="")
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(Exception):
            self._connection.close()

    def send(self, letter: mails.Letter, alert: Alert, *, can_be_stopped: bool = True) -> None:
        mail = mails.message(letter, alert, can_be_stopped=can_be_stopped)
        self._connection.send_messages([mail])

    def each(self, numbers: list[UUID], act: Callable[[Alert], bool]) -> int:
        """Do something with each of these alerts that is still there; returns how many mails
        that made. What fails is put off, and the others go on."""
        made = 0
        for number in numbers:
            alert = Alert.objects.filter(pk=number).first()
            if alert is None:
                continue
            try:
                with override(alert.language):
                    made += act(alert)
            except EngineUnavailable as error:
                _put_off_all()
                raise NotNow(f"The search index does not answer: {error}.") from error
            except Exception as error:
                self._put_off(alert, error)
                if self._failed_in_a_row >= _GIVE_UP_AFTER:
                    _put_off_all()
                    raise NotNow(f"One mail after the other fails: {_cause(error)}.") from None
            else:
                self._failed_in_a_row = 0
        return made

    def _put_off(self, alert: Alert, error: Exception) -> None:
        self.failed += 1
        self.__exit__()  # the next mail opens the line anew
        row = Alert.objects.filter(pk=alert.pk)
        failures = alert.failures + 1
        log.warning("the mail of alert %s failed: %s", alert.pk, _cause(error, in_full=True))
        if _is_refused(error):
            if failures >= _REFUSED_OFTEN:
                log.warning("alert %s ends: its address is refused", alert.pk)
                row.delete()
                return
            delay = _A_DAY
        else:
            self._failed_in_a_row += 1
            minutes = _AGAIN_AFTER[min(failures, len(_AGAIN_AFTER)) - 1]
            delay = datetime.timedelta(minutes=minutes)
        later = timezone.now() + delay
        due = "answer_due_at" if alert.answer_due_at else "look_due_at"
        row.update(**{due: later}, failures=failures, error=_cause(error))


def _put_off_all(**why: str) -> None:
    """Leave all that is due alone for a while."""
    later = timezone.now() + datetime.timedelta(minutes=_AGAIN_AFTER[0])
    Alert.objects.to_be_answered().update(answer_due_at=later, **why)
    Alert.objects.to_be_looked_at().update(look_due_at=later, **why)


def _answer(alert: Alert, post: _Post, terms: Terms) -> bool:
    """The mail that the form promised."""
    asked = _asked(alert, terms)
    write = mails.reminder if alert.is_confirmed else mails.confirmation
    with _taken(alert, "answer_due_at") as is_ours:
        if is_ours:
            post.send(write(alert, asked, terms), alert)
            Alert.objects.filter(pk=alert.pk).update(answer_due_at=None, failures=0, error="")
    return is_ours


def _look(alert: Alert, post: _Post, terms: Terms) -> bool:
    """The mail about what is new since the last, if anything is."""
    asked = _asked(alert, terms)
    row = Alert.objects.filter(pk=alert.pk)
    now = timezone.now()
    if asked.unknown and not (asked.text or asked.selected):
        with _taken(alert, "look_due_at") as is_ours:
            if is_ours:
                post.send(mails.farewell(asked), alert, can_be_stopped=False)
                row.delete()
        return is_ours
    since = alert.looked_at or alert.confirmed_at or now
    keys = novelties.new_works(alert.language, since=since, until=now)
    found = among(asked, keys)
    entries = list(published_entries(found[: mails.SHOWN]))
    if not entries:
        row.update(looked_at=now, look_due_at=now + LOOKED_AT_EVERY)
        return False
    with _taken(alert, "look_due_at") as is_ours:
        if is_ours:
            post.send(mails.news(alert, asked, entries, len(found), terms), alert)
            row.update(
                looked_at=now,
                mailed_at=now,
                look_due_at=now + MAILED_EVERY,
                failures=0,
                error="",
            )
    return is_ours


@contextlib.contextmanager
def _taken(alert: Alert, due: str) -> Iterator[bool]:
    """Take a row for its mail; False where another process has it."""
    moment = getattr(alert, due)
    row = Alert.objects.filter(pk=alert.pk, **{due: moment})
    later = timezone.now() + _TAKEN_FOR
    yield moment is not None and bool(row.update(**{due: later}))


def _asked(alert: Alert, terms: Terms) -> SearchRequest:
    return kept_search(alert.search, language=alert.language, vocabularies=terms)


def _is_refused(error: Exception) -> bool:
    """Whether the mail server says that there is no such address (RFC 5321, 4.2.1: 5yz)."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(500 <= code < 600 for code, _said in error.recipients.values())


def _cause(error: Exception, *, in_full: bool = False) -> str:
    """What went wrong, without what it went wrong about, which may be an address."""
    name = type(error).__name__
    number = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    said = f"{name} {number}" if number else name
    if in_full and not isinstance(error, smtplib.SMTPException | OSError):
        place = traceback.extract_tb(error.__traceback__)[-1]
        said += f" ({place.filename}:{place.lineno})"
    return said[:120] if not in_full else said
