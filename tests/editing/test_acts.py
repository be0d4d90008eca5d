"""An act that a rule forbids is a message, and leaves everything as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowTask

from resources.models import ExercisePage
from tests.factories.pages import (
    CaseStudyPageFactory,
    ExercisePageFactory,
    ResourcePageFactory,
    SectionPageFactory,
    make_site,
)
from tests.search.engines.collection import index
from toolkit.pages.models import HomePage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> HomePage:
    home = make_site()
    index()
    return home


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


def told(client: Client, address: str, data: dict[str, Any]) -> str:
    """What the admin says after an act."""
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return " ".join(str(message) for message in response.context["messages"])


def bulk(act: str, *pages: Page) -> str:
    ids = "&".join(["next=/admin/", *(f"id={page.pk}" for page in pages)])
    return f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', act])}?{ids}"


class TestCopying:
    @pytest.mark.parametrize("with_subpages", [False, True])
    def test_an_exercise_with_its_number_to_be_published(
        self, home, admin, with_subpages: bool
    ) -> None:
        section = SectionPageFactory(parent=home, slug="exercises")
        exercise = ExercisePageFactory(parent=section, slug="one", number=1)
        page = section if with_subpages else exercise
        copied = {
            "new_title": "Copy",
            "new_slug": "copy",
            "new_parent_page": str(page.get_parent().pk),
            "publish_copies": "on",
        }
        if with_subpages:
            copied["copy_subpages"] = "on"
        before = Page.objects.count()
        said = told(admin, reverse("wagtailadmin_pages:copy", args=[page.pk]), copied)
        assert "has this number" in said
        assert Page.objects.count() == before
        # as a draft it may be copied: a number is asked for when it is published
        del copied["publish_copies"]
        told(admin, reverse("wagtailadmin_pages:copy", args=[page.pk]), copied)
        copies = ExercisePage.objects.exclude(pk=exercise.pk)
        assert [one.live for one in copies] == [False]


class TestPublishingByTheDozen:
    def test_publishes_all_of_them_or_none(self, home, admin) -> None:
        good = CaseStudyPageFactory(parent=home, slug="good", live=False)
        bad = CaseStudyPageFactory(parent=home, slug="bad", title="Half", live=False, successes="")
        said = told(admin, bulk("publish", good, bad), {"include_descendants": ""})
        assert "“Half”: Successes" in said
        assert not Page.objects.filter(pk__in=[good.pk, bad.pk], live=True).exists()
        told(admin, bulk("publish", good), {"include_descendants": ""})
        assert Page.objects.get(pk=good.pk).live

    def test_asks_for_the_rest_of_half_filled_blocks(self, home, admin) -> None:
        page = ResourcePageFactory(parent=home, slug="half", live=False)
        page.body = [("heading", "")]
        page.save_revision(clean=False)
        assert "not complete" in told(admin, bulk("publish", page), {"include_descendants": ""})
        assert not Page.objects.get(pk=page.pk).live


class TestApproving:
    def test_what_breaks_a_rule_leaves_it_with_the_moderator(self, home, admin) -> None:
        workflow = Workflow.objects.create(name="Reading")
        task = GroupApprovalTask.objects.create(name="Read")
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        taken = ExercisePageFactory(parent=home, slug="one", number=1)
        page = ExercisePageFactory(parent=home, slug="two", number=2, live=False)
        page.number = taken.number
        page.save_revision(clean=False)
        state = workflow.start(page, User.objects.get())
        args = [page.pk, "approve", state.current_task_state.pk]
        address = reverse("wagtailadmin_pages:workflow_action", args=args)
        assert "has this number" in told(admin, address, {"comment": ""})
        state.refresh_from_db()
        assert state.status == "in_progress"
        assert not Page.objects.get(pk=page.pk).live
