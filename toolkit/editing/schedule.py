"""What is scheduled happens, each page by itself: what a rule forbids is told and stops no other.

A rule that was kept when a page was scheduled may be broken when its hour comes: its number is
taken, its picture gone. Wagtail's own way ends at the first such page, at every look anew.
"""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from wagtail.log_actions import log as note
from wagtail.models import DraftStateMixin, Page, PageLogEntry, Revision

from toolkit.editing.acts import REFUSALS, reason

log = logging.getLogger(__name__)

REFUSED = "toolkit.publish.refused"


def publish_and_expire() -> None:
    """Unpublish what has expired, and publish what is scheduled for a moment that has come.

    What fails for another cause than a rule stays scheduled, and is tried at the next look.
    """
    now = timezone.now()
    for model in _models_with_drafts():
        for found in model._default_manager.filter(live=True, expire_at__lt=now):
            try:
                with transaction.atomic():
                    found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
            except Exception:
                log.exception("%s %s has expired and stays online", model.__name__, found.pk)
    due = Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
    for revision in due:
        _publish(revision)


def _models_with_drafts() -> list[type[Any]]:
    others = (model for model in apps.get_models() if not issubclass(model, Page))
    return [Page, *(model for model in others if issubclass(model, DraftStateMixin))]


def _publish(revision: Revision) -> None:
    try:
        with transaction.atomic():
            revision.publish(log_action="wagtail.publish.scheduled")
    except REFUSALS as error:
        with translation.override(_language_of(revision.user)):
            why = reason(error)
        log.warning("not published on schedule: %s: %s", revision.object_str, why)
        # No more scheduled: its editor could not mend it, as long as it is locked for that.
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        note(
            revision.content_object,
            REFUSED,
            user=revision.user,
            revision=revision,
            data={"reason": why},
        )
    except Exception:
        log.exception("not published on schedule: %s", revision.object_str)


def _language_of(user: Any) -> str:
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.get_preferred_language() if profile else translation.get_language() or "en"


def refused_lately(page: Page) -> str:
    """Why the newest draft of a page was not published on schedule; empty if it was, or if it
    was worked on since."""
    return next((why for _page, why in _refused(page=page.pk)), "")


def all_refused_lately(user: Any) -> list[tuple[Page, str]]:
    """The pages that somebody may edit whose newest draft was not published on schedule, and
    why; the latest first."""
    return [(page, why) for page, why in _refused() if page.permissions_for_user(user).can_edit()]


def _refused(**only: Any) -> list[tuple[Page, str]]:
    """One entry a page, of those that were not saved since."""
    entries = (
        PageLogEntry.objects.filter(
            action=REFUSED,
            page__has_unpublished_changes=True,
            revision=F("page__latest_revision"),
            **only,
        )
        .select_related("page")
        .order_by("-timestamp")
    )
    found = {entry.page: entry.data.get("reason", "") for entry in reversed(entries)}
    return list(reversed(found.items()))
