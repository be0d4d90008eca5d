"""Reads the files that nobody has looked into yet: a duty of the worker.

Nothing is read while a lock of the database is held, and nothing in anybody's request.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import tempfile
import time
from pathlib import PurePath
from typing import BinaryIO

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.documents.models import Document

from toolkit.attached.apart import Outcome, read_apart
from toolkit.attached.models import FileText, not_read_yet
from toolkit.attached.parsing.kinds import READERS
from toolkit.attached.reasons import Reason
from toolkit.core.leases import lease

log = logging.getLogger(__name__)

#: Bytes of a file that are looked at: as many as may be uploaded.
MOST_BYTES = 50 * 1024 * 1024
#: A file whose reading did not come to an end (the worker died over it, its storage was away) is
#: tried so often, with so many minutes between.
MOST_TRIES, PAUSE = 3, 10


def read_waiting(*, within: float) -> int:
    """Read what waits, one file after the other; after ``within`` seconds no other one is begun.
    Returns how many were looked at. One process does it at a time."""
    if not _due().exists():
        return 0
    number = 0
    deadline = time.monotonic() + within
    with lease("files", seconds=60, kept_alive=True) as held:
        while held is not None and (document := _due().first()) and time.monotonic() < deadline:
            _read(document)
            number += 1
    return number


def _due() -> QuerySet[Document]:
    lately = timezone.now() - datetime.timedelta(minutes=PAUSE)
    tried = Q(words__state=FileText.State.WAITING, words__tries__gt=0, words__at__gt=lately)
    return not_read_yet().exclude(tried).select_related("words").order_by("pk")


def _read(document: Document) -> None:
    name = document.file.name
    kind = PurePath(name).suffix.lower().removeprefix(".")
    if kind not in READERS:
        _keep(document, name, kind=kind, state=FileText.State.LEFT)
        return
    before = FileText.objects.filter(document=document.pk, file=name).first()
    tries = before.tries + 1 if before else 1
    # Should this process die over the file, the next one knows
    if not _keep(document, name, kind=kind, state=FileText.State.WAITING, tries=tries):
        return
    if tries > MOST_TRIES:
        _fail(document, name, kind, "", Reason.CRASHED)
        return
    with tempfile.TemporaryFile() as copy:
        try:
            digest = _copied(document, copy)
        except FileNotFoundError:
            _fail(document, name, kind, "", Reason.MISSING)
            return
        except Exception as error:
            # A storage elsewhere raises what it likes
            log.warning("%s cannot be opened: %s", name, error)
            if tries == MOST_TRIES:
                _fail(document, name, kind, "", Reason.CRASHED)
            return
        if not digest:
            _fail(document, name, kind, "", Reason.LARGE)
            return
        same = FileText.objects.filter(digest=digest, kind=kind, state=FileText.State.READ)
        if twin := same.first():
            outcome = Outcome(twin.text, twin.is_cut)
        else:
            outcome = read_apart(copy, kind)
    if outcome.is_open:
        return
    if outcome.reason:
        _fail(document, name, kind, digest, outcome.reason)
        return
    text, is_cut = outcome.text, outcome.is_cut
    _keep(
        document, name, kind=kind, digest=digest, state=FileText.State.READ, text=text,
        is_cut=is_cut,
    )  # fmt: skip


def _copied(document: Document, copy: BinaryIO) -> str:
    """Copy a document's file; its digest, "" where it is larger than what is looked at."""
    digest = hashlib.sha256()
    size = 0
    with document.open_file() as file:
        while piece := file.read(1024 * 1024):
            size += len(piece)
            if size > MOST_BYTES:
                return ""
            digest.update(piece)
            copy.write(piece)
    copy.seek(0)
    return digest.hexdigest()


def _fail(document: Document, name: str, kind: str, digest: str, reason: str) -> None:
    log.info("no words of %s: %s", name, reason)
    _keep(
        document, name, kind=kind, digest=digest, state=FileText.State.FAILED, reason=reason,
    )  # fmt: skip


def _keep(document: Document, name: str, **values: object) -> bool:
    """Write down how it went; False where the document is gone meanwhile."""
    blank = {"digest": "", "reason": "", "text": "", "is_cut": False, "tries": 0}
    values = {**blank, **values, "file": name, "at": timezone.now()}
    try:
        FileText.objects.update_or_create(document_id=document.pk, defaults=values)
    except IntegrityError:
        return False
    return True
