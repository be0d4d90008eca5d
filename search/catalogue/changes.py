"""Which works a change in the database touches: every event that changes what the public finds.

An event is noted in the transaction that makes the change: both are there, or neither.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from wagtail.documents.models import Document
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)

from search.catalogue.files import documents_below, works_with
from search.catalogue.indexing import note_changes
from toolkit.attached.models import FileText
from toolkit.taxonomy.facets import CONTROLLED
from toolkit.taxonomy.terms import DirectionMapping, EntryTag
from toolkit.taxonomy.vocabularies import MODELS, vocabulary
from toolkit.taxonomy.works import DRAFT_FIELDS, EntryPage, Work, work_changed


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
        EntryPage.objects.descendant_of(page, inclusive=True).values_list(
            "translation_key", flat=True
        )
    )


def _published() -> list[Any]:
    return list(Work.objects.filter(state=Work.State.PUBLISHED).values_list("key", flat=True))


def _only_a_draft(update_fields: Iterable[str] | None) -> bool:
    return update_fields is not None and set(update_fields) <= DRAFT_FIELDS


def _page_will_change(
    sender: type, instance: Any, update_fields: Iterable[str] | None = None, **_kwargs: Any
) -> None:
    """A page that gets another address (Wagtail saves it when it moves, too) takes all below it
    along; one that leaves a work leaves a version less there."""
    if not isinstance(instance, Page) or not instance.pk or _only_a_draft(update_fields):
        return
    before = Page.objects.filter(pk=instance.pk).values_list("url_path", "translation_key").first()
    if before is None:
        return
    url_path, key = before
    if url_path != instance.url_path:
        works_changed(_keys_below(instance))
    if key != instance.translation_key:
        works_changed([key])


def _page_changed(
    sender: type, instance: Any, update_fields: Iterable[str] | None = None, **_kwargs: Any
) -> None:
    """What happens to a draft is no event, unless a version is published: the draft may be the
    original, whose classification holds."""
    if not (isinstance(instance, EntryPage) or sender is Page) or _only_a_draft(update_fields):
        return
    works = Work.objects.filter(key=instance.translation_key)
    if isinstance(instance, EntryPage):
        # The row still says what was true before this change.
        works = works.filter(state=Work.State.PUBLISHED)
    shows = isinstance(instance, EntryPage) and instance.live and not instance.alias_of_id
    if shows or works.exists():
        works_changed([instance.translation_key])


def _entry_deleted(instance: EntryPage, **_kwargs: Any) -> None:
    shown = instance.live and not instance.alias_of_id
    works = Work.objects.filter(key=instance.translation_key, state=Work.State.PUBLISHED)
    if shown or works.exists():
        works_changed([instance.translation_key])


def _restriction_will_change(instance: PageViewRestriction, **_kwargs: Any) -> None:
    """One that goes from a page to another opens the first."""
    for before in PageViewRestriction.objects.filter(pk=instance.pk).select_related("page"):
        works_changed(_keys_below(before.page))


def _restriction_changed(instance: PageViewRestriction, **_kwargs: Any) -> None:
    works_changed(_keys_below(instance.page))


def _file_changed(instance: Document, created: bool = False, **_kwargs: Any) -> None:
    if not created:
        works_changed(works_with([instance.pk]))


def _file_was_read(instance: FileText, **_kwargs: Any) -> None:
    if instance.state == FileText.State.READ:
        works_changed(works_with([instance.document_id]))


def _collection_changed(instance: Collection, created: bool = False, **_kwargs: Any) -> None:
    """It may stand below another one now, which is private, or was."""
    if not created:
        works_changed(works_with(documents_below(instance)))


def _tell_of_moves(model: Any) -> None:
    """Wagtail saves a collection first and then moves it by statements that no signal tells of:
    what was everybody's may be private there."""
    if "move" in vars(model):
        return
    move = model.move

    @functools.wraps(move)
    @transaction.atomic
    def moved(collection: Collection, *args: Any, **kwargs: Any) -> None:
        move(collection, *args, **kwargs)
        _collection_changed(Collection.objects.get(pk=collection.pk))

    model.move = moved


def _closing_will_change(instance: CollectionViewRestriction, **_kwargs: Any) -> None:
    """One that goes from a collection to another opens the first."""
    before = CollectionViewRestriction.objects.filter(pk=instance.pk).select_related("collection")
    for restriction in before:
        works_changed(works_with(documents_below(restriction.collection)))


def _closing_changed(instance: CollectionViewRestriction, **_kwargs: Any) -> None:
    works_changed(works_with(documents_below(instance.collection)))


def _everything_changed(**_kwargs: Any) -> None:
    works_changed(_published())


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
        return _published() if name in {"kind", "series"} else []
    known = vocabulary(name)
    touched = [term.value for term in known if known.widened([term.value]) & set(codes)]
    return EntryPage.objects.filter(**{f"{field}__code__in": {*codes, *touched}}).values_list(
        "translation_key", flat=True
    )


def _in_one_transaction(model: Any) -> None:
    """Let what listens to a save belong to it: Django ends its own transaction before it tells
    anybody, so that a failure there would leave a change of which no index hears.

    Everything that saves a row, from a view of the admin to a shell, comes through here.
    """
    if "save_base" not in vars(model):
        model.save_base = transaction.atomic(model.save_base)


def connect() -> None:
    """Listen to everything that changes what the public may find."""
    uid = "search.indexing"
    pre_save.connect(_page_will_change, dispatch_uid=f"{uid}.page")
    post_save.connect(_page_changed, dispatch_uid=f"{uid}.saved")
    post_delete.connect(_entry_deleted, sender=EntryPage, dispatch_uid=f"{uid}.deleted")
    pre_save.connect(
        _restriction_will_change, sender=PageViewRestriction, dispatch_uid=f"{uid}.restricted"
    )
    post_save.connect(_file_changed, sender=Document, dispatch_uid=f"{uid}.file")
    # Before: afterwards nothing tells who had it
    pre_delete.connect(_file_changed, sender=Document, dispatch_uid=f"{uid}.no-file")
    post_save.connect(_file_was_read, sender=FileText, dispatch_uid=f"{uid}.file-read")
    post_save.connect(_collection_changed, sender=Collection, dispatch_uid=f"{uid}.collection")
    pre_save.connect(
        _closing_will_change, sender=CollectionViewRestriction, dispatch_uid=f"{uid}.closing"
    )
    for signal in (post_save, post_delete):
        signal.connect(
            _closing_changed, sender=CollectionViewRestriction, dispatch_uid=f"{uid}.closed"
        )
        signal.connect(
            _restriction_changed, sender=PageViewRestriction, dispatch_uid=f"{uid}.restriction"
        )
        for model in (Site, Locale):
            signal.connect(
                _everything_changed, sender=model, dispatch_uid=f"{uid}.{model.__name__}"
            )
    pre_save.connect(_mapping_changes, sender=DirectionMapping, dispatch_uid=f"{uid}.mapping")
    terms = {*MODELS.values(), EntryTag, DirectionMapping}
    for model in terms:
        post_save.connect(_term_changed, sender=model, dispatch_uid=f"{uid}.term.{model.__name__}")
        # Before: afterwards nothing tells which entries had it.
        pre_delete.connect(_term_changed, sender=model, dispatch_uid=f"{uid}.gone.{model.__name__}")
    files = {Document, FileText, Collection, CollectionViewRestriction}
    for model in {PageViewRestriction, Site, Locale, *terms, *files}:
        _in_one_transaction(model)
    _tell_of_moves(Collection)
