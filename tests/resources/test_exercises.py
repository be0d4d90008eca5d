"""An exercise within its series."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.models import Page, PageViewRestriction

from tests.factories.pages import (
    ExercisePageFactory,
    SectionPageFactory,
    SeriesFactory,
    make_site,
    translated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Page:
    return make_site()


def series_of(home: Page, *numbers: int) -> list[Any]:
    series = SeriesFactory(code="advocate", hashtag="#Advocate")
    return [
        ExercisePageFactory(parent=home, series=series, number=n, title=f"Number {n}")
        for n in numbers
    ]


def neighbours(page: Any) -> tuple[int | None, int | None]:
    found = type(page).objects.get(pk=page.pk).neighbours
    return (
        found["previous"] and found["previous"].number,
        found["next"] and found["next"].number,
    )


class TestNeighbours:
    def test_are_the_nearest_numbers_of_the_series(self, home: Page) -> None:
        first, middle, last = series_of(home, 5, 7, 24)
        assert [neighbours(page) for page in (first, middle, last)] == [
            (None, 7), (5, 24), (7, None),
        ]  # fmt: skip

    def test_are_of_the_same_series(self, home: Page) -> None:
        ExercisePageFactory(parent=home, series=SeriesFactory(code="other"), number=6)
        first, _second = series_of(home, 5, 7)
        assert neighbours(first) == (None, 7)

    def test_are_in_the_readers_language(self, home: Page) -> None:
        first, second = series_of(home, 5, 7)
        french = translated(first, "fr", title="Numéro 5")
        assert neighbours(french) == (None, None)
        assert neighbours(second) == (5, None)
        assert type(second).objects.get(pk=second.pk).neighbours["previous"].title == "Number 5"

    def test_are_no_drafts_and_nothing_private(self, home: Page) -> None:
        first, draft, _closed, last = series_of(home, 5, 6, 7, 8)
        draft.unpublish()
        section = SectionPageFactory(parent=home, slug="closed")
        Page.objects.get(title="Number 7").move(section, pos="last-child")
        PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
        assert neighbours(first) == (None, 8)
        assert neighbours(last) == (5, None)


def test_the_words_of_an_exercise_begin_with_what_it_says(home: Page) -> None:
    """What a hit shows of it is cut from there: its number and hashtag stood before, unparted."""
    (page,) = series_of(home, 7)
    page.prompt, page.steps = "<h3>Why</h3><p>Say so.</p>", "<ol><li>One</li><li>Two</li></ol>"
    page.leaves_text = "A list"
    said = page.search_text()
    assert said.startswith("Why · Say so. One · Two · A list · ")
    assert said.endswith(f"· #7 {page.series.label('en')} #Advocate")
