"""What goes well with an entry, and why, in words."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from search.answers import current_engine
from search.engines.base import EngineUnavailable
from tests.factories.pages import (
    CaseStudyPageFactory,
    DirectionFactory,
    ExercisePageFactory,
    PartnerTypeFactory,
    RegionFactory,
    ResourcePageFactory,
    SeriesFactory,
    make_site,
    translated,
)
from tests.search.engines.collection import index
from toolkit.pages.models import HomePage

pytestmark = pytest.mark.django_db

ISOLATES = str.maketrans("", "", "\u2068\u2069")
HOSTILE = "<img src=x onerror=alert(1)>\u202e"


@pytest.fixture
def home() -> HomePage:
    africa = RegionFactory(
        code="africa", label_en="Sub-Saharan Africa", label_fr="Afrique", label_ar="أفريقيا"
    )
    RegionFactory(code="ke", parent=africa, label_en="Kenya")
    RegionFactory(code="ng", parent=africa, label_en="Nigeria")
    labels = {"label_en": "NGOs", "label_fr": "ONG", "label_ar": "منظمات", "label_ru": "НКО"}
    PartnerTypeFactory(code="ngos", **labels, label_de="NRO", label_zh="非政府组织")
    PartnerTypeFactory(code="media", label_en="Media")
    PartnerTypeFactory(code="other", label_en="Other")
    DirectionFactory(number="1", strategy__code="2019-24", label_en="Connect the field.")
    return make_site()


def reasons(client: Client, address: str) -> dict[str, str]:
    """Title → reason, as a page shows its relatives."""
    response = client.get(address)
    assert response.status_code == 200
    page = BeautifulSoup(response.content.decode(), "html.parser")
    found = {}
    for card in page.select(".relatives .card"):
        reason = card.select_one(".card-reason")
        found[card.h3.get_text()] = reason.get_text().translate(ISOLATES) if reason else ""
    return found


def fill(home: HomePage, number: int = 8) -> None:
    """Entries that share nothing with others, so that what two have is not what most have."""
    for each in range(number):
        CaseStudyPageFactory(parent=home, title=f"Stranger {each}", partner_types=["other"])


class TestReasons:
    def test_name_what_few_others_have_the_rarest_first(self, client, home) -> None:
        ResourcePageFactory(parent=home, slug="read", partner_types=["ngos", "media"], tags=["bus"])
        CaseStudyPageFactory(parent=home, title="Near", partner_types=["ngos"], tags=["bus"])
        CaseStudyPageFactory(parent=home, title="Far", partner_types=["ngos"])
        fill(home)
        index()
        found = reasons(client, "/en/read/")
        assert found == {"Near": "Also about bus and NGOs", "Far": "Also about NGOs"}

    def test_name_the_region_around_two_countries_and_not_that_of_one(self, client, home) -> None:
        for slug, country in (("read", "ke"), ("other", "ng"), ("same", "ke")):
            CaseStudyPageFactory(
                parent=home, slug=slug, title=slug, regions=[country], partner_types=["ngos"]
            )
        fill(home)
        index()
        found = reasons(client, "/en/read/")
        assert found["other"] == "Also about NGOs and Sub-Saharan Africa"
        assert found["same"] == "Also about Kenya and NGOs"

    @pytest.mark.parametrize(
        ("language", "reason"),
        [
            ("ar", "يتناول أيضًا: منظمات وأفريقيا"),
            ("de", "Auch zum Thema: NRO und Sub-Saharan Africa"),
            ("en", "Also about NGOs and Sub-Saharan Africa"),
            ("es", "También sobre: NGOs y Sub-Saharan Africa"),
            ("fr", "Porte aussi sur\u00a0: ONG et Afrique"),
            ("ru", "Тоже на тему: НКО и Sub-Saharan Africa"),
            ("zh", "同样涉及：非政府组织和Sub-Saharan Africa"),
        ],
    )
    def test_are_sentences_of_the_readers_language(
        self, client, home, language: str, reason: str
    ) -> None:
        for title in ("Read", "Other"):
            page = CaseStudyPageFactory(
                parent=home, title=title, slug=title.lower(), regions=["africa"],
                partner_types=["ngos"],
            )  # fmt: skip
            if language != "en":
                translated(page, language)
        fill(home)
        index()
        assert set(reasons(client, f"/{language}/read/").values()) == {reason}

    def test_keep_what_most_entries_have_for_the_last(self, client, home) -> None:
        """That nearly all are about partners tells nothing of two of them: a rare word of both
        titles does, and without one the values all the same."""
        most = {"partner_types": ["other"]}
        CaseStudyPageFactory(parent=home, title="Writing to a minister", slug="read", **most)
        ResourcePageFactory(parent=home, title="Ministers and the library", **most)
        fill(home, 6)
        index()
        found = reasons(client, "/en/read/")
        assert found.pop("Ministers and the library") == "Both speak of “Ministers”"
        assert set(found.values()) == {"Partner type: Other"}

    def test_name_a_direction_by_its_number_and_label(self, client, home) -> None:
        for title in ("Read", "Other"):
            ResourcePageFactory(
                parent=home, title=title, slug=title.lower(), directions=["2019-24.1"]
            )
        fill(home)
        index()
        found = reasons(client, "/en/read/")
        assert found == {"Other": "Strategic direction: 1 Connect the field."}

    def test_say_once_what_is_called_the_same(self, client, home) -> None:
        for title in ("Read", "Other"):
            ResourcePageFactory(
                parent=home, title=title, slug=title.lower(), partner_types=["media"],
                tags=["media"],
            )  # fmt: skip
        fill(home)
        index()
        assert reasons(client, "/en/read/")["Other"].lower() == "also about media"

    def test_know_the_steps_of_a_series(self, client, home) -> None:
        series = SeriesFactory()
        for number, title in enumerate(("Before", "Read", "After", "Later"), 1):
            ExercisePageFactory(
                parent=home, title=title, slug=title.lower(), series=series, number=number,
                partner_types=["ngos"],
            )  # fmt: skip
        ResourcePageFactory(parent=home, title="Template", partner_types=["ngos"])
        fill(home)
        index()
        assert reasons(client, "/en/read/") == {
            "Template": "Also about NGOs",
            "Before": "The exercise before this one",
            "After": "The next step after this exercise",
            "Later": "From the same series of exercises",
        }

    def test_are_texts_whatever_a_term_is_called(self, client, home) -> None:
        for title in ("Read", "Other"):
            ResourcePageFactory(
                parent=home, title=title, slug=title.lower(), partner_types=["ngos"], tags=[HOSTILE]
            )
        fill(home)
        index()
        html = client.get("/en/read/").content.decode()
        assert "<img src=x" not in html
        assert "<img src=x onerror=alert(1)>" in reasons(client, "/en/read/")["Other"]

    def test_are_not_told_where_no_engine_answers(self, client, home, monkeypatch: Any) -> None:
        for title in ("Read", "Other"):
            ResourcePageFactory(
                parent=home, title=title, slug=title.lower(), partner_types=["ngos"]
            )
        index()
        assert reasons(client, "/en/read/")

        def lost(*args: object, **kwargs: object) -> None:
            raise EngineUnavailable("no index")

        with monkeypatch.context() as patched:  # it goes away between two questions
            patched.setattr(current_engine(), "search", lost)
            assert reasons(client, "/en/read/") == {"Other": ""}
        monkeypatch.setattr("search.answers.rebuild_elsewhere", lambda: True)
        monkeypatch.setattr(current_engine(), "related", lost)
        assert reasons(client, "/en/read/") == {}
