"""The one public feed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search.catalogue.works import published_entries
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    ExercisePageFactory,
    ResourcePageFactory,
    SectionPageFactory,
    make_site,
)

pytestmark = pytest.mark.django_db


class TestPublishedEntries:
    def test_cost_the_same_number_of_queries_for_one_work_of_each_type_and_for_many(self) -> None:
        home = make_site()
        factories = (
            AgreementPageFactory,
            CaseStudyPageFactory,
            ExercisePageFactory,
            ResourcePageFactory,
        )

        def queries(works: int) -> int:
            for factory in factories:
                factory.create_batch(works, parent=home)
            list(published_entries())  # vocabularies are kept from now on
            with CaptureQueriesContext(connection) as counted:
                list(published_entries())
            return len(counted)

        assert queries(1) == queries(6)

    def test_are_not_those_of_an_alias(self) -> None:
        """The same page in a second place is no second work, nor another address of it."""
        home = make_site()
        page = CaseStudyPageFactory(parent=home, title="One", slug="one")
        section = SectionPageFactory(parent=home, slug="elsewhere")
        assert page.create_alias(parent=section).live
        (entry,) = published_entries()
        assert [version.url for version in entry.versions.values()] == ["/en/one/"]
