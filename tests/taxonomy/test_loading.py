from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from search.catalogue.indexing import PendingChange
from tests.factories.pages import CaseStudyPageFactory, SectionPageFactory, make_site
from tests.rules import read_yaml
from toolkit.taxonomy.loading import DATA, VocabularyError, load_vocabularies
from toolkit.taxonomy.terms import Direction, DirectionMapping, EntryTag, Region, Sdg, Strategy
from toolkit.taxonomy.vocabularies import NAMES, vocabularies, vocabulary

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the files, to be changed."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def changed_label(data: Path, file: str, label: str) -> None:
    path = data / f"{file}.yaml"
    terms = read_yaml(path)
    terms[0]["label"]["en"] = label
    path.write_text(yaml.safe_dump(terms, allow_unicode=True), "utf-8")


class TestLoadVocabularies:
    def test_fills_every_vocabulary_in_seven_languages(self) -> None:
        list(load_vocabularies())
        for name in NAMES:
            terms = vocabulary(name)
            assert len(terms) > 1
            for term in terms:
                assert all(term.labels[language] for language in LANGUAGES), term.value

    def test_takes_the_names_of_countries_from_cldr(self) -> None:
        list(load_vocabularies())
        kenya = Region.objects.get(code="ke")
        assert kenya.parent.code == "sub-saharan-africa"
        assert kenya.label("ar") == "كينيا"
        assert Region.objects.get(code="no").label("de") == "Norwegen"
        assert Region.objects.filter(parent=None).count() == 7  # six, and what holds for all

    def test_joins_directions_to_their_edition(self) -> None:
        list(load_vocabularies())
        initiative = Direction.objects.get(code="2019-24.3.2")
        assert (initiative.number, initiative.parent.code) == ("3.2", "2019-24.3")
        assert Strategy.objects.count() == 4

    def test_keeps_codes_of_goals_as_texts(self) -> None:
        list(load_vocabularies())
        assert Sdg.objects.get(code="16.10").parent.code == "16"

    def test_joins_equal_ideas_of_different_editions(self) -> None:
        list(load_vocabularies())
        mapping = DirectionMapping.objects.first()
        assert mapping.source.strategy_id != mapping.target.strategy_id
        assert mapping.target.code in vocabulary("direction").widened([mapping.source.code])

    def test_changes_nothing_the_second_time(self) -> None:
        list(load_vocabularies())
        before = vocabularies()
        reports = list(load_vocabularies())
        assert not any(r.created or r.updated or r.kept for r in reports)
        assert {n: len(v) for n, v in before.items()} == {
            n: len(v) for n, v in vocabularies().items()
        }

    def test_leaves_what_an_editor_changed(self) -> None:
        list(load_vocabularies())
        Region.objects.filter(code="ke").update(label_en="Republic of Kenya")
        reports = {report.name: report for report in load_vocabularies()}
        assert Region.objects.get(code="ke").label_en == "Republic of Kenya"
        assert reports["region"].kept == ["ke"]

    def test_overwrites_it_on_demand(self) -> None:
        list(load_vocabularies())
        Region.objects.filter(code="ke").update(label_en="Republic of Kenya")
        list(load_vocabularies(update=True))
        assert Region.objects.get(code="ke").label_en == "Kenya"

    def test_adds_what_is_new_in_a_file(self) -> None:
        list(load_vocabularies())
        Region.objects.get(code="ke").delete()
        reports = {report.name: report for report in load_vocabularies()}
        assert reports["region"].created == 1
        assert "ke" in vocabulary("region")

    def test_tells_the_search_of_a_new_label(self, data: Path) -> None:
        list(load_vocabularies())
        page = CaseStudyPageFactory(
            parent=SectionPageFactory(parent=make_site()), partner_types=["other-libraries"]
        )
        PendingChange.objects.all().delete()
        changed_label(data, "partner_types", "Libraries of other towns")
        list(load_vocabularies(update=True, data=data))
        assert PendingChange.objects.filter(key=str(page.translation_key)).exists()
        assert vocabulary("partner").get("other-libraries").label("en").endswith("other towns")

    def test_says_which_file_is_missing(self, data: Path) -> None:
        (data / "roles.yaml").unlink()
        with pytest.raises(VocabularyError, match=r"roles\.yaml"):
            list(load_vocabularies(data=data))

    def test_says_which_term_has_no_label(self, data: Path) -> None:
        changed_label(data, "roles", "")
        with pytest.raises(VocabularyError, match=r"roles\.yaml, protectors"):
            list(load_vocabularies(data=data))

    def test_refuses_a_code_that_stands_twice(self, data: Path) -> None:
        path = data / "roles.yaml"
        terms = read_yaml(path)
        path.write_text(yaml.safe_dump([*terms, terms[0]], allow_unicode=True), "utf-8")
        with pytest.raises(VocabularyError, match="twice"):
            list(load_vocabularies(data=data))


class TestTags:
    def test_are_made_with_their_labels(self) -> None:
        list(load_vocabularies())
        tag = EntryTag.objects.get(name="first steps")
        assert (tag.slug, tag.label("ar"), tag.label("en")) == (
            "first-steps",
            "خطوات أولى",
            "first steps",
        )

    def test_that_entries_have_get_their_labels_in_the_search(self) -> None:
        page = CaseStudyPageFactory(
            parent=SectionPageFactory(parent=make_site()), tags=["Advocacy", "zines"]
        )
        PendingChange.objects.all().delete()
        reports = {report.name: report for report in load_vocabularies()}
        assert reports["tag"].updated == 1
        assert EntryTag.objects.get(name__iexact="advocacy").label("de") == "Interessenvertretung"
        assert EntryTag.objects.get(name="zines").label("de") == "zines"
        assert PendingChange.objects.filter(key=str(page.translation_key)).exists()

    def test_stay_as_an_editor_labelled_them(self) -> None:
        EntryTag.objects.create(name="advocacy", label_de="Lobbyarbeit")
        reports = {report.name: report for report in load_vocabularies()}
        tag = EntryTag.objects.get(name="advocacy")
        assert (tag.label_de, tag.label_fr) == ("Lobbyarbeit", "")
        assert reports["tag"].kept == ["advocacy"]

    def test_stay_as_an_editor_named_them(self) -> None:
        list(load_vocabularies())
        EntryTag.objects.filter(slug="advocacy").update(name="lobbying")
        list(load_vocabularies())
        assert EntryTag.objects.get(slug="advocacy").name == "lobbying"
        assert not EntryTag.objects.filter(name="advocacy").exists()

    def test_get_other_names_as_long_as_they_have_none(self) -> None:
        EntryTag.objects.create(name="advocacy", label_de="Lobbyarbeit")
        EntryTag.objects.create(name="media", also_known_as_en="telly")
        list(load_vocabularies())
        advocacy, media = (EntryTag.objects.get(name=name) for name in ("advocacy", "media"))
        assert advocacy.label_de == "Lobbyarbeit"
        assert "lobby" in advocacy.also_known_as_en.splitlines()
        assert (media.also_known_as_en, media.also_known_as_de) == ("telly", "")
        assert media.label_de

    def test_are_overwritten_on_demand(self) -> None:
        list(load_vocabularies())
        EntryTag.objects.filter(slug="advocacy").update(name="lobbying", label_de="Lobbyarbeit")
        list(load_vocabularies(update=True))
        tag = EntryTag.objects.get(slug="advocacy")
        assert (tag.name, tag.label_de) == ("advocacy", "Interessenvertretung")


class TestCommand:
    def test_says_what_it_did(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("load_vocabularies")
        assert "region: " in capsys.readouterr().out

    def test_fails_with_the_reason(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(
            "toolkit.taxonomy.loading.load_vocabularies.__kwdefaults__",
            {"update": False, "data": tmp_path},
        )
        with pytest.raises(CommandError, match=r"kinds\.yaml"):
            call_command("load_vocabularies")
