"""The block that names related entries on a page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from tests.factories.pages import (
    CaseStudyPageFactory,
    PlainPageFactory,
    SectionPageFactory,
    make_site,
)
from toolkit.core.blocks import BodyBlock

pytestmark = pytest.mark.django_db


def page_naming(home: Page, *entries: Page) -> Page:
    value = {"heading": "See also", "entries": [entry.pk for entry in entries]}
    body = BodyBlock().to_python([{"type": "related", "value": value}])
    return PlainPageFactory(parent=home, body=body)


class TestRelatedEntries:
    def test_are_named_in_the_order_in_which_they_were_chosen(self, client) -> None:
        home = make_site()
        one, two = (CaseStudyPageFactory(parent=home, title=t) for t in ("One bus", "Two buses"))
        html = client.get(page_naming(home, two, one).url).content.decode()
        assert 0 < html.index("Two buses") < html.index("One bus")
        assert f'href="{one.url}"' in html

    def test_are_not_named_to_readers_who_may_not_read_them(self, client) -> None:
        home = make_site()
        section = SectionPageFactory(parent=home)
        closed = CaseStudyPageFactory(parent=section, title="Closed talks", slug="closed")
        draft = CaseStudyPageFactory(parent=home, title="Draft talks", slug="draft", live=False)
        PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
        html = client.get(page_naming(home, closed, draft).url).content.decode()
        assert "talks" not in html
        assert "/closed/" not in html

    @pytest.mark.usefixtures("looks_each_time")
    def test_cost_the_same_number_of_queries_for_one_and_for_many(
        self, client, django_assert_num_queries
    ) -> None:
        home = make_site()
        entries = CaseStudyPageFactory.create_batch(5, parent=home)
        few, many = page_naming(home, entries[0]), page_naming(home, *entries)
        client.get(few.url)
        with CaptureQueriesContext(connection) as counted:
            client.get(few.url)
        with django_assert_num_queries(len(counted)):
            client.get(many.url)
