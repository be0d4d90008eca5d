"""The vocabularies as values, kept by every process until they change."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.factories.pages import RegionFactory
from toolkit.taxonomy.terms import Region
from toolkit.taxonomy.vocabularies import changed, vocabulary

pytestmark = pytest.mark.django_db


class TestAVocabularyThatIsKept:
    def test_is_read_anew_after_a_change(self) -> None:
        region = RegionFactory(code="europe", label_en="Europe")
        assert vocabulary("region").terms["europe"].label("en") == "Europe"
        region.label_en = "Old world"
        region.save()
        assert vocabulary("region").terms["europe"].label("en") == "Old world"

    def test_forgets_what_it_read_in_a_transaction_that_was_rolled_back(self) -> None:
        region = RegionFactory(code="europe", label_en="Europe")
        with transaction.atomic():
            region.label_en = "Never saved"
            region.save()
            assert vocabulary("region").terms["europe"].label("en") == "Never saved"
            transaction.set_rollback(True)
        # Another process, whose change this one did not see happen
        Region.objects.update(label_en="Old world")
        changed("region")
        assert vocabulary("region").terms["europe"].label("en") == "Old world"
