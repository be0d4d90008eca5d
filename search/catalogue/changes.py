"""Which works a change in the database touches: every event that changes what the public finds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_slug_changed, post_page_move

from search.catalogue.indexing import note_changes
from search.catalogue.works import published_keys
from toolkit.taxonomy.facets import CONTROLLED
from toolkit.taxonomy.terms import DirectionMapping, EntryTag
from toolkit.taxonomy.vocabularies import MODELS, vocabulary
from toolkit.taxonomy.works import EntryPage, work_changed

#: What saving a draft writes to its page: nothing that a reader sees.
_OF_DRAFTS = {
    *("latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"),
    *("wagtail_admin_comments", "locked", "locked_at", "locked_by", "numchild"),
}


def works_changed(keys: Iterable[Any]) -> None:
    """Tell the indexes, and whoever listens to ``work_changed``, that these works changed.

    Call it in the transaction of the change: what is noted goes back with it.
    """
    changed = {str(key) for key in keys}
    if changed:
        note_changes(changed)
        work_changed.send(sender=EntryPage, keys=changed)


def _keys_below(page: Page) -> list[Any]:
    return list(
        Page.objects.descendant_of(page, inclusive=True).values_list("translation_key", flat=True)
    )


def _page_changed(
    sender: type,
    instance: Any,
    created: bool = False,
    update_fields: Iterable[str] | None = None,
    **_kwargs: Any,
) -> None:
    if not (isinstance(instance, EntryPage) or sender is Page):
        return
    of_a_draft = update_fields and _OF_DRAFTS.issuperset(update_fields)
    if not of_a_draft and not (created and not instance.live):
        works_changed([instance.translation_key])


def _branch_changed(instance: Page, **_kwargs: Any) -> None:
    works_changed(_keys_below(instance))


def _restriction_changed(instance: PageViewRestriction, **_kwargs: Any) -> None:
    works_changed(_keys_below(instance.page))


def _site_changed(**_kwargs: Any) -> None:
    works_changed(published_keys())


def _term_changed(sender: Any, instance: Any, created: bool = False, **_kwargs: Any) -> None:
    if created and sender is not DirectionMapping:
        return  # nothing is classified by a new term yet
    works_changed({*_classified_by(sender, instance), *getattr(instance, "_joined_before", ())})


def _mapping_changes(sender: Any, instance: DirectionMapping, **_kwargs: Any) -> None:
    """Remember what a mapping joined until now: once it is saved, nothing tells any more."""
    before = sender.objects.filter(pk=instance.pk).first()
    instance._joined_before = set(_classified_by(sender, before)) if before else set()  # type: ignore[attr-defined]


def _classified_by(sender: Any, instance: Any) -> Iterable[Any]:
    if sender is EntryTag:
        return instance.tagged.values_list("content_object__translation_key", flat=True)
    if sender is DirectionMapping:
        terms = [instance.source, instance.target]
        codes = [term.code for term in terms]
        name = "direction"
    else:
        name = next(name for name, model in MODELS.items() if model is sender)
        codes = [instance.code]
    field = next((facet.field for facet in CONTROLLED if facet.name == name), "")
    if not field:
        # Entries are of a kind, and exercises say the name of their series
        return published_keys() if name in {"kind", "series"} else []
    known = vocabulary(name)
    touched = [term.value for term in known if known.widened([term.value]) & set(codes)]
    return EntryPage.objects.filter(**{f"{field}__code__in": {*codes, *touched}}).values_list(
        "translation_key", flat=True
    )


def connect() -> None:
    """Listen to everything that changes what the public may find."""
    uid = "search.indexing"
    post_save.connect(_page_changed, dispatch_uid=f"{uid}.saved")
    post_delete.connect(_page_changed, dispatch_uid=f"{uid}.deleted")
    page_slug_changed.connect(_branch_changed, dispatch_uid=f"{uid}.slug")
    post_page_move.connect(_branch_changed, dispatch_uid=f"{uid}.moved")
    for signal in (post_save, post_delete):
        signal.connect(
            _restriction_changed, sender=PageViewRestriction, dispatch_uid=f"{uid}.restriction"
        )
    post_save.connect(_site_changed, sender=Site, dispatch_uid=f"{uid}.site")
    pre_save.connect(_mapping_changes, sender=DirectionMapping, dispatch_uid=f"{uid}.mapping")
    for model in {*MODELS.values(), EntryTag, DirectionMapping}:
        post_save.connect(_term_changed, sender=model, dispatch_uid=f"{uid}.term.{model.__name__}")
        # Before: afterwards nothing tells which entries had it.
        pre_delete.connect(_term_changed, sender=model, dispatch_uid=f"{uid}.gone.{model.__name__}")
