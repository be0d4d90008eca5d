"""Plain texts are stored in NFC and without the characters that no page, file or database may hold.

Forms refuse a NUL, and nothing else; what is set without a form (an import, a translation, a
program) met it as an error of the database, or of the file that was made of it. So the plain
texts of every row are cleaned as it is written: of a page, a term, a tag, a picture alike.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.signals import pre_save

from toolkit.core.sanitising import clean_text


def clean_plain_texts(row: models.Model) -> None:
    """Clean the plain texts that are loaded of a row; what it has changed is not saved yet."""
    for field in row._meta.concrete_fields:
        value = row.__dict__.get(field.attname)
        if isinstance(value, str) and isinstance(field, models.CharField | models.TextField):
            cleaned = clean_text(value)
            if cleaned != value:
                setattr(row, field.attname, cleaned)


def connect() -> None:
    pre_save.connect(_cleaned, dispatch_uid="plain-texts")


def _cleaned(instance: models.Model, **kwargs: Any) -> None:
    clean_plain_texts(instance)
