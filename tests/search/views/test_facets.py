"""What the facets of an answer look like to one reader."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search.engines.base import SearchPage
from search.requests import FACET_NAMES, SearchRequest
from search.text.reading import Named
from search.views.facets import (
    FacetGroup,
    chips,
    drops,
    facet_groups,
    folded,
    known_values,
    offers,
    read_request,
)
from tests.factories.pages import KindFactory, RegionFactory
from tests.search.engines.collection import make_terms
from toolkit.taxonomy.facets import canonical
from toolkit.taxonomy.terms import EntryTag
from toolkit.taxonomy.vocabularies import vocabularies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def terms() -> None:
    make_terms()
    KindFactory(code="mou", label_en="Memorandum")


def page(**counts: dict[str, int]) -> SearchPage:
    return SearchPage(total=9, hits=(), counts=counts)


def group(name: str, answer: SearchPage, asked: SearchRequest | None = None) -> FacetGroup:
    asked = asked or SearchRequest(language="en")
    groups = facet_groups(answer, asked, vocabularies(), names=[name])
    assert len(groups) == 1
    return groups[0]


def labels(found: FacetGroup) -> list[str]:
    return [value.label for value in found.walk()]


class TestFacetGroups:
    def test_come_in_the_order_of_the_parameters(self) -> None:
        answer = page(tag={}, role={"partners": 1}, region={"ke": 2}, kind={"mou": 3})
        groups = facet_groups(answer, SearchRequest(language="en"), vocabularies())
        assert [found.name for found in groups] == ["kind", "region", "role"]

    def test_leave_out_values_without_entries(self) -> None:
        found = group("region", page(region={"sub-saharan-africa": 2, "ng": 2, "ke": 0}))
        assert labels(found) == ["Sub-Saharan Africa", "Nigeria"]

    def test_keep_a_selected_value_at_zero(self) -> None:
        asked = SearchRequest(language="en", selected={"region": ("zw",)})
        found = group("region", page(region={"sub-saharan-africa": 2, "ng": 2}), asked)
        zimbabwe = found.selected[0]
        assert (zimbabwe.label, zimbabwe.count, zimbabwe.selected) == ("Zimbabwe", 0, True)

    def test_show_a_selected_value_alone_when_nothing_else_is_left(self) -> None:
        asked = SearchRequest(language="en", selected={"region": ("zw",)})
        assert labels(group("region", page(), asked)) == ["Zimbabwe"]

    def test_ignore_values_that_are_in_no_vocabulary(self) -> None:
        found = group("region", page(region={"europe": 1, "atlantis": 5}))
        assert labels(found) == ["Europe"]

    def test_nest_countries_in_their_regions_by_name(self) -> None:
        counts = {"sub-saharan-africa": 4, "zw": 1, "ng": 2, "ke": 3, "europe": 1, "de": 1}
        found = group("region", page(region=counts))
        africa, europe = found.sections[0].values
        assert [child.label for child in africa.children] == ["Kenya", "Nigeria", "Zimbabwe"]
        assert [child.label for child in europe.children] == ["Germany"]
        assert africa.children[0].parent == "sub-saharan-africa"
        assert not found.is_long

    def test_group_directions_by_edition_the_newest_first(self) -> None:
        counts = {"2015-21.2": 1, "2019-24.3": 2, "2019-24.3.2": 2}
        found = group("direction", page(direction=counts))
        assert [section.title for section in found.sections] == [
            "Strategy 2019–2024",
            "Plan 2015–2021",
        ]
        direction = found.sections[0].values[0]
        assert (direction.number, direction.label) == ("3", "Connect the field")
        assert [child.number for child in direction.children] == ["3.2"]

    def test_nest_targets_in_goals(self) -> None:
        found = group("sdg", page(sdg={"16": 1, "16.10": 1}))
        assert [value.number for value in found.walk()] == ["16", "16.10"]
        assert found.sections[0].values[0].children[0].parent == "16"

    def test_name_languages_in_the_readers_language_and_their_own(self) -> None:
        asked = SearchRequest(language="fr")
        found = group("language", page(language={"ar": 1, "fr": 3, "en": 2}), asked)
        assert [(value.label, value.own_name) for value in found.walk()] == [
            ("Français", ""),
            ("Anglais", "English"),
            ("Arabe", "العربية"),
        ]

    def test_put_frequent_tags_first(self) -> None:
        for name in ("advocacy", "budget", "zines"):
            EntryTag.objects.create(name=name, slug=name)
        found = group("tag", page(tag={"advocacy": 1, "budget": 1, "zines": 7}))
        assert labels(found) == ["zines", "advocacy", "budget"]

    def test_show_tags_in_the_readers_language(self) -> None:
        EntryTag.objects.create(name="budget", slug="budget", label_ar="ميزانية")
        EntryTag.objects.create(name="zines", slug="zines")
        found = group("tag", page(tag={"budget": 2, "zines": 1}), SearchRequest(language="ar"))
        assert [(value.value, value.label) for value in found.walk()] == [
            ("budget", "ميزانية"),
            ("zines", "zines"),
        ]

    def test_fold_long_lists_after_ten_values(self) -> None:
        for n in range(12):
            RegionFactory(code=f"r{n:02}", order=10 + n)
        found = group("region", page(region={f"r{n:02}": 1 for n in range(12)}))
        assert found.is_long
        parts = folded(found.sections[0].values)
        assert (len(parts.shown), len(parts.rest), len(parts.idle)) == (10, 2, 0)

    def test_fold_no_single_value_and_nothing_that_is_selected(self) -> None:
        for n in range(14):
            RegionFactory(code=f"r{n:02}", order=10 + n)
        eleven = group("region", page(region={f"r{n:02}": 1 for n in range(11)}))
        assert len(folded(eleven.sections[0].values).shown) == 11
        asked = SearchRequest(language="en", selected={"region": ("r13",)})
        answer = replace(
            page(region={f"r{n:02}": 1 for n in range(14)}),
            after={"region": {f"r{n:02}": 10 if n else 9 for n in range(13)}},
        )
        parts = folded(group("region", answer, asked).sections[0].values)
        assert parts.shown[-1].value == "r13"
        assert [value.value for value in parts.idle] == ["r00"]
        assert len(parts.rest) == 2

    def test_fold_away_what_every_entry_has_but_not_what_narrows_below_it(self) -> None:
        counts = {"sub-saharan-africa": 9, "ke": 3, "europe": 9, "de": 9}
        found = group("region", page(region=counts))
        parts = folded(found.sections[0].values)
        assert [value.value for value in parts.shown] == ["sub-saharan-africa"]
        assert [value.value for value in parts.idle] == ["europe"]
        assert found.starts_open
        assert found.is_open
        assert not group("region", page(region={"europe": 9, "de": 9})).is_open

    def test_label_values_in_the_readers_language(self) -> None:
        answer = page(region={"sub-saharan-africa": 1})
        assert labels(group("region", answer, SearchRequest(language="fr"))) == [
            "Afrique subsaharienne"
        ]
        assert labels(group("region", answer, SearchRequest(language="ar"))) == [
            "أفريقيا جنوب الصحراء الكبرى"
        ]

    def test_cost_one_query_for_all_labels(self, django_assert_num_queries) -> None:
        vocabularies()  # read once, like any process that has answered before
        answer = page(region={"ke": 1}, partner={"ngos": 1}, sdg={"16": 1})
        with django_assert_num_queries(1):
            facet_groups(answer, SearchRequest(language="en"), vocabularies())


class TestAddresses:
    def test_tick_a_value_and_drop_the_page(self) -> None:
        asked = SearchRequest.of("library", selected={"partner": ("ngos",)}, page=3)
        found = group("region", page(region={"ke": 1}), asked)
        assert next(found.walk()).url == "?q=library&region=ke&partner=ngos"

    def test_untick_a_selected_value(self) -> None:
        asked = SearchRequest.of("library", selected={"region": ("ke", "ng")})
        found = group("region", page(region={"ke": 1, "ng": 1}), asked)
        assert [value.url for value in found.walk() if value.selected] == [
            "?q=library&region=ng",
            "?q=library&region=ke",
        ]

    def test_say_the_total_after_ticking_another_value(self) -> None:
        asked = SearchRequest(language="en", selected={"region": ("ke",)})
        answer = SearchPage(
            total=3, hits=(), counts={"region": {"ke": 3, "ng": 4}}, after={"region": {"ng": 5}}
        )
        values = {value.value: value for value in group("region", answer, asked).walk()}
        assert (values["ng"].count, values["ng"].after) == (4, 5)
        assert values["ke"].after is None

    def test_of_chips_remove_their_filter(self) -> None:
        asked = SearchRequest(language="en", selected={"region": ("ke",), "partner": ("ngos",)})
        groups = facet_groups(page(), asked, vocabularies())
        assert [(chip.title, chip.label, chip.url) for chip in chips(groups)] == [
            ("Region", "Kenya", "?partner=ngos"),
            ("Partner type", "NGOs", "?region=ke"),
        ]

    def test_of_drops_come_with_what_they_would_find(self) -> None:
        asked = SearchRequest.of("zebra", selected={"region": ("ke",), "partner": ("ngos",)})
        answer = SearchPage(
            total=0,
            hits=(),
            counts={},
            drops={("region", "ke"): 0, ("partner", "ngos"): 2, ("q", ""): 5},
        )
        groups = facet_groups(answer, asked, vocabularies())
        assert [(drop.label, drop.total, drop.url) for drop in drops(answer, asked, groups)] == [
            ("zebra", 5, "?region=ke&partner=ngos"),
            ("NGOs", 2, "?q=zebra&region=ke"),
            ("Kenya", 0, "?q=zebra&partner=ngos"),
        ]


class TestOffers:
    def test_are_what_the_words_name_and_would_narrow_the_results(self) -> None:
        kenya = Named(("kenya",), (("region", "ke"),))
        agreement = Named(("mou",), (("kind", "mou"), ("tag", "agreement")))
        everything = Named(("ngo",), (("partner", "ngos"),))
        asked = SearchRequest.of("kenya mou ngo", named=(kenya, agreement, everything))
        answer = page(region={"ke": 2}, kind={"mou": 3}, tag={"agreement": 3}, partner={"ngos": 9})
        assert [
            (offer.label, offer.count, offer.url) for offer in offers(answer, asked, vocabularies())
        ] == [
            ("Kenya", 2, "?q=kenya+mou+ngo&region=ke"),
            ("Memorandum", 3, "?q=kenya+mou+ngo&kind=mou"),
        ]

    def test_leave_a_facet_alone_that_something_is_selected_in(self) -> None:
        kenya = Named(("kenya",), (("region", "ke"),))
        asked = SearchRequest.of("kenya", named=(kenya,), selected={"region": ("zw",)})
        assert offers(page(region={"ke": 2}), asked, vocabularies()) == []

    def test_are_read_from_the_words(self) -> None:
        asked = read_request({"q": ["agreement Kenya"]}, language="en", vocabularies=vocabularies())
        assert ("region", "ke") in [value for name in asked.named for value in name.values]


class TestReadRequest:
    def read(self, **query: list[str]) -> SearchRequest:
        return read_request(query, language="en", vocabularies=vocabularies())

    def test_finds_5b_as_5_dot_b(self) -> None:
        for typed in ("5B", "5b", "5.B", "5.b"):
            assert self.read(sdg=[typed]).selected == {"sdg": ("5.b",)}

    def test_leaves_numbers_as_they_are(self) -> None:
        assert canonical("sdg", "16.10") == "16.10"
        assert canonical("region", "5B") == "5B"
        assert self.read(sdg=["16.1"]).selected == {}

    def test_ignores_what_no_vocabulary_knows(self) -> None:
        asked = self.read(region=["atlantis", "ke"], colour=["red"], language=["tlh", "fr"])
        assert asked.selected == {"region": ("ke",), "language": ("fr",)}

    def test_knows_every_facet(self) -> None:
        assert set(known_values(vocabularies())) == set(FACET_NAMES)
