"""In which state is what the public sees? A text that is another one after every change.

Whoever keeps something made of public content (the page cache, the menu) keeps it for one state.
A change writes a ``SiteChange`` row in its own transaction, so that both happen or neither; every
process looks at most ``LOOKS_EVERY`` seconds later. Rows are only ever added, never updated: two
editors who save at once do not wait for one another (docs/decisions/0011-page-cache.md).
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import logging
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Sum
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from django.dispatch import Signal
from django.utils import timezone
from wagtail.models import Page, Site

from toolkit.core.models import SiteChange

log = logging.getLogger(__name__)

Value = TypeVar("Value")

LOOKS_EVERY = 0.5  # seconds
#: What an index shows may follow a change by this much (a server's refresh).
SETTLES_IN = 1.0
_PRUNED_EVERY = 200  # rows
_PRUNED_AFTER = datetime.timedelta(minutes=1)

#: Sent in every process when it sees that the public state is another one.
another_state = Signal()

# fmt: off
#: What readers never see: a change of it changes no page. Everything else does, also what a
#: later release adds; a model of our own says so itself with ``seen_by_readers = False``.
_UNSEEN_APPS = frozenset({
    "admin", "auth", "contenttypes", "django_tasks_database", "django_tasks_db", "migrations",
    "sessions", "taggit", "wagtail_localize", "wagtailadmin", "wagtailsearch", "wagtailusers",
})
_UNSEEN_MODELS = frozenset({
    "comment", "commentreply", "groupapprovaltask", "groupapprovaltask_groups",
    "groupcollectionpermission", "grouppagepermission", "groupsitepermission", "modellogentry",
    "pagelogentry", "pagesubscription", "referenceindex", "rendition", "revision", "task",
    "taskstate", "uploadedfile", "workflow", "workflowcontenttype", "workflowpage",
    "workflowstate", "workflowtask",
})
#: Columns of a page that only the admin shows: saving a draft writes these alone.
_DRAFT_FIELDS = frozenset({
    "draft_title", "expire_at", "go_live_at", "has_unpublished_changes", "latest_revision",
    "latest_revision_created_at", "latest_revision_id", "locked", "locked_at", "locked_by",
    "numchild",
})


@dataclass(frozen=True)
class State:
    """``text`` names the state; ``since`` is when this process saw it, on the monotonic clock."""

    text: str
    since: float

    @property
    def has_settled(self) -> bool:
        return time.monotonic() - self.since >= SETTLES_IN


_seen: State | None = None
_looked_at = float("-inf")


def public_state() -> State | None:
    """The present state, at most ``LOOKS_EVERY`` seconds old; None while it cannot be known."""
    global _seen, _looked_at
    now = time.monotonic()
    if now - _looked_at < LOOKS_EVERY:
        return _seen
    _looked_at = now  # other threads go on with what is known while this one looks
    try:
        rows = SiteChange.objects.aggregate(rows=Count("id"), drawn=Sum("number"))
    except DatabaseError as error:
        log.warning("the state of the site cannot be read: %s", error)
        _seen = None
        return None
    text = f"{rows['rows']}.{rows['drawn'] or 0}"
    if _seen is None or _seen.text != text:
        Site.clear_site_root_paths_cache()  # Wagtail clears it in the process of the change alone
        _kept.clear()
        another_state.send(sender=State)
        _seen = State(text, now)
    return _seen


@contextlib.contextmanager
def one_state() -> Iterator[State | None]:
    """The present state; what is kept meanwhile is kept for this one. For a request that reads:
    of a page that it read before a change, nothing may be kept for the state after that."""
    state = public_state()
    token = _held.set(state)
    try:
        yield state
    finally:
        _held.reset(token)


def _state_to_keep_for() -> State | None:
    # What a transaction of our own has changed is in no state yet
    return None if connection.in_atomic_block else _held.get() or public_state()


def kept_for_state(
    key: Hashable, make: Callable[[], Value], *, from_index: bool = False
) -> Value:
    """What ``make`` gives, made once a process for a state of the site: for what many pages
    need and a query tells. ``key`` names it, its reader's language included where it matters.
    What an index tells (``from_index``) is not kept while that may still change."""
    state = _state_to_keep_for()
    if state is None or (from_index and not state.has_settled):
        return make()
    found = _kept.get((state.text, key), _NOTHING)
    if found is _NOTHING:
        found = make()
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[state.text, key] = found
    value: Value = found
    return value


def kept_text(key: Hashable, make: Callable[[], tuple[str, bool]]) -> str:
    """What ``make`` gives, a text that may be long: kept in the cache "parts", bounded by bytes.
    ``make`` says as well whether it may be kept; what an index shows right after a change may
    not, for servers that refresh."""
    state = _state_to_keep_for()
    if state is None or not state.has_settled:
        return make()[0]
    name = hashlib.blake2b(repr((state.text, key)).encode("utf-8", "replace")).hexdigest()
    text: str | None = caches["parts"].get(name)
    if text is None:
        text, may_be_kept = make()
        if may_be_kept:
            caches["parts"].set(name, text, None)
    return text


_held: ContextVar[State | None] = ContextVar("held_state", default=None)
_MOST_KEPT = 5_000
_NOTHING = object()
_kept: dict[tuple[str, Hashable], Any] = {}


def look_again() -> None:
    """Have this process look at the next question: it knows of a change of its own."""
    global _looked_at
    _looked_at = float("-inf")


def forget_state() -> None:
    """As if this process had just begun (tests, whose databases come and go)."""
    global _seen
    _seen = None
    look_again()


def public_content_changed() -> None:
    """Note, in the transaction of a change, that what the public sees is changing."""
    # Once a transaction is enough, unless the savepoint in which it was noted was rolled back;
    # then Django has dropped what was to be done after the commit, too.
    if any(hook[1] is _noted for hook in connection.run_on_commit):
        return
    row = SiteChange.objects.create()
    transaction.on_commit(_noted)
    if row.pk % _PRUNED_EVERY == 0:
        transaction.on_commit(functools.partial(_prune, row.pk))


def _noted() -> None:
    _held.set(None)
    look_again()


def _prune(newest: int) -> None:
    try:
        SiteChange.objects.filter(pk__lt=newest, at__lt=timezone.now() - _PRUNED_AFTER).delete()
    except DatabaseError as error:  # after a commit nothing raises
        log.warning("old changes of the site were not removed: %s", error)


def _is_seen(sender: Any) -> bool:
    meta = sender._meta
    return (
        meta.app_label not in _UNSEEN_APPS
        and meta.model_name not in _UNSEEN_MODELS
        and getattr(sender, "seen_by_readers", True)
        and sender.__module__ != "__fake__"  # a migration's: the table of changes may not be there
    )


def is_of_a_draft(page: Page, *, created: bool, update_fields: Iterable[str] | None) -> bool:
    """Whether the saving of a page, as its signal tells of it, changed nothing for readers."""
    if created:
        return not page.live
    return update_fields is not None and _DRAFT_FIELDS.issuperset(update_fields)


def _saved(sender: Any, instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    if not _is_seen(sender) or kwargs.get("raw"):
        return
    if isinstance(instance, Page) and is_of_a_draft(
        instance, created=kwargs.get("created", False), update_fields=update_fields
    ):
        return
    public_content_changed()


def _deleted(sender: Any, **_kwargs: Any) -> None:
    if _is_seen(sender):
        public_content_changed()


def _related(sender: Any, action: str, **_kwargs: Any) -> None:
    if action.startswith("post_") and _is_seen(sender):
        public_content_changed()


def _migrated(sender: Any, **_kwargs: Any) -> None:
    if sender.label == "core":
        tables = connection.introspection.table_names()
        if SiteChange._meta.db_table in tables:  # else they were migrated back
            public_content_changed()


def connect() -> None:
    """Listen to everything that changes what the public sees."""
    uid = "core.public_state"
    post_save.connect(_saved, dispatch_uid=f"{uid}.saved")
    post_delete.connect(_deleted, dispatch_uid=f"{uid}.deleted")
    m2m_changed.connect(_related, dispatch_uid=f"{uid}.related")
    post_migrate.connect(_migrated, dispatch_uid=f"{uid}.migrated")
