"""What is new: works that a reader could not find before.

Neither the day that an entry shows (editors set it) nor the day of its first publication says
that: a page may have been private until today, or be a translation. So it is written down when a
version is first seen that everybody may read.
"""

from __future__ import annotations

import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from search.catalogue.works import indexable
from search.models import PendingChange
from toolkit.alerts.models import NoticedVersion
from toolkit.taxonomy.works import EntryPage

_AT_ONCE = 1_000


def notice() -> int:
    """Write down the versions that can be read now and could not at the last look; returns how
    many. At the very first, when every version is new, they get the day of their publication.

    What an index has still to learn waits for the next look: found it could not be. Called by
    one process at a time (``telling``).
    """
    is_first = not NoticedVersion.objects.exists()
    waiting = set(PendingChange.objects.values_list("key", flat=True))
    known = NoticedVersion.objects.filter(
        work=OuterRef("translation_key"), language=OuterRef("locale__language_code")
    )
    unknown = indexable(EntryPage).filter(~Exists(known))
    rows = unknown.values_list("translation_key", "locale__language_code", "first_published_at")
    now = timezone.now()
    new = [
        NoticedVersion(work=key, language=language, at=(is_first and published) or now)
        for key, language, published in rows.order_by().iterator(_AT_ONCE)
        if str(key) not in waiting
    ]
    NoticedVersion.objects.bulk_create(new, batch_size=_AT_ONCE, ignore_conflicts=True)
    return len(new)


def new_works(language: str, *, since: datetime.datetime, until: datetime.datetime) -> list[str]:
    """Keys of the works that are new to a reader of a language, the newest first: those of which
    nothing could be read before, and those that can now be read in her language. What nobody may
    read any more is not among them."""
    noticed = NoticedVersion.objects.filter(at__gt=since, at__lte=until)
    before = NoticedVersion.objects.filter(work=OuterRef("work"), at__lte=since)
    new = noticed.filter(Q(language=language) | ~Exists(before))
    at: dict[UUID, datetime.datetime] = {}
    for key, when in new.order_by("at").values_list("work", "at"):
        at[key] = when
    open_now: set[UUID] = set()
    keys = list(at)
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        pages = indexable(EntryPage).filter(translation_key__in=some)
        open_now.update(pages.values_list("translation_key", flat=True))
    return [str(key) for key in sorted(open_now, key=lambda key: (at[key], key), reverse=True)]
