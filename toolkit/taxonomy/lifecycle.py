"""What becomes of a work when something happens to its pages elsewhere than in their ``save``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Revision
from wagtail.signals import copy_for_translation_done
from wagtail_localize.models import TranslationLog

from toolkit.taxonomy.works import DRAFT_FIELDS, EntryPage, Work


def _page_saved(
    sender: type,
    instance: Page,
    raw: bool = False,
    update_fields: Iterable[str] | None = None,
    **_kwargs: Any,
) -> None:
    """An entry that somebody had in hand as a mere page: withdrawn or moved, say."""
    if raw or (update_fields is not None and set(update_fields) <= DRAFT_FIELDS):
        return
    if EntryPage.objects.filter(pk=instance.pk).exists():
        Work.settle(instance.translation_key)


def _entry_deleted(instance: EntryPage, **_kwargs: Any) -> None:
    # Of several pages that go at once, all are gone when the first of them says so.
    Work.settle(instance.translation_key)


def _copied_for_translation(source_obj: Page, target_obj: Page, **_kwargs: Any) -> None:
    if not isinstance(target_obj, EntryPage) or target_obj.alias_of_id:
        return
    source = source_obj.specific
    if isinstance(source, EntryPage) and not source.is_original:
        target_obj.translated_revision = source.translated_revision
    else:
        target_obj.now_translates()
    if revision := target_obj.latest_revision:
        _keep(target_obj, revision, target_obj.translated_revision)


def _translated(instance: TranslationLog, created: bool, **_kwargs: Any) -> None:
    """wagtail-localize has written a version, from the words that it had read of another."""
    if not created or instance.revision is None:
        return
    page = instance.revision.content_object
    if not isinstance(page, EntryPage):
        return
    read = json.loads(instance.source.content_json)
    if Work.objects.filter(original=read.get("pk")).exists():
        number = read.get("live_revision") or read.get("latest_revision")
    else:
        number = read.get("translated_revision")
    _keep(page, instance.revision, number)


def _keep(page: EntryPage, revision: Revision, number: int | None) -> None:
    """Let a version know which revision it translates: in its draft, and in what readers see of
    it unless that is older than the draft."""
    revision.content = {**revision.content, "translated_revision": number}
    revision.save(update_fields=["content"])
    if not page.live or page.live_revision_id == revision.pk:
        page.translated_revision = number
        page.save(update_fields=["translated_revision"], clean=False)


def connect() -> None:
    """Listen to what happens to pages."""
    uid = "taxonomy.works"
    post_save.connect(_page_saved, sender=Page, dispatch_uid=f"{uid}.saved")
    post_delete.connect(_entry_deleted, sender=EntryPage, dispatch_uid=f"{uid}.deleted")
    copy_for_translation_done.connect(_copied_for_translation, dispatch_uid=f"{uid}.copied")
    post_save.connect(_translated, sender=TranslationLog, dispatch_uid=f"{uid}.translated")
