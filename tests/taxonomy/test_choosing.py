"""Terms offered in forms stand as the editor's language files them."""

from __future__ import annotations

import pytest
from django import forms
from django.utils import translation

from tests.factories.pages import RegionFactory
from toolkit.taxonomy.choosing import file_by_name
from toolkit.taxonomy.terms import EntryTag, Region

pytestmark = pytest.mark.django_db


def offered(field: forms.ModelChoiceField, language: str) -> list[str]:
    with translation.override(language):
        file_by_name(field)
        return [label for value, label in field.widget.choices if value]


class TestFileByName:
    def test_puts_countries_behind_their_region_by_name(self) -> None:
        europe = RegionFactory(code="europe", order=1, label_en="Europe", label_fr="Europe")
        arab = RegionFactory(code="arab", order=2, label_en="Arab states", label_fr="États arabes")
        for code, english, french, parent in (
            ("lb", "Lebanon", "Liban", arab),
            ("eg", "Egypt", "Égypte", arab),
            ("es", "Spain", "Espagne", europe),
        ):
            RegionFactory(code=code, label_en=english, label_fr=french, parent=parent)
        field = forms.ModelMultipleChoiceField(Region.objects.all())
        assert offered(field, "fr") == ["Europe", "Espagne", "États arabes", "Égypte", "Liban"]

    def test_files_tags_and_keeps_the_empty_choice(self) -> None:
        for name in ("zines", "Élan", "budget"):
            EntryTag.objects.create(name=name)
        field = forms.ModelChoiceField(EntryTag.objects.all())
        assert offered(field, "en") == ["budget", "Élan", "zines"]
        assert next(iter(field.choices))[0] == ""
