"""Which files and images a reader may have: those of no private collection, and those of the
private ones that let this reader in.

A public page names nothing that its reader may not have: no file name, no picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.http import HttpRequest
from wagtail.models import Collection, CollectionViewRestriction

#: Set on a request once it depends on its reader which files a page names.
READER_MATTERED = "reader_mattered"


def is_private(path: str) -> Exists:
    """For ``annotate``: whether the collection whose ``path`` is in this field is private, or
    below a private one."""
    place = ExpressionWrapper(OuterRef(path), output_field=CharField())
    return Exists(
        CollectionViewRestriction.objects.annotate(place=place).filter(
            place__startswith=F("collection__path")
        )
    )


def closed_to_some(collection: Collection) -> list[CollectionViewRestriction]:
    """The restrictions that hold for a collection, its own and those above it."""
    return [
        restriction
        for restriction in CollectionViewRestriction.objects.select_related("collection")
        if collection.path.startswith(restriction.collection.path)
    ]


def open_files(files: Iterable[Any], request: HttpRequest | None) -> list[Any]:
    """Those of these documents or images, in their order, that the reader may have; without a
    request, those that everybody may have.

    One query, whatever their number; give them with their collections (``select_related``).
    A reader's session is looked at for private ones only, so that a page without any is the
    same for everybody.
    """
    files = list(files)
    if not files:
        return []
    restrictions = list(CollectionViewRestriction.objects.select_related("collection"))
    private = [
        [r for r in restrictions if file.collection.path.startswith(r.collection.path)]
        for file in files
    ]
    if request is not None and any(private):
        setattr(request, READER_MATTERED, True)
    return [
        file
        for file, closing in zip(files, private, strict=True)
        if all(request is not None and r.accept_request(request) for r in closing)
    ]


def may_have(file: Any, request: HttpRequest | None) -> bool:
    """Whether the reader may have this document or image; see ``open_files``."""
    return bool(open_files([file], request))
