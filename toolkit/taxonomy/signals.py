"""A change of any term gives its vocabulary another edition."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from toolkit.taxonomy.terms import DirectionMapping, EntryTag
from toolkit.taxonomy.vocabularies import MODELS, changed

_NAMES = {
    **{model: name for name, model in MODELS.items()},
    EntryTag: "tag",
    DirectionMapping: "direction",
}


def _changed(sender: type, raw: bool = False, **_kwargs: Any) -> None:
    if not raw:
        changed(_NAMES[sender])


for _model in _NAMES:
    post_save.connect(_changed, sender=_model, dispatch_uid=f"edition-{_model.__name__}")
    post_delete.connect(_changed, sender=_model, dispatch_uid=f"edition-{_model.__name__}-gone")
