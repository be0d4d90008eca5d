"""Pages are found by their address in few steps, and private ones by nobody else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.http import Http404
from wagtail.models import Page, PageViewRestriction

from toolkit.core.models import open_to_all
from toolkit.pages.models import HomePage, PlainPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> dict[str, Page]:
    """home / outer / inner, all live."""
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="Home", slug="home-of-routing"))
    outer = home.add_child(instance=PlainPage(title="Outer", slug="outer"))
    inner = outer.add_child(instance=PlainPage(title="Inner", slug="inner"))
    return {"home": home, "outer": outer, "inner": inner}


class TestRoute:
    def test_finds_a_page_two_levels_down(self, tree, rf):
        assert tree["home"].route(rf.get("/"), ["outer", "inner"]).page == tree["inner"]

    def test_finds_a_child(self, tree, rf):
        assert tree["home"].route(rf.get("/"), ["outer"]).page == tree["outer"]

    def test_costs_two_queries_at_any_depth(self, tree, rf, django_assert_max_num_queries):
        with django_assert_max_num_queries(2):
            tree["home"].route(rf.get("/"), ["outer", "inner"]).page.locale  # noqa: B018

    @pytest.mark.parametrize("path", [["outer", "missing"], ["missing", "inner"], ["inner"]])
    def test_knows_no_page_that_is_not_there(self, tree, rf, path):
        with pytest.raises(Http404):
            tree["home"].route(rf.get("/"), path)

    def test_shows_no_draft(self, tree, rf):
        tree["inner"].unpublish()
        with pytest.raises(Http404):
            tree["home"].route(rf.get("/"), ["outer", "inner"])


class TestOpenToAll:
    def titles(self) -> set[str]:
        return set(open_to_all(PlainPage.objects.all()).values_list("title", flat=True))

    def test_holds_live_pages(self, tree):
        assert self.titles() == {"Outer", "Inner"}

    def test_leaves_out_a_private_page_and_all_below_it(self, tree):
        restriction = PageViewRestriction.objects.create(
            page=tree["outer"], restriction_type=PageViewRestriction.GROUPS
        )
        restriction.groups.add(Group.objects.create(name="Members"))
        assert self.titles() == set()

    def test_keeps_the_parent_of_a_private_page(self, tree):
        PageViewRestriction.objects.create(
            page=tree["inner"], restriction_type=PageViewRestriction.LOGIN
        )
        assert self.titles() == {"Outer"}

    def test_agrees_with_wagtail(self, tree):
        PageViewRestriction.objects.create(
            page=tree["inner"], restriction_type=PageViewRestriction.PASSWORD, password="x"
        )
        assert set(open_to_all(Page.objects.all())) == set(Page.objects.live().public())

    def test_leaves_out_drafts(self, tree):
        tree["inner"].unpublish()
        assert self.titles() == {"Outer"}
