"""Who asked to be told by mail when something new is found, and what was there before."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

#: Days after which an address that nobody confirmed is gone.
UNCONFIRMED_GONE_AFTER = 7
#: How long after a mail the next one may go out, and after a look without anything new the next.
MAILED_EVERY, LOOKED_AT_EVERY = datetime.timedelta(days=7), datetime.timedelta(days=1)


def key_of(number: uuid.UUID) -> str:
    """What the address of an alert ends in: known to whoever gets its mails, and to nobody else."""
    return salted_hmac("toolkit.alerts", str(number), algorithm="sha256").hexdigest()[:32]


class AlertQuerySet(models.QuerySet["Alert"]):
    def to_be_answered(self) -> AlertQuerySet:
        """Those whose reader waits for the first mail, who waits longest first."""
        return self.filter(answer_due_at__lte=timezone.now()).order_by("answer_due_at")

    def to_be_looked_at(self) -> AlertQuerySet:
        """Those whose search may have something new, the longest due first."""
        return self.filter(look_due_at__lte=timezone.now()).order_by("look_due_at")

    def unconfirmed_for_too_long(self) -> AlertQuerySet:
        before = timezone.now() - datetime.timedelta(days=UNCONFIRMED_GONE_AFTER)
        return self.filter(confirmed_at=None, created_at__lt=before)


class Alert(models.Model):
    """One search of one address. ``search`` is its query string, "" for everything.

    ``answer_due_at`` is when the mail has to go out that answers the form, ``look_due_at`` when
    the search has to be looked at; None where neither has. ``looked_at`` is up to when what is
    new was told. ``failures`` counts mails that could not be sent, in a row, and ``error`` says
    why the last was not sent, without any address.

    The addresses that confirm and stop it hold a keyed digest: who has read the database cannot
    make them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), db_index=True)
    search = models.TextField(_("search"), blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    looked_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(_("last mail"), null=True)
    answer_due_at = models.DateTimeField(null=True, db_index=True, default=timezone.now)
    look_due_at = models.DateTimeField(null=True, db_index=True)
    failures = models.PositiveIntegerField(_("failed mails in a row"), default=0)
    error = models.CharField(_("why the last mail failed"), max_length=120, blank=True)

    objects = AlertQuerySet.as_manager()

    #: No page shows it, so no page changes with it.
    seen_by_readers = False
    #: Nothing refers to it, and it refers to nothing.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("mail about what is new")
        verbose_name_plural = _("mails about what is new")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        # Logs and the admin's history repeat it, and outlive the address
        return f"{self.get_language_display()}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def key(self) -> str:
        return key_of(self.pk)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @classmethod
    def ask(cls, email: str, *, search: str, language: str) -> Alert:
        """The alert of an address for a search, with an answer that is due at once: whether it
        is new, waits to be confirmed or was, is told by mail alone."""
        same = cls.objects.filter(email__iexact=email, search=search, language=language).first()
        if same is None:
            return cls.objects.create(email=email, search=search, language=language)
        now = timezone.now()
        cls.objects.filter(pk=same.pk).update(answer_due_at=now, failures=0, error="")
        # Who asks again has as long to confirm as who asks
        cls.objects.filter(pk=same.pk, confirmed_at=None).update(created_at=now)
        return same

    def confirm(self) -> None:
        """What is new from now on is told."""
        now = timezone.now()
        waiting = type(self).objects.filter(pk=self.pk, confirmed_at=None)
        waiting.update(confirmed_at=now, looked_at=now, look_due_at=now + LOOKED_AT_EVERY)
        self.refresh_from_db()


class NoticedVersion(models.Model):
    """A version that everybody may read, or once could, and since when that is known."""

    work = models.UUIDField()
    language = models.CharField(max_length=8)
    at = models.DateTimeField(db_index=True)

    seen_by_readers = False

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "language"], name="version_noticed_once")
        ]

    def __str__(self) -> str:
        return f"{self.work} ({self.language})"


def forget() -> int:
    """Remove addresses that nobody confirmed in time; returns their number."""
    gone, _kinds = Alert.objects.unconfirmed_for_too_long().delete()
    return gone
