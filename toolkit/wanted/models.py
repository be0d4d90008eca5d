"""What readers looked for and did not find, in their own words."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

#: Days after which nobody can be told from a message any more, and after which it is gone.
NAMELESS_AFTER, GONE_AFTER = 180, 730


class WantedQuerySet(models.QuerySet["Wanted"]):
    def older_than(self, days: int) -> WantedQuerySet:
        return self.filter(created_at__lt=timezone.now() - datetime.timedelta(days=days))

    def with_a_name(self) -> WantedQuerySet:
        return self.exclude(Q(email="") & Q(association=""))


class Wanted(models.Model):
    """A message. Of whoever wrote it there is what she gave, for ``NAMELESS_AFTER`` days."""

    text = models.TextField(_("what is missing"), max_length=2000)
    search = models.TextField(_("search"), blank=True, help_text=_("The address of the search."))
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    association = models.CharField(_("country or association"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    created_at = models.DateTimeField(_("received"), default=timezone.now, db_index=True)
    dealt_with = models.BooleanField(_("dealt with"), default=False)
    note = models.TextField(
        _("note"), blank=True, help_text=_("For the other editors: what became of it.")
    )

    objects = WantedQuerySet.as_manager()

    #: No page shows it, so no page changes with it.
    seen_by_readers = False
    #: Nothing refers to it, and it refers to nothing.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("message about what is missing")
        verbose_name_plural = _("messages about what is missing")
        ordering = ["dealt_with", "-created_at"]

    def __str__(self) -> str:
        return Truncator(self.text).chars(80)


def forget() -> tuple[int, int]:
    """Take names and addresses from messages that are old enough, and remove very old ones.
    Returns the number of each."""
    nameless = Wanted.objects.older_than(NAMELESS_AFTER).with_a_name()
    made_nameless = nameless.update(email="", association="")
    gone, _kinds = Wanted.objects.older_than(GONE_AFTER).delete()
    return made_nameless, gone
