"""What a reader's words are names of."""

from __future__ import annotations

import pytest

from search.names import NAMED_FACETS, Names
from search.text.queries import parse_query
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

NGOS = TermValue(
    "ngos",
    {
        "en": "NGOs",
        "de": "Nichtregierungsorganisationen",
        "fr": "Organisations non gouvernementales",
    },
    also_known_as={
        "en": ("NGO", "non-governmental organisation"),
        "es": ("ONG",),
        "ru": ("НКО",),
    },
)
ASSOCIATIONS = TermValue(
    "library-associations",
    {"en": "Library associations", "zh": "图书馆协会"},
    also_known_as={"en": ("association",), "de": ("Verband",)},
)
MOU = TermValue(
    "mou",
    {"en": "Memorandum of understanding", "fr": "Protocole d’accord"},
    also_known_as={"en": ("MOU",), "es": ("convenio",), "zh": ("协议",)},
)
GOAL = TermValue("4", {"en": "Quality education"}, number="4", also_known_as={"en": ("SDG 4",)})
TARGET = TermValue("16.10", {"en": "Access to information"}, number="16.10", parent="16")
OTHER = TermValue("other", {"en": "Other"})
AGREEMENT = TermValue("agreement", {"en": "agreement", "zh": "协议"})
NORTH_AFRICA = TermValue("mena", {"en": "Middle East and North Africa"})
AFRICA = TermValue("ssa", {"en": "Sub-Saharan Africa"}, also_known_as={"en": ("Africa",)})


TERMS = {
    "kind": [MOU],
    "partner": [NGOS, ASSOCIATIONS, OTHER],
    "sdg": [GOAL, TARGET],
    "tag": [AGREEMENT],
    "region": [NORTH_AFRICA, AFRICA],
}


@pytest.fixture(scope="module")
def names() -> Names:
    return Names({facet: Vocabulary(TERMS.get(facet, [])) for facet in NAMED_FACETS})


@pytest.mark.parametrize(
    ("language", "asked", "wanted"),
    [
        ("en", "ngo mou", ["ngos", "mou"]),
        ("en", "mou with an NGO", ["mou", "ngos"]),
        ("en", "memorandum of understanding", ["mou"]),  # stop words stand between
        ("en", "understanding a memorandum", []),
        ("en", "library association", ["library-associations"]),  # by its stem, and the longest
        ("en", "associations", ["library-associations"]),
        ("es", "convenio con ong", ["mou", "ngos"]),
        ("es", "convenios", ["mou"]),
        ("de", "convenios", []),  # by its stem in its own language alone
        ("de", "convenio", ["mou"]),  # as it is written in every one
        ("ru", "меморандум с НКО", ["ngos"]),
        ("fr", "protocole d’accord", ["mou"]),
        ("fr", "protocole d'accord ong", ["mou", "ngos"]),
        ("zh", "合作协议", ["mou agreement"]),
        ("zh", "图书馆协会", ["library-associations"]),
        ("en", "sdg 4", ["4"]),
        ("en", "4 libraries", []),
        ("en", "goal 16.10", ["16.10"]),
        ("en", "in other words", []),  # a stop word names nothing beside others
        ("en", "north africa", ["ssa"]),
        ("en", "Sub-Saharan Africa", ["ssa"]),
        ("en", "sub saharan africa", ["ssa"]),
        ("en", "middle east and north africa", ["mena"]),
        ("en", '"ngo" -mou', []),  # a phrase is to be found as it stands
        ("en", "", []),
    ],
)
def test_names(names: Names, language: str, asked: str, wanted: list[str]) -> None:
    found = names(parse_query(asked), language)
    assert [" ".join(code for _facet, code in name.values) for name in found] == wanted


def test_a_name_carries_its_words_and_the_labels_of_the_reader(names: Names) -> None:
    (found,) = names(parse_query("NGOs"), "de")
    assert found.words == ("ngos",)
    assert found.values == (("partner", "ngos"),)
    assert found.labels == ("Nichtregierungsorganisationen",)


def test_a_region_is_named_with_what_holds_for_every_one_and_a_country_without() -> None:
    every = TermValue("every-region", {"en": "Every region"})
    kenya = TermValue("ke", {"en": "Kenya"}, parent="ssa")
    terms = {"region": [NORTH_AFRICA, AFRICA, kenya, every], "partner": [NGOS]}
    names = Names({facet: Vocabulary(terms.get(facet, [])) for facet in NAMED_FACETS})
    asked = {text: names(parse_query(text), "en")[0] for text in ("africa", "kenya", "ngo")}
    assert asked["africa"].values == (("region", "ssa"),)
    assert asked["africa"].general == (("region", "every-region"),)
    assert asked["africa"].labels == ("Sub-Saharan Africa",)
    assert asked["kenya"].general == asked["ngo"].general == ()
    (itself,) = names(parse_query("every region"), "en")
    assert (itself.values, itself.general) == ((("region", "every-region"),), ())
