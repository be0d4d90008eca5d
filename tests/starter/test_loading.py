from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from wagtail.documents.models import Document
from wagtail.models import Page, Site

from resources.models import AgreementPage
from tests.factories.pages import make_site
from tests.rules import read_yaml
from toolkit.pages.models import HomePage
from toolkit.starter.collection_files import COLLECTION, CollectionError
from toolkit.starter.loading import load_starter
from toolkit.taxonomy.loading import load_vocabularies

LANGUAGES = ["ar", "de", "en", "es", "fr", "ru", "zh"]
#: Few works, so that loading them again and again is quick.
WORKS = [
    "pages/home",
    "pages/section-agreements",
    "pages/section-guidelines",
    "pages/about",
    "agreements/letter-of-intent",
    "case-studies/panama-letter-of-intent",
    "templates/meeting-record",
]


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Some works of the collection, in English only, to be changed."""
    for name in WORKS:
        target = tmp_path / "collection" / name
        target.mkdir(parents=True)
        shutil.copy(COLLECTION / name / "en.yaml", target)
    return tmp_path / "collection"


@pytest.fixture(autouse=True)
def vocabularies(db: Any, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    list(load_vocabularies())


def write(collection: Path, name: str, language: str, **changes: Any) -> None:
    """A version of a work: the English file with some values changed."""
    data = read_yaml(collection / name / "en.yaml")
    text = yaml.safe_dump({**data, **changes}, allow_unicode=True)
    (collection / name / f"{language}.yaml").write_text(text, "utf-8")


def page(slug: str, language: str = "en") -> Any:
    return Page.objects.get(slug=slug, locale__language_code=language).specific


class TestSite:
    def test_that_exists_keeps_its_home_page(self, collection: Path) -> None:
        home = make_site()
        load_starter(directory=collection)
        assert Site.objects.get().root_page_id == home.pk
        assert page("letter-of-intent").is_descendant_of(home)
        home.refresh_from_db()
        assert HomePage.objects.filter(translation_key=home.translation_key).count() == 7


class TestTranslations:
    def test_are_versions_of_the_same_work(self, collection: Path) -> None:
        write(collection, "templates/meeting-record", "de", title="Gesprächsnotiz")
        load_starter(directory=collection)
        original, version = page("meeting-record"), page("meeting-record", "de")
        assert version.title == "Gesprächsnotiz"
        assert version.translation_key == original.translation_key
        assert version.get_url() == "/de/guidelines/meeting-record/"
        assert [a.document.filename for a in version.attachments.all()] == [
            "meeting-record.de.docx",
            "meeting-record.de.odt",
        ]
        entry = original.search_entry()
        assert entry.original == "en"
        assert set(entry.versions) == {"de", "en"}

    def test_that_come_later_are_added(self, collection: Path) -> None:
        load_starter(directory=collection)
        write(collection, "agreements/letter-of-intent", "fr", title="Lettre d’intention")
        report = load_starter(directory=collection)
        assert report.counts["created"] == 1
        assert page("letter-of-intent", "fr").title == "Lettre d’intention"

    def test_of_sections_take_the_place_of_what_stood_in_for_them(self, collection: Path) -> None:
        load_starter(directory=collection)
        write(collection, "pages/section-agreements", "fr", title="Accords et conventions")
        load_starter(directory=collection)
        assert page("agreements", "fr").title == "Accords et conventions"


class TestSecondRun:
    def test_changes_nothing(self, collection: Path) -> None:
        load_starter(directory=collection)
        before = list(Page.objects.values_list("pk", "latest_revision", "title"))
        documents = Document.objects.count()
        report = load_starter(directory=collection)
        assert set(report.counts) == {"left as they are"}
        assert list(Page.objects.values_list("pk", "latest_revision", "title")) == before
        assert Document.objects.count() == documents

    def test_leaves_what_an_editor_changed(self, collection: Path) -> None:
        load_starter(directory=collection)
        edited = page("agreements", "fr")
        edited.title = "Nos accords"
        edited.save_revision().publish()
        write(collection, "pages/section-agreements", "fr", title="Accords")
        load_starter(directory=collection)
        assert page("agreements", "fr").title == "Nos accords"

    def test_finds_a_page_that_an_editor_moved_or_renamed(self, collection: Path) -> None:
        load_starter(directory=collection)
        moved = page("letter-of-intent")
        moved.slug = "letters"
        moved.save()
        load_starter(directory=collection)
        assert AgreementPage.objects.count() == 1

    def test_leaves_what_an_editor_removed_removed(self, collection: Path) -> None:
        load_starter(directory=collection)
        page("letter-of-intent").delete()
        report = load_starter(directory=collection)
        assert report.counts["removed by an editor"] == 1
        assert not AgreementPage.objects.exists()

    def test_brings_all_back_on_demand(self, collection: Path) -> None:
        load_starter(directory=collection)
        page("letter-of-intent").delete()
        edited = page("meeting-record")
        edited.title = "Minutes"
        edited.save_revision().publish()
        load_starter(directory=collection, update=True)
        assert page("letter-of-intent").live
        assert page("meeting-record").title == "Record of a meeting"
        assert Document.objects.count() == 2


class TestMistakes:
    def test_in_a_code_name_the_file(self, collection: Path) -> None:
        write(
            collection,
            "agreements/letter-of-intent",
            "en",
            classification={"regions": ["atlantis"]},
        )
        with pytest.raises(CollectionError, match=r"agreements/letter-of-intent.*atlantis"):
            load_starter(directory=collection)

    def test_in_the_markup_name_the_file(self, collection: Path) -> None:
        (collection / "pages/about/en.yaml").write_text("title: [", "utf-8")
        with pytest.raises(CollectionError, match=r"pages/about/en\.yaml"):
            load_starter(directory=collection)

    def test_in_a_title_name_the_file(self, collection: Path) -> None:
        (collection / "pages/about/en.yaml").write_text("body: words", "utf-8")
        with pytest.raises(CollectionError, match=r"pages/about/en\.yaml: a title"):
            load_starter(directory=collection)

    def test_of_a_case_study_without_challenges_name_the_field(self, collection: Path) -> None:
        write(collection, "case-studies/panama-letter-of-intent", "en", challenges="")
        with pytest.raises(CollectionError, match="panama"):
            load_starter(directory=collection)


class TestEnsureAdmin:
    def test_makes_one_administrator_who_can_sign_in(
        self, capsys: pytest.CaptureFixture[str], client: Any
    ) -> None:
        call_command("ensure_admin")
        said = capsys.readouterr().out
        password = said.split("the password “")[1].split("”")[0]
        assert client.login(username="admin", password=password)
        assert User.objects.get().is_superuser

    def test_does_nothing_the_second_time(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("ensure_admin")
        capsys.readouterr()
        call_command("ensure_admin")
        assert capsys.readouterr().out == ""
        assert User.objects.count() == 1

    def test_gives_each_site_another_password(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = []
        for _ in range(2):
            User.objects.all().delete()
            call_command("ensure_admin")
            said.append(capsys.readouterr().out)
        assert said[0] != said[1]


def test_a_missing_home_page_is_said(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="home page"):
        load_starter(directory=tmp_path)


def test_the_command_fails_with_the_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(load_starter.__kwdefaults__, "directory", tmp_path)
    with pytest.raises(CommandError, match="home page"):
        call_command("load_starter")
