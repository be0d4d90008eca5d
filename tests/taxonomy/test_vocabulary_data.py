"""The vocabularies' data files, read as they are: complete, in the right script, consistent."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from babel import Locale
from django.utils.text import slugify

from search.text.terms import is_stop_word
from tests.rules import for_each, read_yaml
from toolkit.core.folding import fold
from toolkit.taxonomy.terms import EVERY_REGION

DATA = Path(__file__).resolve().parents[2] / "toolkit" / "taxonomy" / "data"
COLLECTION = DATA.parents[1] / "starter" / "collection"
LANGUAGES = ["ar", "de", "en", "es", "fr", "ru", "zh"]
SCRIPTS = {"ar": "ARABIC", "ru": "CYRILLIC", "zh": "CJK"}
DIVISIONS = {
    "asia-oceania",
    "europe",
    "latin-america-and-the-caribbean",
    "middle-east-and-north-africa",
    "north-america",
    "sub-saharan-africa",
}
#: The 193 members of the United Nations (their codes in ISO 3166-1 alpha-2).
UNITED_NATIONS_CODES = """
    ad ae af ag al am ao ar at au az ba bb bd be bf bg bh bi bj bn bo br bs bt bw by bz ca cd cf cg
    ch ci cl cm cn co cr cu cv cy cz de dj dk dm do dz ec ee eg er es et fi fj fm fr ga gb gd ge gh
    gm gn gq gr gt gw gy hn hr ht hu id ie il in iq ir is it jm jo jp ke kg kh ki km kn kp kr kw kz
    la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mr mt mu mv mw mx my mz na ne ng
    ni nl no np nr nz om pa pe pg ph pk pl pt pw py qa ro rs ru rw sa sb sc sd se sg si sk sl sm sn
    so sr ss st sv sy sz td tg th tj tl tm tn to tr tt tv tz ua ug us uy uz vc ve vn vu ws ye za
    zm zw
"""
#: The targets that the field's own writing on the 2030 Agenda cites.
CITED_TARGETS = """
    1.4 2.3 2.c 3.7 3.8 4.3 4.4 4.5 4.6 4.7 5.5 5.b 8.3 9.1 9.5 9.c 10.2 11.3 11.4 12.8 13.3 16.6
    16.7 16.10 17.6 17.8 17.9 17.16 17.17 17.18
"""
#: Words that nearly every entry of the collection is about: the name of no term.
TOO_GENERAL = {
    "ar": "مكتبة مكتبات شريك شركاء شراكة تعاون معلومات تنمية نشاط",
    "de": "Bibliothek Bibliotheken Partner Partnerschaft Zusammenarbeit Information Entwicklung",
    "en": """
        library libraries librarian partner partners partnership collaboration cooperation
        information development access activity experience provider call
    """,
    "es": """
        biblioteca bibliotecas socio socios alianza colaboración cooperación información
        desarrollo acceso actividad experiencia investigación
    """,
    "fr": """
        bibliothèque bibliothèques partenaire partenaires partenariat collaboration coopération
        information développement accès activité expérience recherche
    """,
    "ru": """
        библиотека библиотеки партнёр партнёры партнёрство сотрудничество информация развитие
        доступ опыт фонд
    """,
    "zh": "图书馆 伙伴 合作 合作伙伴 信息 发展 获取 活动 保存",
}
#: In Chinese, Russian and Arabic, too, some names are typed in Latin letters: NGO, PR, Wi-Fi.
ACRONYM = re.compile(r"[A-Z][A-Za-z-]{1,5}")
#: A target's code stays as it is in every script: الغاية 5.b.
CODE = re.compile(r"\d+(\.[a-d\d]+)?")


def read(name: str) -> list[dict[str, Any]]:
    """The list in one data file."""
    return read_yaml(DATA / f"{name}.yaml")


class Named(NamedTuple):
    """A term as it stands in a file: where, its code, its keys."""

    file: str
    code: str
    term: dict[str, Any]


def terms() -> Iterator[Named]:
    """Every term of every file, the nested ones with the code that the loader gives them."""
    for name in ("kinds", "partner_types", "regions", "roles", "series", "tags"):
        for term in read(name):
            yield Named(name, term["code"], term)
    for goal in read("sdgs"):
        yield Named("sdgs", goal["code"], goal)
        for target in goal.get("targets", []):
            yield Named("sdgs", target["code"], target)
    for strategy in read("strategies"):
        yield Named("strategies", strategy["code"], strategy)
        for part in directions(strategy):
            yield Named("strategies", f"{strategy['code']}.{part['number']}", part)


def directions(strategy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An edition's directions, each followed by its key initiatives."""
    for direction in strategy["directions"]:
        yield direction
        yield from direction.get("initiatives", [])


def names(term: dict[str, Any]) -> list[tuple[str, str]]:
    """What else a term is called: pairs of a language and a name."""
    return [
        (language, name)
        for language, given in term.get("also_known_as", {}).items()
        for name in given
    ]


def called(term: dict[str, Any]) -> set[str]:
    """All that a term is found under, as searching compares it: its labels and other names."""
    return {fold(name) for name in (*term["label"].values(), *(n for _, n in names(term)))}


def term_of(file: str, name: str) -> list[str]:
    """The codes of a vocabulary's terms that have that name."""
    return [
        named.code for named in TERMS if named.file == file and fold(name) in called(named.term)
    ]


TERMS = list(terms())
every_term = for_each(TERMS, named=lambda named: f"{named.file}:{named.code}")


def texts(term: dict[str, Any], language: str) -> list[str]:
    return [term[key][language] for key in ("label", "scope_note") if key in term]


class TestEveryTerm:
    @every_term
    def test_has_a_code_that_can_stand_in_an_address(self, named: Named) -> None:
        assert isinstance(named.code, str)
        assert re.fullmatch(r"[a-z0-9.-]+", named.code)
        assert len(named.code) <= 60

    @every_term
    def test_has_a_label_in_all_seven_languages(self, named: Named) -> None:
        assert list(named.term["label"]) == LANGUAGES
        for language, label in named.term["label"].items():
            assert isinstance(label, str), language
            assert label, language
            assert label == label.strip(), language
            assert len(label) <= 250, language
            assert not label.endswith((".", "。", "؛", "،")), language

    @every_term
    def test_has_its_scope_note_in_all_languages_or_in_none(self, named: Named) -> None:
        if "scope_note" not in named.term:
            assert named.file in {"strategies", "sdgs", "tags"}
            assert named.code not in {strategy["code"] for strategy in read("strategies")}
            return
        assert list(named.term["scope_note"]) == LANGUAGES
        for language, note in named.term["scope_note"].items():
            assert note, language
            assert note == note.strip(), language
            assert note.endswith("。" if language == "zh" else "."), language

    @every_term
    def test_is_written_in_the_script_of_each_language(self, named: Named) -> None:
        for language in LANGUAGES:
            script = SCRIPTS.get(language, "LATIN")
            for text in texts(named.term, language):
                letters = [sign for sign in text if sign.isalpha()]
                own = [sign for sign in letters if unicodedata.name(sign).startswith(script)]
                share = 1.0 if script == "LATIN" else 0.6  # names such as PAC stay in Latin
                assert len(own) >= share * len(letters) > 0, (language, text)

    @every_term
    def test_uses_the_punctuation_of_each_language(self, named: Named) -> None:
        for text in texts(named.term, "ar"):
            assert not re.search(r"[,;?]", text), text
        for text in texts(named.term, "zh"):
            assert not re.search(r"[,;:?!()]|\.(?!\w)", text), text
        for text in texts(named.term, "fr"):
            assert not re.search(r"(?:^|[^\u00a0\u202f])[:;!?»]|«[^\u00a0\u202f]", text), text
            assert "'" not in text, text
        for text in texts(named.term, "en"):
            assert "'" not in text, text

    @every_term
    def test_has_other_names_for_languages_in_their_order(self, named: Named) -> None:
        given = named.term.get("also_known_as", {})
        assert isinstance(given, dict)
        assert list(given) == [language for language in LANGUAGES if language in given]
        assert all(isinstance(named_so, list) and named_so for named_so in given.values())

    @every_term
    def test_has_other_names_that_are_strings_said_once(self, named: Named) -> None:
        assert all(
            isinstance(name, str) and name and name == name.strip() for _, name in names(named.term)
        )
        said = Counter((language, fold(name)) for language, name in names(named.term))
        said.update((language, fold(label)) for language, label in named.term["label"].items())
        assert not [name for name, times in said.items() if times > 1]

    @every_term
    def test_has_other_names_in_the_script_of_their_language(self, named: Named) -> None:
        for language, name in names(named.term):
            script = SCRIPTS.get(language, "LATIN")
            letters = [sign for sign in CODE.sub("", name) if sign.isalpha()]
            own = all(unicodedata.name(sign).startswith(script) for sign in letters)
            assert own or ACRONYM.fullmatch(name), (language, name)

    @every_term
    def test_has_no_name_so_general_that_it_finds_nearly_everything(self, named: Named) -> None:
        general = {fold(word) for words in TOO_GENERAL.values() for word in words.split()}
        assert not [name for _, name in names(named.term) if fold(name) in general]

    @every_term
    def test_has_no_name_that_is_a_function_word_of_any_language(self, named: Named) -> None:
        """Names count in every language: “UN” is a French article, “war” a German verb."""
        for _, name in names(named.term):
            assert not [language for language in LANGUAGES if is_stop_word(name, language)], name

    @for_each(sorted({file for file, _code, _term in TERMS}))
    def test_has_a_code_of_its_own_within_its_vocabulary(self, name: str) -> None:
        codes = Counter(code for file, code, _term in TERMS if file == name)
        assert not [code for code, times in codes.items() if times > 1]

    @for_each(sorted({file for file, _code, _term in TERMS}))
    def test_shares_its_label_with_no_other_in_its_vocabulary(self, name: str) -> None:
        for language in LANGUAGES:
            labels = Counter(
                term["label"][language]
                for file, _code, term in TERMS
                if file == name and "number" not in term
            )
            assert not [label for label, times in labels.items() if times > 1], language

    @for_each(sorted({file for file, _code, _term in TERMS}))
    def test_shares_no_name_with_another_in_its_vocabulary(self, name: str) -> None:
        """Nor is a name the label of another, in any language."""
        bearers: dict[str, set[str]] = {}
        for file, code, term in TERMS:
            if file == name:
                for text in called(term):
                    bearers.setdefault(text, set()).add(code)
        assert not {text: codes for text, codes in bearers.items() if len(codes) > 1}


class TestTags:
    def test_have_the_address_that_their_name_gives(self) -> None:
        for tag in read("tags"):
            assert tag["code"] == slugify(tag["label"]["en"])
            assert len(tag["label"]["en"]) <= 100

    def test_are_exactly_those_of_the_collection(self) -> None:
        used = {
            name
            for path in COLLECTION.glob("*/*/en.yaml")
            for name in read_yaml(path).get("classification", {}).get("tags", [])
        }
        assert used
        assert {tag["label"]["en"] for tag in read("tags")} == used

    @for_each(
        [
            ("lobby", "advocacy"),
            ("Lobbyarbeit", "advocacy"),
            ("cabildeo", "advocacy"),
            ("лоббирование", "advocacy"),
            ("游说", "advocacy"),
            ("كسب التأييد", "advocacy"),
            ("thank-you letter", "thanks"),
            ("感谢信", "thanks"),
            ("Protokoll", "meetings"),
            ("compte rendu", "meetings"),
            ("محضر", "meetings"),
            ("newspaper", "media"),
            ("prensa", "media"),
        ]
    )
    def test_are_found_under_what_readers_type(self, pair: tuple[str, str]) -> None:
        name, tag = pair
        assert term_of("tags", name) == [tag]


class TestKinds:
    def test_are_the_kinds_of_entry_now_and_later(self) -> None:
        assert [kind["code"] for kind in read("kinds")] == [
            "mou",
            "letter-of-intent",
            "template",
            "case-study",
            "exercise",
            "guideline",
            "training",
            "opportunity",
            "news",
            "story",
        ]

    @for_each(
        [
            "MOU",
            "MoU",
            "memorandum of understanding",
            "protocole d'accord",
            "protocole d’accord",
            "memorando de entendimiento",
            "convenio",
            "меморандум",
            "меморандум о взаимопонимании",
            "مذكرة تفاهم",
            "谅解备忘录",
            "Kooperationsvereinbarung",
            "agreement",
            "partnership agreement",
        ]
    )
    def test_find_the_memorandum_under_its_names_in_every_language(self, name: str) -> None:
        assert term_of("kinds", name) == ["mou"]

    @for_each(
        [
            "Absichtserklärung",
            "letter of intent",
            "意向书",
            "carta de intención",
            "lettre d'intention",
            "письмо о намерениях",
            "خطاب نوايا",
        ]
    )
    def test_tell_a_letter_of_intent_from_a_memorandum(self, name: str) -> None:
        assert term_of("kinds", name) == ["letter-of-intent"]


def divisions() -> list[dict[str, Any]]:
    return [region for region in read("regions") if region["code"] != EVERY_REGION]


class TestRegions:
    def test_are_the_six_divisions_of_the_field_and_what_holds_for_all(self) -> None:
        codes = [region["code"] for region in read("regions")]
        assert set(codes) == {*DIVISIONS, EVERY_REGION}
        assert codes[-1] == EVERY_REGION

    def test_hold_only_countries_that_cldr_can_name_in_all_languages(self) -> None:
        for language in LANGUAGES:
            known = Locale.parse(language).territories
            for region in divisions():
                for country in region["countries"]:
                    assert isinstance(country, str), (region["code"], country)
                    assert re.fullmatch("[a-z]{2}", country)
                    assert known.get(country.upper()), (language, country)

    def test_hold_every_country_exactly_once(self) -> None:
        countries = Counter(code for region in divisions() for code in region["countries"])
        assert not [code for code, times in countries.items() if times > 1]
        members = UNITED_NATIONS_CODES.split()
        assert len(members) == 193
        beside = {"hk", "mo", "ps", "tw", "va", "xk"}
        assert not {*members, *beside} - set(countries)

    def test_list_their_countries_in_order(self) -> None:
        for region in divisions():
            assert region["countries"] == sorted(region["countries"]), region["code"]

    @pytest.mark.parametrize(
        ("country", "division"),
        [
            ("ke", "sub-saharan-africa"),
            ("eg", "middle-east-and-north-africa"),
            ("no", "europe"),
            ("mx", "latin-america-and-the-caribbean"),
            ("us", "north-america"),
            ("fm", "asia-oceania"),
        ],
    )
    def test_place_a_country_in_its_division(self, country: str, division: str) -> None:
        assert [r["code"] for r in divisions() if country in r["countries"]] == [division]

    @for_each(
        [
            ("Africa", "sub-saharan-africa"),
            ("Afrika", "sub-saharan-africa"),
            ("非洲", "sub-saharan-africa"),
            ("North Africa", "middle-east-and-north-africa"),
            ("Maghreb", "middle-east-and-north-africa"),
            ("العالم العربي", "middle-east-and-north-africa"),
            ("Ближний Восток", "middle-east-and-north-africa"),
            ("Latinoamérica", "latin-america-and-the-caribbean"),
            ("Caraïbes", "latin-america-and-the-caribbean"),
            ("Asia-Pacific", "asia-oceania"),
        ]
    )
    def test_are_found_under_what_their_parts_are_called(self, pair: tuple[str, str]) -> None:
        name, division = pair
        assert term_of("regions", name) == [division]


class TestPartnerTypes:
    def test_are_the_ten_of_the_survey(self) -> None:
        assert [partner["code"] for partner in read("partner_types")] == [
            "other-libraries",
            "library-associations",
            "ngos",
            "government",
            "business",
            "science-education",
            "media",
            "friends-of-libraries",
            "international-organisations",
            "other",
        ]

    @for_each(read("partner_types"), named=lambda partner: partner["code"])
    def test_have_other_names_in_every_language(self, partner: dict[str, Any]) -> None:
        assert list(partner["also_known_as"]) == LANGUAGES

    @for_each(
        [
            ("minister", "government"),
            ("ministère", "government"),
            ("وزارة", "government"),
            ("部长", "government"),
            ("Zeitung", "media"),
            ("газета", "media"),
            ("escuela", "science-education"),
            ("大学", "science-education"),
            ("Firma", "business"),
            ("شركة", "business"),
            ("asociación", "library-associations"),
            ("协会", "library-associations"),
            ("NGO", "ngos"),
            ("НКО", "ngos"),
            ("volunteer", "friends-of-libraries"),
            ("联合国", "international-organisations"),
        ]
    )
    def test_are_found_under_what_readers_type(self, pair: tuple[str, str]) -> None:
        name, partner = pair
        assert term_of("partner_types", name) == [partner]


class TestRolesAndSeries:
    def test_the_roles_are_the_six(self) -> None:
        assert [role["code"] for role in read("roles")] == [
            "protectors",
            "providers",
            "empowerers",
            "portals",
            "partners",
            "platforms",
        ]

    def test_each_series_has_a_hashtag_of_its_own(self) -> None:
        assert {series["code"]: series["hashtag"] for series in read("series")} == {
            "international-librarian": "#10MinuteInternationalLibrarian",
            "library-advocate": "#EveryLibrarianAnAdvocate",
        }


class TestStrategies:
    def test_are_the_four_editions_with_their_years(self) -> None:
        assert [(s["code"], s["starts"], s["ends"]) for s in read("strategies")] == [
            ("2010-15", 2010, 2015),
            ("2015-21", 2015, 2021),
            ("2019-24", 2019, 2024),
            ("2024-29", 2024, 2029),
        ]

    @for_each(read("strategies"), named=lambda strategy: strategy["code"])
    def test_number_their_parts_with_strings_that_are_unique(
        self, strategy: dict[str, Any]
    ) -> None:
        numbers = [part["number"] for part in directions(strategy)]
        assert all(isinstance(number, str) and len(number) <= 12 for number in numbers)
        assert len(numbers) == len(set(numbers))

    @for_each(read("strategies"), named=lambda strategy: strategy["code"])
    def test_number_a_key_initiative_within_its_direction(self, strategy: dict[str, Any]) -> None:
        for direction in strategy["directions"]:
            for order, initiative in enumerate(direction.get("initiatives", []), start=1):
                assert initiative["number"] == f"{direction['number']}.{order}"

    def test_of_2019_have_four_directions_of_four_key_initiatives(self) -> None:
        strategy = next(s for s in read("strategies") if s["code"] == "2019-24")
        assert [len(direction["initiatives"]) for direction in strategy["directions"]] == [4] * 4

    @for_each(
        [
            "Support virtual networking and connections",
            "Support Virtual Networking and Collections",
        ]
    )
    def test_lead_both_wordings_of_a_key_initiative_to_it(self, wording: str) -> None:
        found = [
            named.code
            for named in TERMS
            if named.file == "strategies"
            and (wording == named.term["label"]["en"] or ("en", wording) in names(named.term))
        ]
        assert found == ["2019-24.3.2"]


class TestDirectionMappings:
    def test_join_directions_that_exist_in_different_editions(self) -> None:
        editions = {
            f"{strategy['code']}.{part['number']}": strategy["starts"]
            for strategy in read("strategies")
            for part in directions(strategy)
        }
        for mapping in read("direction_mappings"):
            assert set(mapping) == {"from", "to", "relation"}
            assert mapping["relation"] in {"exact", "close"}
            assert editions[mapping["from"]] > editions[mapping["to"]], mapping

    def test_say_each_pair_once(self) -> None:
        pairs = Counter(frozenset((m["from"], m["to"])) for m in read("direction_mappings"))
        assert not [pair for pair, times in pairs.items() if times > 1]


class TestSdgs:
    def test_are_the_seventeen_goals_in_order(self) -> None:
        assert [goal["code"] for goal in read("sdgs")] == [str(n) for n in range(1, 18)]

    def test_have_a_scope_note_for_each_goal(self) -> None:
        assert all("scope_note" in goal for goal in read("sdgs"))

    def test_hold_targets_under_their_own_goal(self) -> None:
        for goal in read("sdgs"):
            for target in goal.get("targets", []):
                assert isinstance(target["code"], str)
                assert re.fullmatch(rf"{goal['code']}\.(\d{{1,2}}|[a-d])", target["code"])

    def test_hold_the_targets_that_libraries_cite(self) -> None:
        held = {target["code"] for goal in read("sdgs") for target in goal.get("targets", [])}
        assert set(CITED_TARGETS.split()) <= held

    def test_find_a_lettered_target_without_its_point(self) -> None:
        for named in TERMS:
            if named.file == "sdgs" and named.code[-1].isalpha():
                bare = named.code.replace(".", "")
                assert {bare, f"sdg {bare}"} <= called(named.term), named.code

    def test_find_a_goal_by_its_number_in_every_language(self) -> None:
        for goal in read("sdgs"):
            number = goal["code"]
            for language, forms in {
                "ar": ["الهدف {}"],
                "de": ["SDG {}", "SDG{}", "Ziel {}"],
                "en": ["SDG {}", "SDG{}", "Goal {}"],
                "es": ["ODS {}", "ODS{}"],
                "fr": ["ODD {}", "ODD{}"],
                "ru": ["ЦУР {}", "ЦУР{}"],
                "zh": ["目标{}", "可持续发展目标{}"],
            }.items():
                wanted = {form.format(number) for form in forms}
                assert wanted <= set(goal["also_known_as"][language]), (number, language)
