"""Which pages are versions of a work, and whether one is a translation at all, or an old one."""

from __future__ import annotations

import datetime
from typing import Any

from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail_localize.fields import TranslatableField, get_translatable_fields

#: How long after a version its original must have been published to count as changed since,
#: where nobody knows which revision of it the version translates.
A_DAY = datetime.timedelta(days=1)

_ADDRESS = {"slug"}  # usually the same in every language


def versions_among(pages: PageQuerySet) -> PageQuerySet:
    """Those of some pages that are versions of a work, or plain pages: neither mere aliases nor
    copies that still wait for their translation."""
    of_an_entry = (
        "untranslated" if hasattr(pages.model, "untranslated") else "entrypage__untranslated"
    )
    return pages.filter(alias_of__isnull=True).exclude(**{of_an_entry: True})


def original_among(versions: list[Page]) -> Page | None:
    """The original among versions with their ``entrypage`` and its work at hand, None if it is
    not there; of plain pages, of which there are no works, the oldest."""
    entries = [page for page in versions if _entry(page) is not None]
    if not entries:
        return min(versions, key=lambda page: page.pk, default=None)
    return next((page for page in entries if hasattr(_entry(page), "begun")), None)


def _entry(page: Page) -> Any:
    """The page as an entry: itself, or what was read along with it, which costs no query; None
    for another page."""
    at_hand = page._state.fields_cache.get("entrypage")
    return page if hasattr(page, "translated_revision") else at_hand


def says_the_same(page: Page, other: Page) -> bool:
    """Whether everything that a translator would translate is word for word the same."""
    if type(page) is not type(other):
        return False
    fields = [
        page._meta.get_field(translatable.field_name)
        for translatable in get_translatable_fields(type(page))
        if isinstance(translatable, TranslatableField) and translatable.field_name not in _ADDRESS
    ]
    # The title comes first: most pages are told apart by it, and nothing else is looked at.
    return all(field.value_to_string(page) == field.value_to_string(other) for field in fields)  # type: ignore[union-attr]


def is_older(version: Page, original: Page) -> bool:
    """Whether the original has been published in another wording since this version of it.

    Both with their ``entrypage`` at hand, if they are entries. A version that knows which
    revision it translates is older than any later one; of another, the days of publication
    decide.
    """
    translated = getattr(_entry(version), "translated_revision", None)
    if translated is not None and original.live_revision_id:
        return bool(original.live_revision_id > translated)
    if not (version.last_published_at and original.last_published_at):
        return False
    return bool(original.last_published_at - version.last_published_at > A_DAY)
