"""What may be tried a few times only: counted for a while in the database, so that all
processes count together.

A try is counted *before* it is made, and taken back when it was right: many at once cannot slip
through. A refused try costs one reading query, writes nothing and does not make the wait longer.
"""

from __future__ import annotations

import datetime
import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from toolkit.people.models import Tries


@dataclass(frozen=True)
class Limit:
    """``tries`` within ``minutes`` of the first; when they are used up, none for ``minutes``."""

    name: str
    tries: int
    minutes: int


@dataclass(frozen=True)
class Claim:
    """A limit, and what it counts for: an account, an address, a page."""

    limit: Limit
    about: str

    @property
    def subject(self) -> str:
        """The key of the row; the same for names that differ in case or in their spelling in
        Unicode alone."""
        about = unicodedata.normalize("NFKC", self.about).casefold()
        return salted_hmac(f"tries:{self.limit.name}", about, algorithm="sha256").hexdigest()


def seconds_to_wait(*claims: Claim) -> int:
    """How long until all of these may be tried again; 0 if now."""
    now = timezone.now()
    tries = {claim.subject: claim.limit.tries for claim in claims}
    rows = Tries.objects.filter(subject__in=tries, until__gt=now)
    waits = [row.until - now for row in rows if row.number >= tries[row.subject]]
    return max((int(wait.total_seconds()) + 1 for wait in waits), default=0)


def take(*claims: Claim) -> int:
    """Count one try of each: 0 if it may be made, else the seconds to wait, and none counted."""
    if wait := seconds_to_wait(*claims):
        return wait
    over = [claim for claim in claims if _counted(claim) > claim.limit.tries]
    return seconds_to_wait(*over) if over else 0


def give_back(*claims: Claim) -> None:
    """The try was right: it does not count."""
    for claim in claims:
        with transaction.atomic():
            row = Tries.objects.select_for_update().filter(subject=claim.subject).first()
            if row and row.number:
                row.number -= 1
                row.save(update_fields=["number"])


def forget(*claims: Claim) -> None:
    """Nothing that was tried before counts any more."""
    Tries.objects.filter(subject__in=[claim.subject for claim in claims]).delete()


def _counted(claim: Claim) -> int:
    """The number of tries, this one included."""
    now = timezone.now()
    end = now + datetime.timedelta(minutes=claim.limit.minutes)
    with transaction.atomic():
        row, made = Tries.objects.select_for_update().get_or_create(
            subject=claim.subject, defaults={"until": end}
        )
        if row.until <= now:
            row.number, row.until = 0, end
        row.number += 1
        if row.number == claim.limit.tries:
            row.until = end  # used up: the wait begins here
        row.save(update_fields=["number", "until"])
        if made:
            Tries.objects.filter(until__lte=now).delete()
    return row.number
