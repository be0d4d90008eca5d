"""What the editor of an entry shows of its work."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from wagtail.models import GroupPagePermission, Page

from tests.factories.pages import CaseStudyPageFactory, RegionFactory, make_site, translated
from toolkit.taxonomy.works import classification_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def work() -> tuple[Any, Any]:
    page = CaseStudyPageFactory(parent=make_site(), title="Mobile libraries", regions=["europe"])
    page.save_revision().publish()
    return page, translated(page, "fr", title="Bibliothèques mobiles")


def editor_below(page: Page) -> Client:
    """A client of somebody who may edit and publish below one page, and nothing else."""
    group = Group.objects.create(name="Regional editors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("change_page", "publish_page"):
        GroupPagePermission.objects.create(
            group=group, page=page, permission=Permission.objects.get(codename=codename)
        )
    user = User.objects.create_user("editor", password="a pass phrase")
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def form_of(client: Client, page: Page) -> tuple[BeautifulSoup, dict[str, str]]:
    """The edit form of a page: as a document, and as what a browser would send."""
    response = client.get(f"/admin/pages/{page.pk}/edit/")
    assert response.status_code == 200
    document = BeautifulSoup(response.content, "html.parser")
    # Blocks are drawn by scripts: none of them.
    sent = {f"{name}-count": "0" for name in ("results", "body", "sources")}
    for field in document.select("#page-edit-form [name]"):
        if field.get("type") in {"checkbox", "submit"} or field.name == "button":
            continue
        chosen = field.select_one("option[selected]") if field.name == "select" else None
        value = chosen["value"] if chosen else field.get("value") or field.get_text()
        sent[str(field["name"])] = str(value)
    return document, sent


class TestTheEditor:
    def test_classifies_by_the_original_alone(
        self, work: tuple[Any, Any], admin_client: Client
    ) -> None:
        page, copy = work
        names = {str(field["name"]) for field in form_of(admin_client, page)[0].select("[name]")}
        assert {"regions", "tags", "roles"} <= names
        assert "agrees_with_original" not in names
        document, _sent = form_of(admin_client, copy)
        names = {str(field["name"]) for field in document.select("[name]")}
        assert not {"regions", "tags", "roles"} & names
        assert document.select_one(f'a[href="/admin/pages/{page.pk}/edit/"]')
        assert "Mobile libraries" in document.get_text()

    def test_of_a_version_alone_cannot_classify_the_work(self, work: tuple[Any, Any]) -> None:
        page, copy = work
        client = editor_below(copy.get_parent())
        document, sent = form_of(client, copy)
        # She may not edit the original: the link leads to where she can read it.
        assert not document.select_one(f'a[href="/admin/pages/{page.pk}/edit/"]')
        assert document.select_one('a[href$="/en/mobile-libraries/"]')
        asia = RegionFactory(code="asia")
        answer = client.post(
            f"/admin/pages/{copy.pk}/edit/",
            {**sent, "regions": [str(asia.pk)], "tags": "boats", "action-publish": "1"},
        )
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        assert classification_of(type(copy).objects.get(pk=copy.pk))["region"] == ["europe"]
        assert [r.code for r in type(copy).objects.get(pk=copy.pk).regions.all()] == ["europe"]

    def test_says_that_a_version_agrees_with_its_original_again(
        self, work: tuple[Any, Any], admin_client: Client
    ) -> None:
        page, copy = work
        page.title = "Floating libraries"
        page.save_revision().publish()
        document, sent = form_of(admin_client, copy)
        assert "The original has changed since this translation was made." in document.get_text()
        admin_client.post(
            f"/admin/pages/{copy.pk}/edit/",
            {**sent, "agrees_with_original": "on", "action-publish": "1"},
        )
        copy, page = (type(copy).objects.get(pk=pk) for pk in (copy.pk, page.pk))
        assert copy.translated_revision == page.live_revision_id
        assert "has changed since" not in form_of(admin_client, copy)[0].get_text()
