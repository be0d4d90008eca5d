"""What a reader begins to name."""

from __future__ import annotations

import pytest

from search.beginnings import Begun, beginnings
from search.names import NAMED_FACETS
from tests.search.test_names import TERMS
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

GHANA = TermValue("gh", {"en": "Ghana", "ar": "غانا", "zh": "加纳"}, parent="ssa")
OTHER_TERMS = {
    **TERMS,
    "region": [*TERMS["region"], GHANA],
    "direction": [TermValue("2.1", {"en": "Ghana and its libraries"}, number="2.1")],
}
KEPT = {facet: Vocabulary(OTHER_TERMS.get(facet, [])) for facet in NAMED_FACETS}
EVERYTHING = {facet: dict.fromkeys(KEPT[facet].terms, 2) for facet in NAMED_FACETS}


@pytest.mark.parametrize(
    ("language", "typed", "rest", "values"),
    [
        ("en", "gha", "", ["gh"]),
        ("en", "mou Gha", "mou", ["gh"]),
        ("en", "books in gha", "books", ["gh"]),  # without what leads up to the name
        ("en", "gha books", "", []),  # the end is what is being typed
        ("en", "g", "", []),
        ("ar", "غان", "", ["gh"]),
        ("fr", "gha", "", ["gh"]),  # its label is the English one
        ("zh", "加", "", ["gh"]),
        ("zh", "图书馆加纳", "图书馆", ["gh"]),
        ("ar", "ghan", "", []),  # names of other languages as a whole
        ("ar", "ghana", "", ["gh"]),
        ("en", "afr", "", ["ssa", "mena"]),  # what begins so, then what has a word that does
        ("en", "north afr", "", ["mena"]),
        ("en", "sub-saharan a", "", ["ssa"]),
        ("en", "memorandum of u", "", ["mou"]),
        ("en", "memorandum u", "", ["mou"]),
        ("en", "of", "", []),
        ("en", "ngo", "", ["ngos"]),
        ("de", "ong", "", ["ngos"]),
        ("fr", "protocole d", "", ["mou"]),
        ("fr", "protocole d'", "", ["mou"]),
        ("fr", "un protocole d’acc", "", ["mou"]),
        ("fr", "modèle d'ong", "modèle", ["ngos"]),
        ("en", "16.1", "", ["16.10"]),
        ("en", "sdg 4", "", ["4"]),
        ("en", "agree", "", ["agreement"]),
        ("en", '"gha', "", []),  # a quotation is to be found as it stands
        ("en", '"gha"', "", []),
        ("en", "books -gha", "", []),
        ("en", '"memorandum of" gha', '"memorandum of"', ["gh"]),
        ("en", "one two three four five six seven eight gha", "", []),
        ("en", "", "", []),
    ],
)
def test_the_last_words_begin_to_name_terms(
    language: str, typed: str, rest: str, values: list[str]
) -> None:
    begun = beginnings(KEPT, language)(typed, EVERYTHING)
    assert (begun.rest, [value for _facet, value in begun.values]) == (rest, values)


def test_what_no_entry_has_is_not_named_but_for_places() -> None:
    find = beginnings(KEPT, "en")
    assert find("ngo", {}) == Begun()
    assert find("agree", {"tag": {"agreement": 0}}) == Begun()
    assert find("gha", {}).values == (("region", "gh"),)
    # What has entries first, and no place that is only called by a word within its name
    assert find("afr", {"region": {"mena": 1}}).values == (("region", "mena"), ("region", "ssa"))
    assert find("afr", {}).values == (("region", "ssa"),)
