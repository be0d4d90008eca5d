"""JSON, for programs of one's own: everything that is said of an entry, under plain names."""

from __future__ import annotations

import json
from typing import Any

from toolkit.interchange.references import Reference
from toolkit.interchange.selections import BOUND, Selection


def write(selection: Selection) -> bytes:
    data = {
        "title": selection.title,
        "url": selection.url,
        "language": selection.language,
        "total": selection.total,
        "bound": BOUND,
        "whole": selection.is_whole,
        "entries": [_entry(reference) for reference in selection.references],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _entry(reference: Reference) -> dict[str, Any]:
    return {
        "key": reference.key,
        "kind": reference.kind,
        "kind_label": reference.kind_label,
        "title": reference.title,
        "summary": reference.summary,
        "language": reference.language,
        "languages": list(reference.languages),
        "url": reference.url,
        "author": reference.author,
        "publisher": reference.publisher,
        "published": reference.issued.isoformat() if reference.issued else None,
        "reviewed": reference.reviewed.isoformat() if reference.reviewed else None,
        "changed": reference.changed.isoformat() if reference.changed else None,
        "licence": reference.licence,
        "licence_url": reference.licence_url or None,
        "classification": {name: list(labels) for name, labels in reference.terms.items()},
        "files": [{"url": file.url, "type": file.mime_type} for file in reference.files],
    }
