"""What holds for every region: a group of its own behind what is about one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    ExercisePageFactory,
    RegionFactory,
)
from tests.search.engines.collection import (
    Collection,
    chosen,
    index,
    number,
    soup,
    text,
    titles,
)
from tests.search.views.test_api import check
from toolkit.taxonomy.terms import EVERY_REGION

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # pages are drawn of the index

GENERAL = ["Agreement for any place", "Exercise for any library"]


@pytest.fixture
def everywhere(collection: Collection) -> Collection:
    """The collection and two works for every region: one with an organisation, one without."""
    RegionFactory(code=EVERY_REGION, order=9, label_en="Every region")
    agreement, exercise = GENERAL
    common = {"parent": collection.home, "regions": [EVERY_REGION]}
    AgreementPageFactory(title=agreement, partner_types=["ngos"], **common)
    ExercisePageFactory(title=exercise, partner_types=["government"], **common)
    index()
    return collection


def get(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    return soup(response)


def own(page: Any) -> list[str]:
    return [text(tag) for tag in page.select("#found > .hits .hit__title")]


def of_the_group(page: Any) -> list[str]:
    return sorted(text(tag) for tag in page.select(".general .hit__title"))


class TestResultsOfARegion:
    def test_are_its_own_and_the_others_follow(self, client: Client, everywhere: Any) -> None:
        page = get(client, "/en/search/?region=ke")
        assert number(page) == len(own(page)) == 2
        assert text(page.select_one("#general-title")) == "Also for every region: 2"
        assert of_the_group(page) == GENERAL
        assert titles(page)[:2] == own(page)

    @pytest.mark.parametrize(
        "asked",
        [
            "region=ke",
            "region=ke&region=de",
            "region=zw",
            "region=ke&partner=ngos",
            "q=library&region=sub-saharan-africa",
            "q=agreement&region=ke&sort=title",
        ],
    )
    def test_take_the_group_in_by_one_click_with_the_total_that_was_said(
        self, client: Client, everywhere: Any, asked: str
    ) -> None:
        page = get(client, f"/en/search/?{asked}")
        link = page.select_one(".general__together a")
        promised = int(text(link).rpartition(" ")[2])
        together = get(client, f"/en/search/{link['href']}")
        assert number(together) == promised == number(page) + len(of_the_group(page))
        assert not together.select(".general")
        assert "every-region" in chosen(together, "region")
        answer = check(client, f"/api/v1/search?{asked}")
        assert answer["general"]["total"] == promised - answer["total"]
        assert sorted(hit["title"] for hit in answer["general"]["hits"]) == of_the_group(page)

    def test_tell_what_other_filters_leave_of_the_group(
        self, client: Client, everywhere: Any
    ) -> None:
        assert of_the_group(get(client, "/en/search/?region=ke&partner=ngos")) == GENERAL[:1]
        assert not get(client, "/en/search/?region=ke&tag=advocacy").select(".general")

    def test_that_are_none_say_so_and_ask_what_is_missing(
        self, client: Client, everywhere: Any
    ) -> None:
        page = get(client, "/en/search/?region=zw&partner=government")
        assert number(page) == 0
        assert "Nothing is about the chosen region itself." in text(page.select_one(".note"))
        missing = page.select_one(".note a")["href"]
        assert missing == "/en/search/missing/?region=zw&partner=government"
        assert of_the_group(page) == GENERAL[1:]
        assert not page.select(".nothing")

    def test_have_no_group_without_a_region_or_with_every_one(
        self, client: Client, everywhere: Any
    ) -> None:
        for asked in ("", "q=library", "region=every-region", "region=ke&region=every-region"):
            assert not get(client, f"/en/search/?{asked}").select(".general"), asked
            answer = client.get(f"/api/v1/search?{asked}").json()
            assert answer["general"] == {"total": 0, "hits": []}

    def test_do_not_repeat_what_was_classified_by_both(
        self, client: Client, everywhere: Collection
    ) -> None:
        """A form refuses that; what came by another way is the region's own."""
        CaseStudyPageFactory(
            parent=everywhere.home, title="A case of both", regions=["ke", EVERY_REGION]
        )
        index()
        page = get(client, "/en/search/?region=ke")
        assert "A case of both" in own(page)
        assert of_the_group(page) == GENERAL
        assert text(page.select_one("#general-title")) == "Also for every region: 2"

    def test_tell_the_group_behind_their_later_pages_by_its_number(
        self, client: Client, everywhere: Collection
    ) -> None:
        for place in range(21):
            CaseStudyPageFactory(parent=everywhere.home, title=f"Case {place}", regions=["ke"])
        index()
        page = get(client, "/en/search/?region=ke&page=2")
        assert text(page.select_one("#general-title")) == "Also for every region: 2"
        assert page.select(".general__together a")
        assert of_the_group(page) == []

    def test_cost_no_query_more(
        self, client: Client, everywhere: Any, django_assert_max_num_queries: Any
    ) -> None:
        client.get("/en/search/?region=de")  # the vocabularies are known by then
        with django_assert_max_num_queries(12):
            client.get("/en/search/?q=agreement&region=ke")


class TestPageOfARegion:
    def test_shows_its_own_first_and_counts_them_alone(
        self, client: Client, everywhere: Any
    ) -> None:
        page = get(client, "/en/browse/region/ke/")
        assert "(2)" in text(page.select_one(".term__entries h2"))
        assert len(page.select(".term__entries .hit")) == 2
        assert text(page.select_one("#general-title")) == "Also for every region: 2"
        assert page.select_one("#general-title").name == "h2"
        assert of_the_group(page) == GENERAL
        link = page.select_one(".general__together a")
        assert number(get(client, link["href"])) == int(text(link).rpartition(" ")[2]) == 4

    def test_leads_to_each_partner_with_whom_there_is_something(
        self, client: Client, everywhere: Any
    ) -> None:
        chips = get(client, "/en/browse/region/ke/").select(".term__partners a")
        assert [text(chip) for chip in chips] == ["Government", "NGOs"] or [
            text(chip) for chip in chips
        ] == ["NGOs", "Government"]
        to_ngos = next(chip["href"] for chip in chips if text(chip) == "NGOs")
        assert to_ngos == "/en/search/?region=ke&partner=ngos"
        assert of_the_group(get(client, to_ngos)) == GENERAL[:1]

    def test_without_entries_of_its_own_shows_what_holds_for_every_one(
        self, client: Client, everywhere: Any
    ) -> None:
        page = get(client, "/en/browse/region/zw/")
        assert "There is no entry here yet." in text(page.main)
        assert of_the_group(page) == GENERAL

    def test_of_every_region_is_a_list_like_others(self, client: Client, everywhere: Any) -> None:
        page = get(client, "/en/browse/region/every-region/")
        assert sorted(titles(page)) == GENERAL
        assert not page.select(".general, .term__partners")


class TestNames:
    def test_of_a_region_find_what_holds_for_every_one_behind_its_own(
        self, client: Client, everywhere: Any
    ) -> None:
        page = get(client, "/en/search/?q=sub-saharan+africa")
        assert number(page) == 5
        assert sorted(titles(page)[-2:]) == GENERAL
        assert not page.select(".chip--offer")[1:]  # "Every region" is no filter for it
        reasons = {text(reason) for reason in page.select(".hit__reason")}
        assert "Found by its classification: Every region" in reasons

    def test_of_a_country_find_what_is_about_it(self, client: Client, everywhere: Any) -> None:
        assert not set(titles(get(client, "/en/search/?q=kenya"))) & set(GENERAL)

    def test_of_every_region_are_no_text(self, client: Client, everywhere: Any) -> None:
        """Catches: "region" finds whatever holds for all of them."""
        assert not set(titles(get(client, "/en/search/?q=region"))) & set(GENERAL)
