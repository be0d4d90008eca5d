"""A work: its row, its original, what its versions know of it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation
from wagtail_localize.operations import translate_object

from casestudies.models import CaseStudyPage
from tests.factories.pages import (
    CaseStudyPageFactory,
    PartnerTypeFactory,
    RegionFactory,
    ResourcePageFactory,
    SectionPageFactory,
    locale,
    make_site,
    translated,
)
from toolkit.pages.models import HomePage
from toolkit.taxonomy.terms import PartnerType, Region
from toolkit.taxonomy.versions import is_older
from toolkit.taxonomy.vocabularies import vocabulary
from toolkit.taxonomy.works import EntryPage, Work, classification_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> HomePage:
    return make_site()


def fresh(page: Page) -> Any:
    return type(page).objects.get(pk=page.pk)


def work_of(page: Page) -> Work:
    return Work.objects.get(key=page.translation_key)


def regions(page: Page) -> list[str]:
    return classification_of(fresh(page))["region"]


def moved_to_africa(home: HomePage) -> tuple[CaseStudyPage, CaseStudyPage]:
    """A work in two languages that went from Europe to Africa."""
    page = CaseStudyPageFactory(
        parent=home, title="Mobile libraries", regions=["europe"], tags=["buses"]
    )
    copy = translated(page, "fr", title="Bibliothèques mobiles")
    page.regions = [RegionFactory(code="africa")]
    page.tags.set(["boats"])
    page.save_revision().publish()
    return fresh(page), fresh(copy)


class TestAWork:
    def test_is_there_from_the_first_draft_to_the_last_page(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, live=False)
        work = work_of(page)
        assert (work.kind, work.original.pk, work.state) == ("case-study", page.pk, "draft")
        page.save_revision().publish()
        assert work_of(page).state == "published"
        # As a mere page, which is what a list in the admin has in hand.
        Page.objects.get(pk=page.pk).unpublish()
        assert work_of(page).state == "withdrawn"
        page.delete()
        assert not Work.objects.exists()

    def test_takes_another_kind_with_its_original_only(self, home: HomePage) -> None:
        page = ResourcePageFactory(parent=home, resource_type="guideline")
        copy = translated(page, "fr")
        copy.resource_type = "template"
        copy.save()
        assert work_of(page).kind == "guideline"
        page.resource_type = "template"
        page.save()
        assert work_of(page).kind == "template"

    @pytest.mark.parametrize("event", ["unpublished", "private", "not published yet"])
    def test_keeps_its_original_whatever_its_state(self, home: HomePage, event: str) -> None:
        page, copy = moved_to_africa(home)
        if event == "unpublished":
            page.unpublish()
        elif event == "private":
            page.view_restrictions.create(restriction_type="login")
        else:
            Page.objects.filter(pk=page.pk).update(live=False, first_published_at=None)
            copy.save()
        assert work_of(copy).original.pk == page.pk
        assert regions(copy) == ["africa"]

    def test_goes_on_with_its_next_oldest_version(self, home: HomePage) -> None:
        page, copy = moved_to_africa(home)
        german = translated(page, "de")
        page.delete()
        assert work_of(copy).original.pk == copy.pk
        assert (regions(copy), regions(german)) == (["africa"], ["africa"])
        assert classification_of(fresh(german))["tag"] == ["boats"]
        # They knew a revision of the page that is gone: it tells nothing of the one that follows.
        assert fresh(german).translated_revision is None

    def test_outlives_a_draft_of_the_next_original_that_said_otherwise(
        self, home: HomePage
    ) -> None:
        page, copy = moved_to_africa(home)  # the draft of the version still said Europe
        page.delete()
        fresh(copy).get_latest_revision().publish()
        assert regions(copy) == ["africa"]
        assert [tag.name for tag in fresh(copy).tags.all()] == ["boats"]

    def test_goes_when_all_its_pages_go_at_once(self, home: HomePage) -> None:
        moved_to_africa(home)
        CaseStudyPage.objects.all().delete()
        assert not Work.objects.exists()

    def test_is_no_alias_and_speaks_for_its_aliases(self, home: HomePage) -> None:
        _page, copy = moved_to_africa(home)
        alias = copy.create_alias(parent=SectionPageFactory(parent=home))
        assert not Work.objects.filter(key=alias.translation_key).exists()
        assert regions(alias) == ["africa"]
        here = home.copy_for_translation(locale("de"), alias=True).specific
        synced = copy.create_alias(
            parent=here, update_locale=locale("de"), reset_translation_key=False
        )
        assert work_of(synced).original.pk == _page.pk

    def test_that_is_copied_is_another_work_classified_alike(self, home: HomePage) -> None:
        _page, copy = moved_to_africa(home)
        twin = copy.copy(update_attrs={"slug": "twin"}, keep_live=True)
        assert work_of(twin).original.pk == twin.pk
        assert regions(twin) == ["africa"]
        twin.get_latest_revision().publish()
        assert regions(twin) == ["africa"]
        assert fresh(twin).translated_revision is None

    def test_of_a_page_that_joins_another_work_is_given_up(self, home: HomePage) -> None:
        page, other = (CaseStudyPageFactory(parent=home) for _ in range(2))
        left = other.translation_key
        other.locale, other.translation_key = locale("fr"), page.translation_key
        other.save()
        other.translation_key = uuid.uuid4()
        other.save()
        assert not Work.objects.filter(key=left).exists()
        assert work_of(page).original.pk == page.pk
        assert work_of(other).original.pk == other.pk

    def test_does_not_keep_a_page_from_being_deleted(
        self, home: HomePage, admin_client: Any
    ) -> None:
        page = CaseStudyPageFactory(parent=home)
        shown = admin_client.get(f"/admin/pages/{page.pk}/delete/").content.decode()
        assert "referenced 0 times" in shown
        admin_client.post(f"/admin/pages/{page.pk}/delete/")
        assert not Work.objects.exists()


class TestAVersion:
    def test_repeats_what_its_original_says(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, regions=["europe"])
        copy = translated(page, "fr")
        copy.regions = [RegionFactory(code="asia")]
        copy.save_revision().publish()
        assert regions(copy) == ["europe"]
        assert [region.code for region in fresh(copy).regions.all()] == ["europe"]

    def test_that_says_word_for_word_what_the_original_says_is_none(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        fr = locale("fr")
        home.copy_for_translation(fr)
        copy = page.copy_for_translation(fr)
        copy.save_revision().publish()
        assert [version.pk for version in fresh(page).versions] == [page.pk]
        page.title = "Floating libraries"
        page.save_revision().publish()
        fresh(copy).save_revision().publish()  # nobody has touched its words
        assert fresh(copy).untranslated
        copy = fresh(copy)
        copy.title = "Bibliothèques mobiles"
        copy.save_revision().publish()
        assert {version.pk for version in fresh(page).versions} == {page.pk, copy.pk}

    def test_knows_which_revision_of_the_original_it_translates(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home)
        page.save_revision().publish()
        first = fresh(page).live_revision_id
        copy = translated(page, "fr")
        assert copy.translated_revision == first
        assert not is_older(copy, fresh(page))
        page.title = "Another"
        page.save_revision().publish()
        assert is_older(fresh(copy), fresh(page))
        # A translation of a translation goes as far as that one does.
        assert translated(fresh(copy), "de").translated_revision == first
        # Nothing is older than a draft.
        page.save_revision()
        copy.now_translates()
        assert not is_older(copy, fresh(page))

    def test_learns_it_from_wagtail_localize(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home)
        page.save_revision().publish()
        read = fresh(page).live_revision_id
        fr = locale("fr")
        home.copy_for_translation(fr)
        translate_object(fresh(page), [fr])
        page.title = "Another"
        page.save_revision().publish()
        translation = Translation.objects.get(target_locale=fr)
        translation.save_target(publish=False)
        copy = CaseStudyPage.objects.get(locale=fr)
        assert copy.get_latest_revision().content["translated_revision"] == read
        translation.source.update_from_db()
        translation.save_target(publish=False)
        fresh(copy).get_latest_revision().publish()
        assert fresh(copy).translated_revision == fresh(page).live_revision_id


class TestASiteThatWasThereBefore:
    @pytest.mark.django_db(transaction=True)
    def test_has_its_works_after_the_migration(self, home: HomePage) -> None:
        page, copy = moved_to_africa(home)
        guideline = ResourcePageFactory(parent=home, resource_type="template", live=False)
        Page.objects.filter(pk=page.pk).update(live=False)
        europe = RegionFactory(code="europe")
        executor = MigrationExecutor(connection)
        latest = executor.loader.graph.leaf_nodes()
        # What was there before: no rows, and versions that still said what they once copied.
        executor.migrate([("taxonomy", "0004_tag_has_a_slug")])
        through = EntryPage.regions.through
        through.objects.filter(entrypage_id=copy.pk).delete()
        through.objects.create(entrypage_id=copy.pk, region_id=europe.pk)
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
        works = {work.original_id: (work.kind, work.state) for work in Work.objects.all()}
        assert works == {page.pk: ("case-study", "published"), guideline.pk: ("template", "draft")}
        assert [region.code for region in fresh(copy).regions.all()] == ["africa"]

    @pytest.mark.django_db(transaction=True)
    def test_has_the_other_names_of_its_terms_by_language_after_the_migration(self) -> None:
        ngos = PartnerTypeFactory(code="ngos")
        executor = MigrationExecutor(connection)
        latest = executor.loader.graph.leaf_nodes()
        executor.migrate([("taxonomy", "0005_works")])
        names = "NGO\nONG\nНКО\n民间组织\nمنظمة أهلية\nOur own name"
        table = PartnerType._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET also_known_as = %s", [names])  # noqa: S608
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
        ngos.refresh_from_db()
        assert ngos.also_known_as_en.splitlines() == ["NGO", "Our own name"]
        assert ngos.also_known_as_de == "NGO"  # as the vocabularies' own file has it
        assert ngos.also_known_as_es == ngos.also_known_as_fr == "ONG"
        assert ngos.also_known_as_ru == "НКО"
        assert ngos.also_known_as_zh.splitlines() == ["NGO", "民间组织"]
        assert ngos.also_known_as_ar == "منظمة أهلية"


def test_locales_are_not_lost_to_works(home: HomePage) -> None:
    page, copy = moved_to_africa(home)
    copy.delete()
    Page.objects.filter(locale__language_code="fr").delete()
    Locale.objects.get(language_code="fr").delete()
    assert work_of(page).original.pk == page.pk

    @pytest.mark.django_db(transaction=True)
    def test_says_once_what_holds_for_every_region_after_the_migration(
        self, home: HomePage
    ) -> None:
        for code in ("europe", "asia"):
            RegionFactory(code=code)
        RegionFactory(code="fr", parent=RegionFactory(code="europe"))
        every = CaseStudyPageFactory(parent=home, regions=["europe", "asia", "fr"])
        copy = translated(every, "fr", title="Partout")
        some = CaseStudyPageFactory(parent=home, regions=["asia", "fr"])
        # A draft that says it, on a page that does not
        some.regions = list(Region.objects.filter(code__in=["europe", "asia"]))
        some.save_revision()
        executor = MigrationExecutor(connection)
        latest = executor.loader.graph.leaf_nodes()
        executor.migrate([("taxonomy", "0006_names_by_language")])
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
        assert regions(every) == regions(copy) == ["every-region"]
        assert [region.code for region in fresh(copy).regions.all()] == ["every-region"]
        assert sorted(regions(some)) == ["asia", "fr"]
        draft = fresh(some).get_latest_revision_as_object()
        assert [region.code for region in draft.regions.all()] == ["every-region"]
        term = Region.objects.get(code="every-region")
        assert (term.label("de"), term.parent) == ("Alle Regionen", None)
        assert "every-region" in vocabulary("region")
