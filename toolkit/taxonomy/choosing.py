"""Terms to choose from in a form, filed as the editor's language files them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.forms.models import ModelChoiceIterator
from django.utils.translation import get_language

from toolkit.core.collation import filing_key


class _Filed(ModelChoiceIterator):  # type: ignore[type-arg]
    """The choices of a field by their labels; narrower terms behind the one that they belong to,
    which stands where the vocabulary has it."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        terms = list(self.queryset)
        has_levels = any(getattr(term, "parent_id", None) for term in terms)
        places = {term.pk: place for place, term in enumerate(terms)}

        def key(term: Any) -> tuple[int, bool, bytes]:
            parent = getattr(term, "parent_id", None)
            place = places.get(parent or term.pk, len(places)) if has_levels else 0
            return (place, parent is not None, filing_key(str(term), language))

        yield from map(self.choice, sorted(terms, key=key))


def file_by_name(field: forms.ModelChoiceField[Any]) -> None:
    """Offer a field's terms as the active language files them."""
    field.iterator = _Filed
    field.widget.choices = field.choices  # type: ignore[attr-defined]
