"""What stands in the site after the whole starter collection was loaded."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker
from wagtail.models import Locale, Page, Site

from resources.models import AgreementPage, ExercisePage, ResourcePage
from search.answers import answer
from search.catalogue.works import published_entries
from search.views.facets import read_request
from tests.factories.standing import in_database, use_copy_of_index
from tests.factories.starter_site import starter_site
from toolkit.pages.models import HomePage, SectionPage
from toolkit.starter.collection_files import Source, read_collection
from toolkit.taxonomy.terms import EVERY_REGION
from toolkit.taxonomy.vocabularies import vocabularies

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # its database is SQLite's
LANGUAGES = ["ar", "de", "en", "es", "fr", "ru", "zh"]


@pytest.fixture(scope="module")
def works() -> dict[str, dict[str, Source]]:
    return read_collection()


@pytest.fixture(scope="module")
def said(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """The collection, loaded once for all tests here, which only read; what the command said."""
    site = starter_site(tmp_path_factory)
    copy = tmp_path_factory.mktemp("loaded") / "db.sqlite3"
    shutil.copy(site.data / "db.sqlite3", copy)
    files = override_settings(MEDIA_ROOT=site.data / "media")
    with in_database(django_db_blocker, copy), files:
        yield site.said


@pytest.fixture(autouse=True)
def loaded(said: str) -> None:
    Site.clear_site_root_paths_cache()


def page(slug: str, language: str = "en") -> Any:
    return Page.objects.get(slug=slug, locale__language_code=language).specific


class TestCommand:
    def test_loads_every_work(self, said: str, works: Any) -> None:
        entries = list(published_entries())
        assert len(entries) == sum(not name.startswith("pages/") for name in works)
        assert "versions: " in said

    def test_puts_every_version_into_its_language(self, works: Any) -> None:
        titles = {
            (source.language, source["title"].strip())
            for versions in works.values()
            for source in versions.values()
        }
        pages = Page.objects.live().values_list("locale__language_code", "title")
        assert titles <= set(pages)

    def test_classifies_every_entry(self) -> None:
        for entry in published_entries():
            assert entry.facets["region"], entry.key
            assert entry.facets["direction"], entry.key

    def test_holds_most_for_every_region_and_names_none_of_them(self) -> None:
        general = [e for e in published_entries() if EVERY_REGION in e.facets["region"]]
        assert len(general) == 46
        for entry in general:
            assert entry.facets["region"] == {EVERY_REGION}
            assert not {"Europe", "Every region", "Africa"} & set(entry.labels["en"])


class TestTrees:
    def test_stand_in_seven_languages(self) -> None:
        assert sorted(Locale.objects.values_list("language_code", flat=True)) == LANGUAGES
        for language in LANGUAGES:
            home = HomePage.objects.get(locale__language_code=language)
            assert home.live
            assert home.get_url() == f"/{language}/"
            sections = home.get_children().type(SectionPage).live()
            assert [section.slug for section in sections] == [
                "agreements",
                "case-studies",
                "exercises",
                "guidelines",
            ]

    def test_are_one_work_each(self) -> None:
        assert len(set(HomePage.objects.values_list("translation_key", flat=True))) == 1
        assert len(set(SectionPage.objects.values_list("translation_key", flat=True))) == 4

    def test_belong_to_the_site(self) -> None:
        site = Site.objects.get()
        assert site.root_page.locale.language_code == "en"
        assert not Page.objects.filter(title__startswith="Welcome to your new").exists()

    def test_have_doors_that_lead_to_sections_of_the_language(self) -> None:
        home = HomePage.objects.get(locale__language_code="fr")
        doors = [block.value["page"] for block in home.doors]
        assert [door.slug for door in doors] == [
            "agreements",
            "case-studies",
            "exercises",
            "guidelines",
        ]
        assert {door.locale.language_code for door in doors} == {"fr"}


class TestEntries:
    def test_say_what_the_files_say(self) -> None:
        exercise = page("think-of-an-advocate")
        assert isinstance(exercise, ExercisePage)
        assert (exercise.series.code, exercise.number) == ("international-librarian", 24)
        assert "<ol>" in exercise.steps
        assert [term.code for term in exercise.regions.all()] == [EVERY_REGION]
        assert [term.code for term in exercise.roles.all()] == []
        assert {tag.name for tag in exercise.tags.all()} == {"advocacy", "spokespeople", "messages"}
        assert str(exercise.issued) == "2026-11-20"
        assert exercise.sources[0].value["url"].startswith("https://")

    def test_are_complete(self) -> None:
        for entry in Page.objects.filter(depth__gte=2).specific():
            entry.full_clean()
            for field in entry._meta.get_fields():
                value = getattr(entry, field.name, None)
                if hasattr(value, "stream_block"):
                    value.stream_block.clean(value)

    def test_keep_an_agreements_clauses_and_their_wordings(self) -> None:
        agreement = page("letter-of-intent")
        assert isinstance(agreement, AgreementPage)
        source = read_collection()["agreements/letter-of-intent"]["en"]
        assert [block.value["code"] for block in agreement.clauses] == [
            clause["code"] for clause in source["clauses"]
        ]
        variants = agreement.clauses[0].value["variants"]
        assert variants[0]["partner_types"] == ["government"]
        assert "{first_party}" in variants[0]["text"].source

    def test_have_a_history(self) -> None:
        assert page("letter-of-intent").revisions.count() == 1

    def test_carry_files_that_open(self) -> None:
        template = page("meeting-record")
        assert isinstance(template, ResourcePage)
        documents = [attachment.document for attachment in template.attachments.all()]
        assert [document.filename for document in documents] == [
            "meeting-record.en.docx",
            "meeting-record.en.odt",
        ]
        for document in documents:
            assert zipfile.ZipFile(BytesIO(document.file.read())).testzip() is None
            assert document.file_size
            assert document.title == "Record of a meeting"


class TestFinding:
    """What a librarian asks, in the words that she would use."""

    @pytest.fixture(autouse=True)
    def index(self, said: str, tmp_path_factory: pytest.TempPathFactory) -> None:
        use_copy_of_index(starter_site(tmp_path_factory).data / "index")

    def found(self, text: str, language: str) -> list[str]:
        terms = vocabularies()
        asked = read_request({"q": [text]}, language=language, vocabularies=terms)
        page = answer(asked)
        return [hit.key for hit in (*page.hits, *page.others)]

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("en", "ngo mou"),
            ("en", "mou with ngo"),
            ("en", "agreement NGO Africa"),  # the example of the home page
            ("es", "convenio con ong"),
            ("de", "NGO Vereinbarung"),
            ("ru", "меморандум с НКО"),
            ("zh", "NGO 协议"),
            ("ar", "مذكرة تفاهم مع منظمة غير حكومية"),
        ],
    )
    def test_an_agreement_with_an_ngo_puts_that_memorandum_first(
        self, language: str, text: str
    ) -> None:
        assert self.found(text, language)[0] == str(page("library-ngo").translation_key)

    def test_cases_of_a_region_come_before_those_of_another_with_its_name(self) -> None:
        first = self.found("case study africa", "en")[:3]
        cases = {
            str(page(slug).translation_key)
            for slug in ("kenya-health-corners", "zimbabwe-information-policy",
                         "building-strong-library-associations")
        }  # fmt: skip
        assert set(first) == cases

    def test_the_letter_of_intent_is_no_memorandum(self) -> None:
        wanted = str(page("letter-of-intent").translation_key)
        for language, text in (("de", "Absichtserklärung"), ("es", "carta de intención")):
            assert wanted in self.found(text, language)[:2]
