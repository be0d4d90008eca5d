"""The starter collection's source files are complete: pure data, no database.

A librarian may correct any of these files with a text editor. What the page types and the
importer rely on is checked here, so that a slip is found before it is loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.rules import for_each, read_yaml
from toolkit.taxonomy.terms import EVERY_REGION

ROOT = Path(__file__).resolve().parents[2] / "toolkit"
COLLECTION = ROOT / "starter" / "collection"
VOCABULARIES = ROOT / "taxonomy" / "data"
LANGUAGES = {"ar", "de", "en", "es", "fr", "ru", "zh"}
ORIGINAL = "en"
SUMMARY_LIMIT = 300

KINDS_BY_FOLDER = {
    "agreements": {"mou", "letter-of-intent"},
    "case-studies": {"case-study"},
    "exercises": {"exercise"},
    "guidelines": {"guideline"},
    "templates": {"template"},
}
CLASSIFICATION = {"regions", "partner_types", "directions", "sdgs", "roles", "tags"}
ORIGINAL_ONLY = {
    "kind",
    "classification",
    "licence",
    "attribution",
    "sources",
    "reviewed",
    "published",
}
# Texts by folder: each must be there and must not be empty, in every language.
TEXTS = {
    "agreements": {"introduction"},
    "case-studies": {
        "context",
        "partners",
        "what_was_done",
        "successes",
        "challenges",
        "cost",
        "time",
        "lessons",
    },
    "exercises": {"prompt", "steps", "strategy_note"},
    "guidelines": {"use_when", "not_when", "body", "worked_example"},
    "templates": {"use_when", "not_when", "body", "worked_example"},
}
STRUCTURES = {
    "agreements": {"placeholders", "clauses"},
    "case-studies": {"results"},
    "exercises": {"leaves_behind"},
    "guidelines": set(),
    "templates": {"file"},
}
# Facts that hold in every language and so stand in the original alone.
ORIGINAL_FACTS = {
    "agreements": set(),
    "case-studies": set(),
    "exercises": {"series", "number"},
    "guidelines": {"version"},
    "templates": {"version"},
}
PLACEHOLDER_TYPES = {"party", "date", "sum", "text"}
LEFT_BEHIND = {"partners", "contacts", "advocate", "barrier", "challenge", "message", "other"}
# The points on which public model agreements agree; a memorandum of ours covers them all.
MEMORANDUM_POINTS = {
    "parties",
    "purpose",
    "legal_status",
    "principles",
    "roles",
    "money",
    "data_protection",
    "rights_publicity",
    "duration",
    "amendment",
    "termination",
    "disputes",
    "languages",
    "signature",
}
SEEDED_EXERCISES = {
    ("international-librarian", 5),
    ("international-librarian", 7),
    ("international-librarian", 24),
    ("international-librarian", 28),
    ("international-librarian", 68),
    ("library-advocate", 8),
}


@cache
def read(path: Path) -> Any:
    return read_yaml(path)


def entry_files() -> list[Path]:
    return sorted(p for p in COLLECTION.glob("*/*/*.yaml") if p.parts[-3] != "pages")


def page_files() -> list[Path]:
    return sorted((COLLECTION / "pages").glob("*/*.yaml"))


def originals(folder: str = "*") -> list[Path]:
    return [
        p for p in sorted(COLLECTION.glob(f"{folder}/*/{ORIGINAL}.yaml")) if p.parts[-3] != "pages"
    ]


def translations() -> list[Path]:
    return [p for p in sorted(COLLECTION.glob("*/*/*.yaml")) if p.stem != ORIGINAL]


def name(path: Path) -> str:
    return "/".join(path.relative_to(COLLECTION).parts)


def markers(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def list_items(markdown: str) -> list[str]:
    return re.findall(r"^\d+\.\s+(.*)$", markdown, flags=re.MULTILINE)


def clause_texts(clause: dict[str, Any]) -> list[str]:
    return [clause["text"], *(variant["text"] for variant in clause.get("variants", []))]


def vocabulary(file: str) -> list[dict[str, Any]]:
    return list(read(VOCABULARIES / file))


def direction_codes() -> set[str]:
    codes: set[str] = set()
    for strategy in vocabulary("strategies.yaml"):
        for direction in strategy["directions"]:
            numbers = [direction["number"]]
            numbers += [i["number"] for i in direction.get("initiatives", [])]
            codes |= {f"{strategy['code']}.{number}" for number in numbers}
    return codes


@cache
def known(facet: str) -> frozenset[str]:
    """The codes of one vocabulary: top terms and the terms below them."""
    if facet == "directions":
        return frozenset(direction_codes())
    terms = vocabulary(f"{facet}.yaml")
    below = {"regions": "countries", "sdgs": "targets"}.get(facet)
    codes = {term["code"] for term in terms}
    if below:
        lower = [child for term in terms for child in term.get(below, [])]
        codes |= {child if isinstance(child, str) else child["code"] for child in lower}
    return frozenset(codes)


class TestEveryFile:
    @for_each(entry_files() + page_files(), named=name)
    def test_has_a_title_and_a_summary_that_fits_on_a_card(self, path: Path) -> None:
        data = read(path)
        assert data["title"].strip()
        assert data["summary"].strip()
        assert len(data["summary"]) <= SUMMARY_LIMIT
        assert "\n" not in data["summary"].strip()

    @for_each(entry_files() + page_files(), named=name)
    def test_is_named_after_a_language_of_the_site_and_has_an_original(self, path: Path) -> None:
        assert path.stem in LANGUAGES
        assert (path.parent / f"{ORIGINAL}.yaml").exists()
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.parent.name)

    @for_each(entry_files(), named=name)
    def test_has_every_text_of_its_kind(self, path: Path) -> None:
        folder = path.parts[-3]
        data = read(path)
        missing = [key for key in TEXTS[folder] if not str(data.get(key) or "").strip()]
        missing += [key for key in STRUCTURES[folder] if not data.get(key)]
        assert missing == []

    @for_each(entry_files(), named=name)
    def test_has_no_key_that_nobody_reads(self, path: Path) -> None:
        folder = path.parts[-3]
        allowed = {"title", "summary"} | TEXTS[folder] | STRUCTURES[folder]
        if path.stem == ORIGINAL:
            allowed |= ORIGINAL_ONLY | ORIGINAL_FACTS[folder]
        assert set(read(path)) - allowed == set()


class TestOriginal:
    @for_each(originals(), named=name)
    def test_names_kind_licence_source_and_dates(self, path: Path) -> None:
        data = read(path)
        assert data["kind"] in KINDS_BY_FOLDER[path.parts[-3]]
        assert data["kind"] in known("kinds")
        assert data["licence"]
        assert data["attribution"]
        assert data["published"] <= data["reviewed"]
        for source in data["sources"]:
            assert source["title"]
            assert source["url"].startswith(("https://", "http://"))

    @for_each(originals("case-studies"), named=name)
    def test_of_a_case_study_names_its_sources(self, path: Path) -> None:
        assert read(path)["sources"]

    @for_each(originals(), named=name)
    def test_is_classified_with_codes_that_exist(self, path: Path) -> None:
        classification = read(path)["classification"]
        assert set(classification) == CLASSIFICATION
        for facet in CLASSIFICATION - {"tags"}:
            codes = classification[facet]
            assert codes or facet == "roles", f"{facet} is empty"
            assert len(codes) == len(set(codes))
            assert all(isinstance(code, str) for code in codes)
            assert set(codes) - known(facet) == set()
        assert classification["tags"]


class TestFacets:
    """What is classified by nearly everything narrows nothing, and hides what is about a thing."""

    MOST = 0.75

    @pytest.mark.parametrize("facet", sorted(CLASSIFICATION | {"kind"}))
    def test_have_values_that_can_narrow(self, facet: str) -> None:
        works = [read(path) for path in originals()]
        having = Counter(value for work in works for value in self.values(work, facet))
        having.pop(EVERY_REGION, None)  # it is not ticked to narrow: others leave it out
        too_wide = {value: n for value, n in having.items() if n > self.MOST * len(works)}
        assert too_wide == {}

    def test_of_regions_say_what_holds_for_every_one_by_that_alone(self) -> None:
        for path in originals():
            codes = read(path)["classification"]["regions"]
            assert EVERY_REGION not in codes or codes == [EVERY_REGION], path
            assert len(codes) < 6 or not set(codes) >= known("regions") - countries(), path

    def values(self, work: dict[str, Any], facet: str) -> set[str]:
        """The values of a work with all that are wider."""
        codes = {work["kind"]} if facet == "kind" else set(work["classification"][facet])
        if facet == "regions":
            return codes | {r["code"] for r in vocabulary("regions.yaml")
                            if codes & set(r.get("countries", ()))}  # fmt: skip
        if facet in {"sdgs", "directions"}:
            return codes | {code.rpartition(".")[0] for code in codes} - {""}
        return codes


def countries() -> set[str]:
    return {code for r in vocabulary("regions.yaml") for code in r.get("countries", ())}


class TestAgreement:
    @for_each([p for p in entry_files() if p.parts[-3] == "agreements"], named=name)
    def test_declares_every_blank_once_and_uses_every_blank(self, path: Path) -> None:
        data = read(path)
        declared = [placeholder["code"] for placeholder in data["placeholders"]]
        used = {m for c in data["clauses"] for text in clause_texts(c) for m in markers(text)}
        assert len(declared) == len(set(declared))
        assert used == set(declared)
        for placeholder in data["placeholders"]:
            assert placeholder["type"] in PLACEHOLDER_TYPES
            assert placeholder["label"]
            assert placeholder["example"]

    @for_each([p for p in entry_files() if p.parts[-3] == "agreements"], named=name)
    def test_guides_through_every_clause(self, path: Path) -> None:
        clauses = read(path)["clauses"]
        codes = [clause["code"] for clause in clauses]
        assert len(codes) == len(set(codes))
        for clause in clauses:
            assert isinstance(clause["required"], bool)
            for key in ("heading", "text", "why", "watch_out"):
                assert clause[key].strip(), f"{clause['code']}.{key}"
            for variant in clause["variants"]:
                assert set(variant["partner_types"]) <= known("partner_types")
                assert variant["text"].strip()

    @for_each(originals("agreements"), named=name)
    def test_offers_variants_only_for_partners_under_which_it_is_found(self, path: Path) -> None:
        data = read(path)
        offered = {t for c in data["clauses"] for v in c["variants"] for t in v["partner_types"]}
        assert offered <= set(data["classification"]["partner_types"])

    @for_each(originals("agreements"), named=name)
    def test_covers_what_public_models_cover(self, path: Path) -> None:
        data = read(path)
        codes = {clause["code"] for clause in data["clauses"]}
        if data["kind"] == "mou":
            assert codes >= MEMORANDUM_POINTS
        else:
            assert {"parties", "purpose", "legal_status", "duration", "signature"} <= codes

    def test_for_an_organisation_in_africa_is_there(self) -> None:
        classification = read(COLLECTION / "agreements/library-ngo/en.yaml")["classification"]
        assert classification["regions"] == [EVERY_REGION]
        assert "ngos" in classification["partner_types"]


class TestCaseStudy:
    @for_each([p for p in entry_files() if p.parts[-3] == "case-studies"], named=name)
    def test_gives_evidence_for_every_claim_or_says_that_there_is_none(self, path: Path) -> None:
        for result in read(path)["results"]:
            assert set(result) == {"claim", "evidence"}
            assert result["claim"].strip()
            assert result["evidence"].strip()


class TestExercise:
    @for_each(originals("exercises"), named=name)
    def test_takes_ten_minutes(self, path: Path) -> None:
        steps = list_items(read(path)["steps"])
        minutes = [re.match(r"\*\*(\d+) minutes?\.\*\* ", step) for step in steps]
        assert all(minutes)
        assert sum(int(match.group(1)) for match in minutes if match) == 10

    @for_each([p for p in entry_files() if p.parts[-3] == "exercises"], named=name)
    def test_leaves_something_behind(self, path: Path) -> None:
        left = read(path)["leaves_behind"]
        assert left["kind"] in LEFT_BEHIND
        assert left["text"].strip()

    def test_has_a_number_of_its_own_in_its_series(self) -> None:
        numbers = [(read(p)["series"], read(p)["number"]) for p in originals("exercises")]
        assert len(numbers) == len(set(numbers))
        assert {series for series, _ in numbers} <= known("series")
        assert set(numbers) >= SEEDED_EXERCISES


class TestTemplate:
    @for_each([p for p in entry_files() if p.parts[-3] == "templates"], named=name)
    def test_has_a_sheet_to_fill_in(self, path: Path) -> None:
        sheet = read(path)["file"]
        assert sheet["title"].strip()
        assert len(sheet["sections"]) >= 2
        for section in sheet["sections"]:
            assert section["heading"].strip()
            assert section.get("text") or section.get("table")
            if "table" in section:
                table = section["table"]
                assert all(len(row) == len(table["columns"]) for row in table["rows"])
                assert table["rows"] or table["blank_rows"]


class TestTranslation:
    """Codes, order and structure stay; only the words change."""

    @for_each(translations(), named=name)
    def test_keeps_what_holds_in_every_language(self, path: Path) -> None:
        own, original = read(path), read(path.parent / f"{ORIGINAL}.yaml")
        facts = ORIGINAL_ONLY | ORIGINAL_FACTS.get(path.parts[-3], set())
        assert set(own) == set(original) - facts

    @for_each(translations(), named=name)
    def test_keeps_clauses_blanks_and_variants(self, path: Path) -> None:
        own, original = read(path), read(path.parent / f"{ORIGINAL}.yaml")

        def blanks(data: dict[str, Any]) -> list[tuple[str, str]]:
            return [(p["code"], p["type"]) for p in data.get("placeholders", [])]

        def skeleton(data: dict[str, Any]) -> list[tuple[Any, ...]]:
            return [
                (
                    clause["code"],
                    clause["required"],
                    [variant["partner_types"] for variant in clause["variants"]],
                    [markers(text) for text in clause_texts(clause)],
                )
                for clause in data.get("clauses", [])
            ]

        assert blanks(own) == blanks(original)
        assert skeleton(own) == skeleton(original)

    @for_each(translations(), named=name)
    def test_keeps_steps_results_doors_and_sheets(self, path: Path) -> None:
        own, original = read(path), read(path.parent / f"{ORIGINAL}.yaml")

        def shape(data: dict[str, Any]) -> dict[str, Any]:
            return {
                "steps": len(list_items(data.get("steps", ""))),
                "results": len(data.get("results", [])),
                "doors": [door["code"] for door in data.get("doors", [])],
                "left": data.get("leaves_behind", {}).get("kind"),
                "sheet": [
                    (
                        len(section.get("table", {}).get("columns", [])),
                        len(section.get("table", {}).get("rows", [])),
                        section.get("table", {}).get("blank_rows"),
                    )
                    for section in data.get("file", {}).get("sections", [])
                ],
            }

        assert shape(own) == shape(original)


class TestCharts:
    """A chart's numbers stand in the original alone; its words in every language."""

    @staticmethod
    def with_charts() -> list[Path]:
        return [path for path in page_files() if "charts" in read(path)]

    def test_draw_the_survey(self) -> None:
        assert COLLECTION / "pages/survey-2013/en.yaml" in self.with_charts()

    def test_say_all_that_a_reader_needs(self) -> None:
        for path in self.with_charts():
            for chart in read(path)["charts"]:
                for key in ("code", "title", "column", "unit", "note"):
                    assert chart[key].strip(), f"{name(path)}: {key}"
                assert all(row["label"].strip() for row in chart["rows"])

    def test_stand_in_the_body_once_each_and_in_the_same_order(self) -> None:
        for path in self.with_charts():
            original = read(path.parent / f"{ORIGINAL}.yaml")
            codes = [chart["code"] for chart in original["charts"]]
            named = re.findall(r"^\{chart:([\w-]+)\}$", read(path)["body"], flags=re.MULTILINE)
            assert named == codes == [chart["code"] for chart in read(path)["charts"]]

    def test_have_numbers_in_the_original_alone(self) -> None:
        for path in self.with_charts():
            original = read(path.parent / f"{ORIGINAL}.yaml")
            for chart, first in zip(read(path)["charts"], original["charts"], strict=True):
                assert len(chart["rows"]) == len(first["rows"])
                assert (chart["unit"] == "%") == (first["unit"] == "%")
                keys = {key for row in chart["rows"] for key in row} | set(chart)
                assert ({"n", "value"} & keys == set()) == (path.stem != ORIGINAL), name(path)

    def test_add_up_to_their_n(self) -> None:
        """As the report of the survey gives them: 126 answers, 68 mentions, 300 people."""
        charts = read(COLLECTION / "pages/survey-2013/en.yaml")["charts"]
        sums = {
            chart["code"]: (sum(row["value"] for row in chart["rows"]), chart["n"])
            for chart in charts
            if chart["unit"] != "%"
        }
        assert sums == {
            "questionnaires": (300, 300),
            "countries": (300, 300),
            "best-partners": (126, 126),
            "examples": (68, 68),
        }


class TestPages:
    def test_are_all_there(self) -> None:
        slugs = {path.parent.name for path in page_files()}
        assert slugs >= {
            "home",
            "about",
            "how-to-contribute",
            "privacy",
            "accessibility",
            "licence",
            "section-agreements",
            "section-case-studies",
            "section-exercises",
            "section-guidelines",
        }

    @for_each([p for p in page_files() if p.parts[-2] != "home"], named=name)
    def test_have_a_body(self, path: Path) -> None:
        assert read(path)["body"].strip()

    def test_lead_from_home_through_four_doors(self) -> None:
        home = read(COLLECTION / "pages/home/en.yaml")
        doors = [door["code"] for door in home["doors"]]
        assert doors == ["agreements", "case-studies", "exercises", "guidelines"]
        for door in home["doors"]:
            assert door["title"]
            assert door["text"]
            assert door["link_label"]
