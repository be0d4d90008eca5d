"""From a change in the database to the indexes: after commit, once, and never lost.

A change writes a ``PendingChange`` row for each engine in its own transaction. After the
commit the rows are applied and removed. What fails stays and is applied with the next
change, or when the engine answers again.
"""

from __future__ import annotations

import datetime
import fcntl
import logging
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_slug_changed, post_page_move

from search.engines import engines
from search.engines.base import EngineUnavailable, SearchEngine
from search.entries import SearchEntry
from search.models import IndexState, PendingChange
from search.works import published_entries, published_keys
from toolkit.taxonomy.classification import CLASSIFIED_BY, EntryPage, EntryTag
from toolkit.taxonomy.models import DirectionMapping
from toolkit.taxonomy.vocabularies import MODELS, vocabulary

log = logging.getLogger(__name__)

APPLIED_AT_ONCE = 500
#: A rebuild older than this died; its mark no longer keeps changes waiting.
REBUILD_AT_MOST = datetime.timedelta(hours=2)

_paused: ContextVar[bool] = ContextVar("indexing_paused", default=False)


# --- what changed -----------------------------------------------------------------------


def note_changes(keys: Iterable[Any]) -> None:
    """Note that these works changed; the engines learn of it when the transaction commits."""
    keys = {str(key) for key in keys}
    if not keys:
        return
    PendingChange.objects.bulk_create(
        [PendingChange(engine=e.name, key=key) for e in engines() for key in sorted(keys)]
    )
    if not _paused.get():
        transaction.on_commit(apply_changes)


@contextmanager
def paused() -> Iterator[None]:
    """Let many changes go by and apply them together at the end (imports, loading)."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)
        transaction.on_commit(apply_changes)


def _keys_below(page: Page) -> list[Any]:
    return list(
        Page.objects.descendant_of(page, inclusive=True).values_list("translation_key", flat=True)
    )


def _page_changed(sender: type, instance: Any, **_kwargs: Any) -> None:
    if isinstance(instance, EntryPage) or sender is Page:
        note_changes([instance.translation_key])


def _branch_changed(instance: Page, **_kwargs: Any) -> None:
    note_changes(_keys_below(instance))


def _restriction_changed(instance: PageViewRestriction, **_kwargs: Any) -> None:
    note_changes(_keys_below(instance.page))


def _site_changed(**_kwargs: Any) -> None:
    note_changes(published_keys())


def _term_changed(sender: Any, instance: Any, created: bool = False, **_kwargs: Any) -> None:
    if created and sender is not DirectionMapping:
        return  # nothing is classified by a new term yet
    note_changes({*_classified_by(sender, instance), *getattr(instance, "_joined_before", ())})


def _mapping_changes(sender: Any, instance: DirectionMapping, **_kwargs: Any) -> None:
    """Remember what a mapping joined until now: once it is saved, nothing tells any more."""
    before = sender.objects.filter(pk=instance.pk).first()
    instance._joined_before = set(_classified_by(sender, before)) if before else set()  # type: ignore[attr-defined]


def _classified_by(sender: Any, instance: Any) -> Iterable[Any]:
    if sender is EntryTag:
        return instance.tagged.values_list("content_object__translation_key", flat=True)
    if sender is DirectionMapping:
        terms, field = [instance.source, instance.target], "directions"
        codes = [term.code for term in terms]
        name = "direction"
    else:
        name = next(name for name, model in MODELS.items() if model is sender)
        if name not in CLASSIFIED_BY:
            # Entries are of a kind, and exercises say the name of their series
            return published_keys() if name in {"kind", "series"} else []
        field, codes = CLASSIFIED_BY[name], [instance.code]
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


# --- applying ---------------------------------------------------------------------------


def apply_changes(only: SearchEngine | None = None) -> bool:
    """Bring every engine (or one) up to date. True if nothing is left pending."""
    done = True
    for engine in [only] if only else engines():
        try:
            catch_up(engine)
        except EngineUnavailable as error:
            done = False
            log.warning("%s does not take changes now, they wait: %s", engine.name, error)
    return done


def catch_up(engine: SearchEngine) -> None:
    """Apply all that one engine missed; raises ``EngineUnavailable`` if it cannot take it."""
    last: int | None = 0
    while last is not None:
        last = _apply_some(engine, after=last)


def _apply_some(engine: SearchEngine, *, after: int) -> int | None:
    """Apply up to ``APPLIED_AT_ONCE`` of the changes after one, by their ids; returns the id of
    the last of them if there may be more.

    One writer an engine: whoever waited reads pages only after the other has written, so an
    older state never overwrites a newer one.
    """
    if not PendingChange.objects.filter(engine=engine.name).exists():
        return None
    IndexState.objects.get_or_create(engine=engine.name)
    with transaction.atomic():
        state = IndexState.objects.select_for_update().get(engine=engine.name)
        rows = list(
            PendingChange.objects.filter(engine=engine.name, id__gt=after)
            .order_by("id")
            .values_list("id", "key")[:APPLIED_AT_ONCE]
        )
        if not rows:
            return None
        keys = {key for _id, key in rows}
        entries = list(published_entries(sorted(keys)))
        engine.upsert(entries)
        engine.delete(keys - {entry.key for entry in entries})
        # An index that is being built needs them too: then they stay until the swap.
        if not _is_rebuilding(state):
            PendingChange.objects.filter(id__in=[row_id for row_id, _key in rows]).delete()
    return rows[-1][0] if len(rows) == APPLIED_AT_ONCE else None


def _is_rebuilding(state: IndexState) -> bool:
    since = state.rebuilding_since
    return since is not None and timezone.now() - since < REBUILD_AT_MOST


def rebuild(engine: SearchEngine, *, progress: Callable[[int], None] | None = None) -> int:
    """Build an engine's index anew beside the old one; returns the number of entries.

    Changes made meanwhile reach the old index at once and the new one after the swap.
    ``progress`` is called with the number of entries read so far, after each.
    """
    since = timezone.now()
    IndexState.objects.update_or_create(engine=engine.name, defaults={"rebuilding_since": since})
    try:
        number = engine.rebuild(_counted(published_entries(), progress))
    finally:
        own = IndexState.objects.filter(engine=engine.name, rebuilding_since=since)
        undisturbed = own.update(rebuilding_since=None)
    if not undisturbed:
        # Another rebuild began meanwhile. When that one ended, changes may have been struck off
        # that this index, served since, has never seen.
        note_changes(differences(engine).keys)
    apply_changes(only=engine)
    return number


def _counted(
    entries: Iterable[SearchEntry], progress: Callable[[int], None] | None
) -> Iterator[SearchEntry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if progress:
            progress(number)


@dataclass(frozen=True)
class Differences:
    """How an index differs from the database, in keys of works."""

    missing: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.outdated or self.surplus)

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.missing, *self.outdated, *self.surplus)


def differences(engine: SearchEngine) -> Differences:
    """Compare an engine's index with the database, entry by entry."""
    held = engine.fingerprints()
    missing: list[str] = []
    outdated: list[str] = []
    for entry in published_entries():
        print_held = held.pop(entry.key, None)
        if print_held is None:
            missing.append(entry.key)
        elif print_held != entry.fingerprint():
            outdated.append(entry.key)
    return Differences(tuple(missing), tuple(outdated), tuple(sorted(held)))


def rebuild_elsewhere() -> bool:
    """Start a rebuild of a lost index in a process of its own; False if one is under way.

    The page that noticed the loss answers at once and says what is going on.
    """
    directory = settings.SEARCH_INDEX_DIR
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "repair.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        # The child inherits the lock and gives it back when it ends, however it ends.
        subprocess.Popen(  # noqa: S603
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "search", "rebuild", "--lost"],
            pass_fds=[lock.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    return True
