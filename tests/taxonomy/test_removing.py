from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from search.catalogue.indexing import PendingChange
from tests.factories.pages import (
    CaseStudyPageFactory,
    ExercisePageFactory,
    PartnerTypeFactory,
    RegionFactory,
    SectionPageFactory,
    SeriesFactory,
    make_site,
)
from toolkit.taxonomy.removing import entries_with, obstacles, remove_term
from toolkit.taxonomy.terms import EntryTag, PartnerType, Region
from toolkit.taxonomy.vocabularies import vocabulary

pytestmark = pytest.mark.django_db


@pytest.fixture
def section() -> Any:
    return SectionPageFactory(parent=make_site())


def codes(page: Any, field: str = "partner_types") -> set[str]:
    return {term.code for term in getattr(type(page).objects.get(pk=page.pk), field).all()}


def noted() -> set[str]:
    return set(PendingChange.objects.values_list("key", flat=True))


class TestRemoveTerm:
    def test_moves_entries_to_another_term(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section, partner_types=["ngos", "media"])
        other = PartnerTypeFactory(code="charities")
        number = remove_term(PartnerType.objects.get(code="ngos"), replacement=other)
        assert number == 1
        assert codes(page) == {"media", "charities"}
        assert not PartnerType.objects.filter(code="ngos").exists()

    def test_leaves_an_entry_that_has_both_with_one(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section, partner_types=["ngos", "media"])
        media = PartnerType.objects.get(code="media")
        remove_term(PartnerType.objects.get(code="ngos"), replacement=media)
        assert codes(page) == {"media"}

    def test_takes_it_off_entries(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section, partner_types=["ngos", "media"])
        remove_term(PartnerType.objects.get(code="ngos"))
        assert codes(page) == {"media"}

    @pytest.mark.parametrize("move", [True, False])
    def test_tells_the_search_which_works_changed(self, section: Any, move: bool) -> None:
        page = CaseStudyPageFactory(parent=section, partner_types=["ngos"])
        unconcerned = CaseStudyPageFactory(parent=section, partner_types=["media"])
        other = PartnerTypeFactory(code="charities")
        PendingChange.objects.all().delete()
        remove_term(PartnerType.objects.get(code="ngos"), replacement=other if move else None)
        assert str(page.translation_key) in noted()
        assert str(unconcerned.translation_key) not in noted()

    def test_changes_drafts_as_well(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section, partner_types=["ngos"])
        page.title = "A title that is still being written"
        page.save_revision()
        other = PartnerTypeFactory(code="charities")
        remove_term(PartnerType.objects.get(code="ngos"), replacement=other)
        page.refresh_from_db()
        page.get_latest_revision().publish()
        assert codes(page) == {"charities"}

    def test_changes_what_is_scheduled_and_no_longer_the_latest(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section, partner_types=["ngos"])
        page.go_live_at = timezone.now() + datetime.timedelta(days=1)
        scheduled = page.save_revision()
        scheduled.publish()
        page.go_live_at = None
        page.title = "A draft after it"
        page.save_revision()
        remove_term(
            PartnerType.objects.get(code="ngos"), replacement=PartnerTypeFactory(code="charities")
        )
        scheduled.refresh_from_db()
        held = scheduled.as_object().partner_types.all()
        assert {term.code for term in held} == {"charities"}

    def test_counts_up_the_vocabulary(self) -> None:
        term = PartnerTypeFactory(code="ngos")
        assert "ngos" in vocabulary("partner")
        remove_term(term)
        assert "ngos" not in vocabulary("partner")

    def test_refuses_while_something_is_part_of_it(self) -> None:
        africa = RegionFactory(code="africa", label_en="Africa")
        RegionFactory(code="ke", label_en="Kenya", parent=africa)
        with pytest.raises(ValidationError, match="Kenya"):
            remove_term(africa)
        assert Region.objects.filter(code="africa").exists()

    def test_refuses_what_the_site_itself_uses(self) -> None:
        with pytest.raises(ValidationError, match="can be renamed"):
            remove_term(RegionFactory(code="every-region"), replacement=RegionFactory(code="asia"))
        assert Region.objects.filter(code="every-region").exists()

    def test_refuses_a_term_of_another_vocabulary(self) -> None:
        with pytest.raises(ValidationError):
            remove_term(RegionFactory(code="ke"), replacement=PartnerTypeFactory(code="ngos"))

    def test_refuses_itself_as_replacement(self) -> None:
        term = RegionFactory(code="ke")
        with pytest.raises(ValidationError):
            remove_term(term, replacement=term)


class TestObstacles:
    def test_name_the_exercises_of_a_series(self, section: Any) -> None:
        page = ExercisePageFactory(parent=section, title="Name a barrier")
        assert "Name a barrier" in obstacles(page.series)[0]

    def test_are_none_for_an_empty_series(self) -> None:
        assert obstacles(SeriesFactory(code="quiet", hashtag="#quiet")) == []


class TestTags:
    def test_merge_into_another(self, section: Any) -> None:
        one = CaseStudyPageFactory(parent=section, tags=["e-books"])
        both = CaseStudyPageFactory(parent=section, tags=["e-books", "ebooks"])
        old, new = EntryTag.objects.get(name="e-books"), EntryTag.objects.get(name="ebooks")
        PendingChange.objects.all().delete()
        remove_term(old, replacement=new)
        for page in (one, both):
            fresh = type(page).objects.get(pk=page.pk)
            assert [tag.name for tag in fresh.tags.all()] == ["ebooks"]
            assert str(page.translation_key) in noted()
        assert set(entries_with(new).values_list("pk", flat=True)) == {one.pk, both.pk}

    def test_merge_in_drafts_as_well(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section, tags=["e-books", "lending"])
        page.save_revision()
        new = EntryTag.objects.create(name="ebooks")
        remove_term(EntryTag.objects.get(name="e-books"), replacement=new)
        page.refresh_from_db()
        page.get_latest_revision().publish()
        fresh = type(page).objects.get(pk=page.pk)
        assert {tag.name for tag in fresh.tags.all()} == {"ebooks", "lending"}
