"""A draft keeps whatever was typed: no rule of publishing stops it from being saved."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.blocks import BaseStreamBlock, BaseStructBlock, Block, ListBlock
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset

from resources.models import ExercisePage, ResourcePage
from search.catalogue import indexing
from search.catalogue.works import searchable_models
from search.engines import engines
from tests.editing.forms import form_data
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    ExercisePageFactory,
    PlainPageFactory,
    ResourcePageFactory,
    SectionPageFactory,
    make_site,
)
from tests.factories.standing import Ground, Stood, found_again
from toolkit.core.blocks import BodyBlock
from toolkit.core.drafts import as_draft
from toolkit.pages.models import HomePage

pytestmark = pytest.mark.django_db


def make_home() -> HomePage:
    home = make_site()
    indexing.rebuild(engines()[0])
    return home


@pytest.fixture(scope="module")
def standing_home(ground: Ground) -> Iterator[Stood[HomePage]]:
    with ground.standing(make_home) as stood:
        yield stood


@pytest.fixture
def home(standing_home: Stood[HomePage], own_index: None) -> HomePage:
    standing_home.use_copy_of_index()
    return found_again(standing_home.made)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


def kept(admin: Client, page: Page, **typed: Any) -> Any:
    """The draft after the admin saved it by itself, as it does every half second."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_data(admin, address, type(page), **typed)
    answer = admin.post(address, data, headers={"Accept": "application/json"}).json()
    assert answer["success"], answer
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()


def published(admin: Client, page: Page, **typed: Any) -> str:
    """The admin's answer to "Publish": "" if it did, else the form with its messages."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_data(admin, address, type(page), **typed) | {"action-publish": "action-publish"}
    response = admin.post(address, data)
    return "" if response.status_code == 302 else response.content.decode()


HALF_FILLED = {
    "image without a word": ("image", {"image": "", "alt": "", "caption": "The van"}),
    "address half typed": ("video", {"title": "A film", "url": "https:/", "length": ""}),
    "table without caption": ("table", {"caption": "", "table": "null"}),
    "chart without rows": (
        "chart",
        {"title": "Who", "column": "", "unit": "", "n": "-4", "note": "", "rows": {"count": 0}},
    ),
    "heading without text": ("heading", ""),
}


class TestADraft:
    @pytest.mark.parametrize("kind", HALF_FILLED)
    def test_is_kept_with_a_half_filled_block(self, home, admin, kind: str) -> None:
        page = ResourcePageFactory(parent=home, slug="van")
        block, value = HALF_FILLED[kind]
        draft = kept(admin, page, body=[(block, value), ("heading", "Typed afterwards")])
        assert [child.block_type for child in draft.body] == [block, "heading"]
        assert draft.body[1].value == "Typed afterwards"
        for name, text in value.items() if isinstance(value, dict) else ():
            if isinstance(text, str) and text and text != "null":
                assert str(draft.body[0].value[name]) == text
        # publishing asks for the rest, at the field
        assert published(admin, page, body=[(block, value)])
        assert not ResourcePage.objects.get(pk=page.pk).body

    def test_of_an_agreement_names_blanks_that_nobody_declared(self, home, admin) -> None:
        page = AgreementPageFactory(parent=home, slug="mou")
        clause = {"code": "Not A Code", "heading": "Aim", "text": "null", "variants": {"count": 0}}
        clauses = [("clause", {**clause, "why": "null", "watch_out": "null"})]
        draft = kept(admin, page, clauses=clauses)
        assert draft.clauses[0].value["code"] == "Not A Code"
        assert published(admin, page, clauses=clauses)

    def test_of_an_exercise_has_a_number_that_is_taken_or_none(self, home, admin) -> None:
        taken = ExercisePageFactory(parent=home, slug="one", number=1)
        page = ExercisePageFactory(parent=home, slug="two", number=2)
        assert kept(admin, page, number="1").number == 1
        assert "has this number" in published(admin, page, number="1")
        assert kept(admin, page, number="").number is None
        assert published(admin, page, number="")
        assert ExercisePage.objects.get(pk=page.pk).number == 2
        assert taken.number == 1

    def test_has_a_summary_that_is_too_long_and_a_file_not_chosen_yet(self, home, admin) -> None:
        page = CaseStudyPageFactory(parent=home, slug="case")
        file = inline_formset([{"document": "", "description": "The budget", "language": ""}])
        draft = kept(admin, page, summary="x" * 400, attachments=file)
        assert len(draft.summary) == 400
        assert [one.description for one in draft.attachments.all()] == ["The budget"]
        assert published(admin, page, summary="x" * 400)
        assert published(admin, page, attachments=file)
        page.refresh_from_db()
        assert page.attachments.count() == 0

    def test_never_lies_where_the_site_itself_answers(self, home, admin) -> None:
        """A page "search" below the home page was saved, published and never shown."""
        page = PlainPageFactory(parent=home, slug="about", live=False)
        assert kept(admin, page, slug="search").slug == "search-2"
        assert "The site itself answers at “browse”" in published(admin, page, slug="browse")
        page.refresh_from_db()
        assert not page.live
        section = SectionPageFactory(parent=home, slug="cases")
        below = CaseStudyPageFactory(parent=section, slug="case")
        assert published(admin, below, slug="search") == ""

    def test_has_expired_already(self, home, admin) -> None:
        """Its date cannot be in the future: that must not stop what is typed from being kept."""
        page = CaseStudyPageFactory(parent=home, slug="case", live=False)
        past = timezone.now() - datetime.timedelta(days=3)
        Page.objects.filter(pk=page.pk).update(expire_at=past, expired=True)
        page.refresh_from_db()
        page.save_revision()
        assert kept(admin, page, title="Typed on").title == "Typed on"

    def test_has_a_schedule_and_is_published_by_it(self, home, admin) -> None:
        """The dates were taken out of the form and never came back: the dialog saved nothing, and
        whoever then pressed "Publish" had the page online at once."""
        page = CaseStudyPageFactory(parent=home, slug="case", live=False)
        start = timezone.now().replace(second=0, microsecond=0) + datetime.timedelta(days=1)
        end = start + datetime.timedelta(days=1)
        typed = {
            "go_live_at": start.strftime("%Y-%m-%d %H:%M"),
            "expire_at": end.strftime("%Y-%m-%d %H:%M"),
        }
        draft = kept(admin, page, **typed)
        assert (draft.go_live_at, draft.expire_at) == (start, end)
        assert published(admin, draft) == ""
        page.refresh_from_db()
        assert (page.live, page.approved_schedule) == (False, True)

    def test_of_a_title_that_a_sibling_has_gets_an_address_of_its_own(self, home, admin) -> None:
        CaseStudyPageFactory(parent=home, slug="mobile")
        page = CaseStudyPageFactory(parent=home, slug="other", live=False)
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        data = form_data(admin, address, type(page), slug="mobile")
        answer = admin.post(address, data, headers={"Accept": "application/json"}).json()
        assert answer["success"]
        assert answer["field_updates"]["slug"] == "mobile-2"

    @pytest.mark.parametrize("model", [*searchable_models()], ids=lambda model: model.__name__)
    def test_with_every_block_empty_can_be_looked_at(self, home, admin, model: Any) -> None:
        """A preview of what is half written is no server error."""
        page = home.add_child(instance=model(title="Half", slug="half", live=False))
        streams = {
            field.name: field.stream_block
            for field in model._meta.get_fields()
            if hasattr(field, "stream_block")
        }
        for name, block in streams.items():
            empty = [(kind, child.get_default()) for kind, child in block.child_blocks.items()]
            setattr(page, name, as_draft(block, block.normalize(empty)))
        page.save_revision(clean=False)
        response = admin.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
        assert response.status_code == 200


class TestARuleOfABlock:
    def test_stays_on_while_drafts_are_saved_in_other_threads(self) -> None:
        """Wagtail's own way of putting rules off is a switch that all threads share."""
        block = BodyBlock()
        value = block.normalize([("image", {"image": None, "alt": "", "decorative": False})])

        def refused(_number: int) -> bool:
            as_draft(block, value)
            try:
                block.clean(value)
            except ValidationError:
                return True
            return False

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(refused, range(200)))
        assert not any(one.is_deferred_validation for one in walked(block))


def walked(block: Block) -> list[Block]:
    inner: list[Block] = []
    if isinstance(block, (BaseStreamBlock, BaseStructBlock)):
        inner = list(block.child_blocks.values())
    elif isinstance(block, ListBlock):
        inner = [block.child_block]
    return [block, *(found for child in inner for found in walked(child))]
