"""An agreement as an entry, and as something that an editor can get wrong."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from resources.clauses import markers_in, with_labels
from tests.factories.pages import AgreementPageFactory, make_site

pytestmark = pytest.mark.django_db


class TestMarkers:
    def test_are_the_codes_in_braces_in_order(self) -> None:
        assert markers_in("<p>{first_party} and {second_party}, {0} {{x}}</p>") == [
            "first_party",
            "second_party",
            "x",
        ]

    def test_read_as_what_is_to_be_filled_in(self) -> None:
        assert with_labels("made by {first_party}", {"first_party": "Name"}) == "made by [Name]"


class TestSearchText:
    def test_has_no_markers_for_readers_to_stumble_over(self) -> None:
        text = AgreementPageFactory(parent=make_site()).search_text()
        assert "This agreement is made by [Name of the first party]." in text
        assert "{" not in text


class TestCleaning:
    def test_names_the_blanks_that_nobody_declared(self) -> None:
        page = AgreementPageFactory(parent=make_site())
        page.placeholders = page.placeholders.stream_block.to_python([])
        with pytest.raises(ValidationError, match=r"\{first_party\}"):
            page.full_clean()
