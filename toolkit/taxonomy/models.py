"""What Django finds of this room: the vocabularies, and works classified by them."""

from __future__ import annotations

from toolkit.taxonomy.terms import (
    Direction,
    DirectionMapping,
    EntryTag,
    Kind,
    PartnerType,
    Region,
    Role,
    Sdg,
    Series,
    Strategy,
    VocabularyEdition,
)
from toolkit.taxonomy.works import Attachment, EntryPage, TaggedEntry, Work

__all__ = [
    "Attachment",
    "Direction",
    "DirectionMapping",
    "EntryPage",
    "EntryTag",
    "Kind",
    "PartnerType",
    "Region",
    "Role",
    "Sdg",
    "Series",
    "Strategy",
    "TaggedEntry",
    "VocabularyEdition",
    "Work",
]
