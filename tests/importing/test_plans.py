from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from wagtail.models import Page

from casestudies.models import CaseStudyPage
from resources.models import AgreementPage, ExercisePage, ResourcePage
from search.catalogue.works import published_entries
from search.models import PendingChange
from tests.factories.pages import (
    DirectionFactory,
    KindFactory,
    PartnerTypeFactory,
    RegionFactory,
    SectionPageFactory,
    SeriesFactory,
    StrategyFactory,
    make_site,
    translated,
)
from tests.factories.standing import Ground, Stood, found_again
from tests.factories.tables import row, write
from toolkit.core.blocks import body_text
from toolkit.importing.plans import Plan, _RowReader, carry_out, plan_import
from toolkit.taxonomy.terms import EntryTag

pytestmark = pytest.mark.django_db


def make_sections() -> Page:
    KindFactory(code="mou", label_en="Memorandum of understanding", label_zh="谅解备忘录")
    KindFactory(code="survey")
    home = make_site()
    africa = RegionFactory(code="sub-saharan-africa")
    RegionFactory(
        code="ke",
        parent=africa,
        label_en="Kenya",
        label_de="Kenia",
        label_ar="كينيا",
        label_zh="肯尼亚",
    )
    RegionFactory(
        code="ng", parent=africa, label_en="Nigeria", label_ar="نيجيريا", label_zh="尼日利亚"
    )
    PartnerTypeFactory(code="ngos", also_known_as_en="NGO", also_known_as_fr="ONG")
    SeriesFactory(code="library-advocate", hashtag="#EveryLibrarianAnAdvocate")
    for code in ("2015-21", "2019-24"):
        edition = StrategyFactory(code=code, label_en=f"Strategy {code}")
        DirectionFactory(strategy=edition, number="1.2", label_en=f"Inspire, in {code}")
    SectionPageFactory(
        parent=home, slug="guidelines", title="Guidelines", kinds="guideline template"
    )
    SectionPageFactory(parent=home, slug="cases", title="Cases", kinds="case-study")
    return home


@pytest.fixture(scope="module")
def standing_sections(ground: Ground) -> Iterator[Stood[Page]]:
    with ground.standing(make_sections) as stood:
        yield stood


@pytest.fixture(autouse=True)
def site(standing_sections: Stood[Page], db: None) -> Page:
    return found_again(standing_sections.made)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "entries.csv"


def imported(file: Path, *rows: dict[str, str]) -> Plan:
    plan = plan_import(write(file, *rows))
    carry_out(plan)
    return plan


def reasons(file: Path, **cells: str) -> str:
    """Why a row with these cells is refused."""
    (planned,) = plan_import(write(file, row(**cells))).rows
    assert planned.action == "refuse", planned
    return "; ".join(planned.reasons)


class TestImport:
    def test_makes_an_entry_that_is_found(self, file: Path) -> None:
        plan = imported(file, row())
        assert str(plan) == "1 rows: 1 new"
        (entry,) = published_entries()
        assert entry.versions["en"].title == "First steps"
        assert "With a friend." in entry.versions["en"].body
        assert entry.facets["region"] == {"ke", "sub-saharan-africa"}
        assert entry.facets["tag"] == {"planning", "first-steps"}
        assert str(entry.published) == "2018-01-01"
        assert PendingChange.objects.filter(key=entry.key).exists()

    def test_classifies_it_on_a_site_that_has_other_works(self, file: Path) -> None:
        """A page that is not saved yet took whatever work came first for its own."""
        imported(file, row(slug="first", regions="ke"))
        imported(file, row(slug="second", regions="ng", tags="boats"))
        found = {entry.versions["en"].url: entry.facets for entry in published_entries()}
        (second,) = (facets for url, facets in found.items() if url.endswith("/second/"))
        assert second["region"] == {"ng", "sub-saharan-africa"}
        assert second["tag"] == {"boats"}

    def test_puts_it_into_the_section_of_its_kind(self, file: Path) -> None:
        imported(file, row())
        page = ResourcePage.objects.get()
        assert page.get_parent().slug == "guidelines"
        assert (page.licence, page.attribution) == ("CC-BY-SA-4.0", "A project")
        assert page.sources[0].value["url"] == "https://example.org/course"
        assert [block.block_type for block in page.body] == ["heading", "text"]

    def test_changes_nothing_the_second_time(self, file: Path) -> None:
        imported(file, row(body="<p>A &amp; B</p><blockquote>Yes<br>— No</blockquote>"))
        revision = ResourcePage.objects.get().latest_revision_id
        plan = imported(file, row(body="<p>A &amp; B</p><blockquote>Yes<br>— No</blockquote>"))
        assert str(plan) == "1 rows: 1 unchanged"
        assert ResourcePage.objects.get().latest_revision_id == revision

    @pytest.mark.parametrize(
        "change",
        [
            {"title": "Second steps"},
            {"body": "<p>Other words.</p>"},
            {"regions": "ke;ng"},
            {"tags": "planning"},
            {"licence": "CC0-1.0"},
            {"kind": "template"},
            {"published": "2019-01-01"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_updates_an_entry_whose_row_changed(self, file: Path, change: dict[str, str]) -> None:
        imported(file, row())
        assert str(imported(file, row(**change))) == "1 rows: 1 changed"
        assert str(imported(file, row(**change))) == "1 rows: 1 unchanged"
        assert ResourcePage.objects.count() == 1

    def test_leaves_an_entry_off_the_site_that_an_editor_took_off(self, file: Path) -> None:
        imported(file, row())
        ResourcePage.objects.get().unpublish()
        imported(file, row(title="Second steps"))
        page = ResourcePage.objects.get()
        assert not page.live
        assert page.get_latest_revision_as_object().title == "Second steps"

    def test_lets_good_rows_in_beside_bad_ones(self, file: Path) -> None:
        plan = imported(
            file, row(), row(slug="bad", regions="Atlantis"), row(slug="good", title="Good")
        )
        assert str(plan) == "3 rows: 2 new, 1 refused"
        assert plan.of("refuse")[0].line == 3
        assert ResourcePage.objects.count() == 2

    def test_writes_nothing_while_planning(self, file: Path) -> None:
        plan_import(write(file, row(tags="a new tag")))
        assert not ResourcePage.objects.exists()
        assert not EntryTag.objects.exists()

    def test_makes_one_work_of_one_slug_in_two_languages(self, file: Path, site: Any) -> None:
        translated(site, "fr")
        imported(file, row(), row(language="fr", title="Premiers pas"))
        (entry,) = published_entries()
        assert set(entry.versions) == {"en", "fr"}

    def test_cleans_the_html(self, file: Path) -> None:
        imported(file, row(body="<p onclick=x>Words<script>alert(1)</script></p>"))
        text = body_text(ResourcePage.objects.get().body)
        assert text == "Words"

    def test_takes_plain_text_for_paragraphs_and_lists(self, file: Path) -> None:
        imported(file, row(body="- one\n- two\n\nThen three."))
        source = ResourcePage.objects.get().body[0].value.source
        assert source.count("<li>") == 2
        assert "<p>Then three.</p>" in source


class TestKinds:
    def test_of_a_case_study_need_successes_and_challenges(self, file: Path) -> None:
        said = reasons(file, kind="case-study")
        assert "successes: " in said
        assert "challenges: " in said

    def test_of_a_case_study_with_both_go_in(self, file: Path) -> None:
        imported(file, row(kind="case-study", successes="<p>It ran.</p>", challenges="It rained."))
        page = CaseStudyPage.objects.get()
        assert page.live
        assert "It rained." in page.challenges
        assert page.get_parent().slug == "cases"

    def test_of_an_exercise_without_a_number_make_none_up(self, file: Path) -> None:
        imported(file, row(kind="exercise"))
        page = ExercisePage.objects.get()
        assert (page.series, page.number) == (None, None)
        assert page.neighbours == {"previous": None, "next": None}
        assert "#" not in page.search_text()

    def test_of_an_exercise_of_a_series_keep_its_number(self, file: Path) -> None:
        imported(file, row(kind="exercise", series="#EveryLibrarianAnAdvocate", number="8"),
                 row(slug="x", kind="exercise", series="library-advocate", number="9"))  # fmt: skip
        assert set(ExercisePage.objects.values_list("series__code", "number")) == {
            ("library-advocate", 8),
            ("library-advocate", 9),
        }

    def test_of_two_exercises_with_one_number_refuse_the_second(self, file: Path) -> None:
        cells = {"kind": "exercise", "series": "library-advocate", "number": "8"}
        plan = imported(file, row(**cells), row(slug="x", **cells))
        assert str(plan) == "2 rows: 1 new, 1 refused"
        assert "has this number in the series already" in str(plan.rows[1])
        assert ExercisePage.objects.count() == 1

    def test_of_an_exercise_need_series_and_number_together(self, file: Path) -> None:
        assert "a series and a number, or neither" in reasons(file, kind="exercise", number="8")

    def test_of_an_agreement_keep_the_body_as_introduction(self, file: Path) -> None:
        imported(file, row(kind="mou"))
        page = AgreementPage.objects.get()
        assert "With a friend." in page.introduction
        assert page.agreement_type == "mou"

    def test_may_be_given_by_name(self, file: Path) -> None:
        imported(file, row(kind="谅解备忘录"))
        assert AgreementPage.objects.get().agreement_type == "mou"

    def test_that_have_no_page_type_are_refused(self, file: Path) -> None:
        assert "cannot be imported" in reasons(file, kind="survey")


class TestTerms:
    @pytest.mark.parametrize(
        "cell", ["ke, ng", "Kenya;Nigeria", "كينيا | نيجيريا", "KENIA\nNigeria", "肯尼亚、尼日利亚"]
    )
    def test_may_be_codes_or_labels_in_any_language(self, file: Path, cell: str) -> None:
        imported(file, row(regions=cell))
        codes = {term.code for term in ResourcePage.objects.get().regions.all()}
        assert codes == {"ke", "ng"}

    def test_all_together_are_what_holds_for_every_region(self, file: Path) -> None:
        RegionFactory(code="every-region", order=9)
        RegionFactory(code="europe")
        imported(file, row(regions="Europe; sub-saharan-africa; ke"))
        assert [term.code for term in ResourcePage.objects.get().regions.all()] == ["every-region"]
        assert {planned.action for planned in plan_import(file).rows} == {"unchanged"}

    def test_beside_what_holds_for_every_region_are_refused(self, file: Path) -> None:
        RegionFactory(code="every-region", order=9)
        said = reasons(file, regions="every-region, ke")
        assert "regions: “every-region” stands beside others; write it alone" in said
        imported(file, row(regions="Every region"))
        assert [term.code for term in ResourcePage.objects.get().regions.all()] == ["every-region"]

    def test_may_be_other_names(self, file: Path) -> None:
        imported(file, row(partner_types="ONG"))
        assert [t.code for t in ResourcePage.objects.get().partner_types.all()] == ["ngos"]

    def test_that_are_unknown_are_named_with_the_nearest(self, file: Path) -> None:
        said = reasons(file, regions="Kenia2")
        assert "“Kenia2” is unknown; the nearest is “ke” (Kenya)" in said

    def test_that_mean_several_ask_for_the_code(self, file: Path) -> None:
        said = reasons(file, directions="1.2")
        assert "2019-24.1.2" in said
        assert "2015-21.1.2" in said

    def test_of_directions_are_found_by_code(self, file: Path) -> None:
        imported(file, row(directions="2019-24.1.2"))
        assert [d.number for d in ResourcePage.objects.get().directions.all()] == ["1.2"]


class TestTheGuide:
    def test_names_every_column_that_is_read_and_no_other(self) -> None:
        guide = (settings.BASE_DIR / "docs" / "import.md").read_text("utf-8")
        first = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| `")]
        named = {name for cell in first for name in re.findall(r"`(\w+)`", cell)}
        assert named == set(_RowReader().columns)


@pytest.mark.once  # read and refused before any database is asked
class TestCells:
    def test_that_a_spreadsheet_would_run_are_refused(self, file: Path) -> None:
        formulas = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", "＝1+1")
        names = ("title", "summary", "attribution", "slug", "tags", "body")
        for name, cell in product(names, formulas):
            assert f"{name}: begins with" in reasons(file, **{name: cell}), (name, cell)

    def test_that_only_begin_with_a_sign_are_words(self, file: Path) -> None:
        words = [
            {"title": "+1 for libraries"},
            {"title": "-ism: a suffix"},
            {"summary": "@library on social media (and off it)"},
            {"tags": "-a; @b"},
            {"body": "- one\n- two"},
            {"body": "-5"},
            {"body": "<p>=1</p>"},
        ]
        for cells in words:
            (planned,) = plan_import(write(file, row(**cells))).rows
            assert planned.action == "create", planned

    def test_say_the_day_in_any_way_that_means_one(self, file: Path) -> None:
        for cell in (
            "2026-11-20", "20.11.2026", "11/20/2026", "20/11/2026", "٢٠٢٦-١١-٢٠",
            "2026-11-20 00:00:00", "2026-11-20T10:00:00Z",
        ):  # fmt: skip
            (planned,) = plan_import(write(file, row(published=cell))).rows
            assert planned.entry, (cell, planned)
            assert planned.entry.values["issued_at"] == datetime.date(2026, 11, 20), cell

    def test_whose_day_is_unclear_are_refused(self, file: Path) -> None:
        for cell in ("2026", "2026-11", "03/04/2026", "31.02.2026", "20-Nov-26"):
            assert "write it as 2026-11-20" in reasons(file, published=cell), cell
        assert "a spreadsheet's number" in reasons(file, published="46346")

    def test_that_would_take_minutes_are_refused_soon(self, file: Path) -> None:
        """900,000 signs did not end; a cell without HTML was read as Markdown however long."""
        begun = time.process_time()
        for cell in ("<" * 900_000, "*a_ " * 225_000, "<ul><li>" * 112_500):
            said = reasons(file, body=cell)
            assert "too long" in said or "too many paragraphs" in said
        assert time.process_time() - begun < 15

    def test_that_break_something_unforeseen_cost_their_row_alone(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(cls: type, given: Any) -> dict[str, Any]:
            raise RuntimeError("nobody thought of it")

        monkeypatch.setattr(CaseStudyPage, "from_row", classmethod(fails))
        plan = imported(file, row(slug="one", kind="case-study"), row(slug="two"))
        assert str(plan) == "2 rows: 1 new, 1 refused"
        assert "RuntimeError: nobody thought of it" in plan.rows[0].reasons[0]
        assert ResourcePage.objects.filter(slug="two").exists()

    @pytest.mark.parametrize(
        ("name", "cell", "said"),
        [
            ("slug", "", "slug: is missing"),
            ("slug", "a b", "letters, digits"),
            ("title", "", "title: is missing"),
            ("title", "x" * 256, "at most 255"),
            ("summary", "x" * 301, "at most 300"),
            ("language", "", "language: is missing"),
            ("language", "Klingon", "none of the site's languages"),
            ("language", "de", "no pages in “de” yet"),
            ("licence", "", "licence: is missing"),
            ("licence", "CC BY 3.0", "is none of CC-BY-4.0"),
            ("licence", "cc by", "does not say which one: write CC-BY-4.0"),
            ("source_url", "javascript:alert(1)", "is no web address"),
            ("kind", "poem", "“poem” is unknown"),
        ],
    )
    def test_that_cannot_be_used_say_why(self, file: Path, name: str, cell: str, said: str) -> None:
        assert said in reasons(file, **{name: cell})

    def test_say_all_that_is_wrong_at_once(self, file: Path) -> None:
        said = reasons(file, title="", licence="", published="soon")
        assert said.count("; ") >= 2

    @pytest.mark.parametrize(
        "licence",
        [
            "CC-BY-SA-4.0",
            "cc by-sa 4.0",
            "CC BY-SA 4.0 International",
            "https://creativecommons.org/licenses/by-sa/4.0/",
            "Creative Commons Attribution-ShareAlike 4.0 International",
        ],
    )
    def test_name_a_licence_in_many_ways(self, file: Path, licence: str) -> None:
        plan = plan_import(write(file, row(licence=licence)))
        assert plan.rows[0].entry.values["licence"] == "CC-BY-SA-4.0"

    @pytest.mark.parametrize("language", ["en", "EN", "en-GB", "English", "Englisch", "英语"])
    def test_name_a_language_in_many_ways(self, file: Path, language: str) -> None:
        assert plan_import(write(file, row(language=language))).rows[0].action == "create"

    def test_of_fifty_megabytes_are_refused_and_the_others_go_in(self, file: Path) -> None:
        plan = imported(file, row(slug="huge", body="x" * 50_000_000), row())
        assert str(plan) == "2 rows: 1 new, 1 refused"
        assert "the cell “body” holds 50,000,000 characters" in str(plan.rows[0])

    def test_that_repeat_a_slug_are_refused(self, file: Path) -> None:
        plan = imported(file, row(), row(title="Again"))
        assert "line 2 already" in str(plan.rows[1])
        assert ResourcePage.objects.get().title == "First steps"

    def test_that_name_the_slug_of_another_type_are_refused(self, file: Path) -> None:
        imported(file, row())
        assert "of another type" in reasons(file, kind="mou")


class TestRows:
    def test_with_a_row_that_breaks_off_says_so(self, file: Path) -> None:
        write(file, row())
        file.write_text(file.read_text("utf-8") + "a,b\n", "utf-8")
        said = plan_import(file).rows[1].reasons
        assert "title: is missing" in said
        assert said[-1] == "the row has 2 cells where the heading has 14"


class TestCommand:
    def test_shows_the_plan_and_writes_nothing(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("import_entries", str(write(file, row())), "--dry-run")
        said = capsys.readouterr().out
        assert "line 2 (first-steps): create" in said
        assert "Nothing was written." in said
        assert not ResourcePage.objects.exists()

    def test_lists_refused_rows_with_line_and_reason(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("import_entries", str(write(file, row(), row(slug="bad", licence=""))))
        said = capsys.readouterr().out
        assert "refused: line 3 (bad): licence: is missing" in said
        assert "2 rows: 1 new, 1 refused." in said
        assert "1 of 1" in said

    def test_names_columns_that_mean_nothing(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("import_entries", str(write(file, row(sucesses="typing error"))))
        assert "Columns that mean nothing here: sucesses" in capsys.readouterr().out

    def test_fails_when_no_row_can_go_in(self, file: Path) -> None:
        with pytest.raises(CommandError, match="Every row was refused"):
            call_command("import_entries", str(write(file, row(licence=""))))

    def test_fails_with_the_reason_for_a_file(self, file: Path) -> None:
        file.write_bytes(b"")
        with pytest.raises(CommandError, match="empty"):
            call_command("import_entries", str(file))

    def test_brings_no_page_out_of_order(self, file: Path) -> None:
        call_command("import_entries", str(write(file, row(), row(slug="x"))))
        assert Page.find_problems() == ([], [], [], [], [])
