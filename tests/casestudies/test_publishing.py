from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from casestudies.models import CaseStudyPage
from tests.factories.pages import CaseStudyPageFactory, SectionPageFactory, make_site
from tests.factories.standing import Ground, Stood, found_again
from toolkit.pages.models import SectionPage

pytestmark = pytest.mark.django_db

EMPTY = ["", "<p></p>", "<p>  </p>", "<p>&nbsp;</p>", "<p><br/></p>", "<ul><li></li></ul>"]


@pytest.fixture(scope="module")
def standing_section(ground: Ground) -> Iterator[Stood[SectionPage]]:
    with ground.standing(
        lambda: SectionPageFactory(parent=make_site(), kinds="case-study")
    ) as stood:
        yield stood


@pytest.fixture
def section(standing_section: Stood[SectionPage], db: None) -> SectionPage:
    return found_again(standing_section.made)


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("chief", password="x"))
    return client


def form(**fields: Any) -> dict[str, Any]:
    """What the browser sends for a case study, nothing filled in but the title."""
    return nested_form_data(
        {
            "title": "A consortium",
            "slug": "a-consortium",
            "summary": "",
            **{
                name: rich_text("")
                for name in (
                    "context",
                    "partners",
                    "what_was_done",
                    "successes",
                    "challenges",
                    "lessons",
                )
            },
            "cost": "",
            "duration": "",
            "results": streamfield([]),
            "body": streamfield([]),
            "sources": streamfield([]),
            "attachments": inline_formset([]),
            "comments": inline_formset([]),
            "tags": "",
            "licence": "CC-BY-4.0",
            "attribution": "",
            "reviewed_at": "",
            "issued_at": "",
            **fields,
        }
    )


def add_address(section: Any) -> str:
    return reverse("wagtailadmin_pages:add", args=("casestudies", "casestudypage", section.pk))


class TestDraft:
    def test_is_saved_with_both_texts_empty(self, section: Any, editor: Client) -> None:
        response = editor.post(add_address(section), form())
        page = CaseStudyPage.objects.get()
        assert response.status_code == 302
        assert not page.live

    def test_that_is_new_cannot_be_published_at_once(self, section: Any, editor: Client) -> None:
        response = editor.post(add_address(section), form(**{"action-publish": "1"}))
        assert not CaseStudyPage.objects.exists()
        errors = response.context["form"].errors
        assert {"successes", "challenges"} == set(errors)
        content = response.content.decode()
        assert content.count("This field is required.") >= 2

    @pytest.mark.parametrize("empty", EMPTY)
    def test_cannot_be_published_while_a_text_says_nothing(
        self, section: Any, editor: Client, empty: str
    ) -> None:
        editor.post(add_address(section), form())
        page = CaseStudyPage.objects.get()
        response = editor.post(
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
            form(
                successes=rich_text("<p>Twelve libraries signed.</p>"),
                challenges=rich_text(empty),
                **{"action-publish": "1"},
            ),
        )
        assert set(response.context["form"].errors) == {"challenges"}
        page.refresh_from_db()
        assert not page.live

    def test_is_published_with_both(self, section: Any, editor: Client) -> None:
        editor.post(
            add_address(section),
            form(
                successes=rich_text("<p>Twelve libraries signed.</p>"),
                challenges=rich_text("<p>The thirteenth did not.</p>"),
                **{"action-publish": "1"},
            ),
        )
        page = CaseStudyPage.objects.get()
        assert page.live
        assert "thirteenth" in page.challenges

    def test_cannot_be_submitted_to_moderators_without_them(
        self, section: Any, editor: Client
    ) -> None:
        # Wagtail comes with a workflow, "Moderators approval", for all pages.
        response = editor.post(add_address(section), form(**{"action-submit": "1"}))
        assert {"successes", "challenges"} == set(response.context["form"].errors)


class TestPublishing:
    @pytest.mark.parametrize("empty", EMPTY)
    @pytest.mark.parametrize("name", ["successes", "challenges"])
    def test_from_code_is_refused_too(self, section: Any, name: str, empty: str) -> None:
        page = CaseStudyPageFactory(parent=section, live=False)
        setattr(page, name, empty)
        revision = page.save_revision(clean=False)
        with pytest.raises(ValidationError) as refused:
            revision.publish()
        assert set(refused.value.message_dict) == {name}
        page.refresh_from_db()
        assert not page.live

    def test_on_schedule_goes_through_the_same_check(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section, live=False)
        page.go_live_at = timezone.now() - datetime.timedelta(minutes=1)
        page.successes = "<p> </p>"
        page.save_revision(clean=False, approved_go_live_at=page.go_live_at)
        call_command("publish_scheduled")
        page.refresh_from_db()
        assert not page.live

    def test_keeps_a_live_page_from_losing_them(self, section: Any) -> None:
        page = CaseStudyPageFactory(parent=section)
        page.challenges = ""
        with pytest.raises(ValidationError):
            page.save()
