"""Every act that the admin offers, by each of those who work there: none ends in a server error."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask
from wagtail.snippets.models import get_snippet_models

from resources.models import ExercisePage
from tests.editing.forms import sent_by
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    DirectionFactory,
    ExercisePageFactory,
    RegionFactory,
    ResourcePageFactory,
    SectionPageFactory,
    SeriesFactory,
    locale,
    make_site,
    translated,
)
from tests.factories.people import make_people
from tests.search.engines.collection import index
from toolkit.core.models import BasePage
from toolkit.pages.models import HomePage
from toolkit.taxonomy.terms import EntryTag

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("tasks_at_once"),  # what is used where is one of the places
]

#: Beside sections, and plain pages, which have no rules.
FACTORIES = (
    AgreementPageFactory,
    CaseStudyPageFactory,
    ExercisePageFactory,
    ResourcePageFactory,
)


@pytest.fixture
def home(tmp_path, settings) -> HomePage:
    settings.MEDIA_ROOT = tmp_path / "media"
    home = make_site()
    translated(home, "fr", title="Accueil")
    locale("ar")
    make_people(home)
    workflow = Workflow.objects.create(name="Reading")
    task = GroupApprovalTask.objects.create(name="Read")
    task.groups.add(Group.objects.get(name="Moderators"))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page=home, workflow=workflow)
    index()
    return home


class Worker:
    """Somebody at work in the admin; ``failed`` has every act that ended in a server error."""

    def __init__(self, name: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(User.objects.get(username=name))
        self.failed: list[str] = []

    def does(self, address: str, data: Any = None, **more: Any) -> Any:
        answer = self.client.post(address, data, **more) if data is not None else None
        answer = answer or self.client.get(address, **more)
        if answer.status_code >= 500:
            self.failed.append(f"{'GET' if data is None else 'POST'} {address}")
        return answer

    def page(self, act: str, *args: Any, data: Any = None, **more: Any) -> Any:
        return self.does(reverse(f"wagtailadmin_pages:{act}", args=args), data, **more)


def page_types() -> list[type[BasePage]]:
    return [
        model for model in apps.get_models() if issubclass(model, BasePage) and model.is_creatable
    ]


def make(worker: Worker, home: HomePage, model: type[BasePage]) -> None:
    """A new page: as a draft without a word, then published without a word."""
    args = [model._meta.app_label, model._meta.model_name, home.pk]
    address = reverse("wagtailadmin_pages:add", args=args)
    form = worker.does(address)
    if form.status_code != 200:
        return
    typed = sent_by(form, model, slug="")
    for title, more in (
        ("", {}),
        ("A draft", {}),
        ("A page", {"action-publish": "1"}),
        ("For readers", {"action-submit": "1"}),
    ):
        worker.does(address, {**typed, "title": title, **more})
    worker.does(address, {**typed, "title": "By itself"}, headers={"Accept": "application/json"})
    for title in ("", "To be looked at"):
        worker.page("preview_on_add", *args, data={**typed, "title": title})
    worker.page("preview_on_add", *args)


def change(worker: Worker, page: BasePage) -> None:
    """All that is done with a page that is there."""
    key, model = page.pk, type(page)
    edit = reverse("wagtailadmin_pages:edit", args=[key])
    soon = (timezone.now() + datetime.timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    form = worker.does(edit)
    if form.status_code == 200 and not page.alias_of_id:
        typed = sent_by(form, model)
        worker.page("preview_on_edit", key, data=typed)
        worker.page("preview_on_edit", key)
        for more in (
            {},
            {"action-publish": "1"},
            {"go_live_at": soon, "action-publish": "1"},
            {"action-submit": "1"},
        ):
            worker.does(edit, {**typed, **more})
    page.refresh_from_db()
    if state := page.current_workflow_task_state:
        for act in ("reject", "approve"):
            worker.page("workflow_action", key, act, state.pk)
            worker.page("workflow_action", key, act, state.pk, data={"comment": ""})
    for act in ("view_draft", "history", "usage", "workflow_history", "copy", "move", "delete",
                "unpublish", "convert_alias", "set_privacy"):  # fmt: skip
        worker.page(act, key)
    for act in ("lock", "unlock", "convert_alias"):
        worker.page(act, key, data={})
    if revision := page.revisions.order_by("pk").values_list("pk", flat=True).first():
        worker.page("revisions_revert", key, revision)
        worker.page("revisions_view", key, revision)
        worker.page("revisions_unschedule", key, revision, data={})
        worker.page("revisions_compare", key, "earliest", revision)
        worker.page("revisions_compare", key, revision, "live")
    for number, more in enumerate(({}, {"publish_copies": "on"}, {"alias": "on"})):
        slug = f"copy-{number}-{key}"
        data = {"new_title": slug, "new_slug": slug, "new_parent_page": page.get_parent().pk}
        worker.page("copy", key, data={**data, "copy_subpages": "on", **more})
    worker.does(f"/admin/pages/{key}/")
    submit = reverse("wagtail_localize:submit_page_translation", args=[key])
    worker.does(submit)
    worker.does(submit, {"locales": [locale("ar").pk, locale("fr").pk]})
    worker.page("unpublish", key, data={})
    for act in ("publish", "unpublish", "move", "delete"):
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", act])
        worker.does(f"{address}?id={key}&next=/admin/")
        if act != "delete":
            chosen = page.get_parent().pk
            worker.does(f"{address}?id={key}&next=/admin/", {"chooser": chosen})
    worker.page("delete", key, data={})


def vocabularies(worker: Worker) -> Iterator[str]:
    for model in get_snippet_models():
        names = model.snippet_viewset.get_url_name
        yield reverse(names("list"))
        for act in ("add", "history", "usage", "delete", "edit", "inspect", "copy"):
            one = model.objects.first()
            for args in ([], [one.pk] if one else []):
                try:
                    yield reverse(names(act), args=args)
                except NoReverseMatch:
                    continue


def other_places() -> Iterator[str]:
    names = (
        "wagtailadmin_home wagtailadmin_explore_root wagtailimages:index wagtailimages:add_multiple"
        " wagtaildocs:index wagtaildocs:add_multiple wagtailadmin_collections:index"
        " wagtailadmin_collections:add wagtailsites:index wagtailsites:add wagtailredirects:index"
        " wagtailredirects:add wagtailusers_users:index wagtailusers_users:add"
        " wagtailusers_groups:index wagtailusers_groups:add wagtailadmin_reports:locked_pages"
        " wagtailadmin_reports:workflow wagtailadmin_reports:workflow_tasks"
        " wagtailadmin_reports:site_history wagtailadmin_reports:aging_pages"
        " wagtailadmin_reports:page_types_usage wagtailadmin_workflows:index"
        " wagtailadmin_workflows:add wagtailadmin_workflows:task_index wagtailadmin_account"
        " wagtaillocales:index wagtaillocales:add wagtail_localize:translations_report"
        " wagtailadmin_pages:search"
    )
    for name in names.split():
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue


@pytest.mark.parametrize(
    "who",
    [
        pytest.param("editor", marks=pytest.mark.once),
        pytest.param("moderator", marks=pytest.mark.once),
        "administrator",
    ],
)
class TestEveryAct:
    def test_on_pages(self, home, who: str) -> None:
        """Types differ in their forms and rules, ranks in their rights: the administrator, whom
        nothing is refused, tries every type, the others the one with the most rules."""
        worker = Worker(who)
        is_all = who == "administrator"
        for model in page_types() if is_all else (ExercisePage,):
            make(worker, home, model)
        for factory in FACTORIES if is_all else (ExercisePageFactory,):
            change(worker, factory(parent=home).specific)
        change(worker, ExercisePageFactory(parent=home, live=False).specific)
        page = CaseStudyPageFactory(parent=SectionPageFactory(parent=home))
        change(worker, page.create_alias(parent=home, update_slug="alias").specific)
        if is_all:
            change(worker, page.get_parent().specific)
        assert worker.failed == []

    def test_elsewhere(self, home, who: str) -> None:
        worker = Worker(who)
        RegionFactory(code="fr", parent=RegionFactory(code="europe"))
        DirectionFactory(number="1")
        SeriesFactory()
        for name in ("★", "zines", "!!!"):
            EntryTag.objects.create(name=name)
        root = Collection.get_first_root_node() or Collection.add_root(name="Root")
        image = Image.objects.create(title="Van", file=get_test_image_file(), collection=root)
        document = Document(title="Budget", collection=root)
        document.file.save("budget.txt", ContentFile(b"figures"))
        redirect = Redirect.objects.create(old_path="/old", redirect_link="/en/")
        addresses = [
            *vocabularies(worker),
            *other_places(),
            *(
                reverse(f"wagtailimages:{act}", args=[image.pk])
                for act in ("edit", "delete", "image_usage")
            ),
            *(
                reverse(f"wagtaildocs:{act}", args=[document.pk])
                for act in ("edit", "delete", "document_usage")
            ),
            reverse("wagtailredirects:edit", args=[redirect.pk]),
            reverse("wagtailusers_users:edit", args=[User.objects.first().pk]),
        ]
        for address in addresses:
            is_list = not {"edit", "delete", "add", "inspect", "copy"} & set(address.split("/"))
            worker.does(address)
            if is_list:
                worker.does(f"{address}?q=★&p=99&ordering=-x&locale=xx")
        for address in addresses:  # and every form sent empty
            if "delete" not in address:
                worker.does(address, {})
        for address in addresses:
            if "delete" in address:
                worker.does(address, {})
        assert worker.failed == []
