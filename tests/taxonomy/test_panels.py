"""What the editor of an entry shows of its work."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from wagtail.models import GroupPagePermission, Page

from tests.editing.forms import form_data
from tests.factories.pages import CaseStudyPageFactory, RegionFactory, make_site, translated
from toolkit.taxonomy.terms import EVERY_REGION
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


class TestEveryRegion:
    """What holds for every region is said by that alone."""

    @pytest.fixture
    def codes(self, work: tuple[Any, Any]) -> dict[str, str]:
        """Code of a region → what a form sends for it."""
        terms = [RegionFactory(code=code) for code in ("europe", "asia")]
        terms.append(RegionFactory(code="fr", parent=terms[0]))
        terms.append(RegionFactory(code=EVERY_REGION, order=9, label_en="Every region"))
        return {term.code: str(term.pk) for term in terms}

    def send(self, client: Client, page: Page, regions: list[str], action: str) -> BeautifulSoup:
        address = f"/admin/pages/{page.pk}/edit/"
        sent = form_data(client, address, type(page))
        answer = client.post(address, {**sent, "regions": regions, action: "1"}, follow=True)
        return BeautifulSoup(answer.content, "html.parser")

    def test_beside_others_is_refused_on_publishing_and_kept_in_a_draft(
        self, work: tuple[Any, Any], codes: dict[str, str], admin_client: Client
    ) -> None:
        page, _copy = work
        both = [codes["asia"], codes[EVERY_REGION]]
        said = self.send(admin_client, page, both, "action-publish")
        assert "Choose either “Every region” or what the entry is about" in said.get_text()
        assert classification_of(type(page).objects.get(pk=page.pk))["region"] == ["europe"]
        chosen = said.select("[name=regions] option[selected]")
        assert {option["value"] for option in chosen} == set(both)  # nothing chosen is lost
        self.send(admin_client, page, both, "draft")
        draft = type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
        assert {term.code for term in draft.regions.all()} == {"asia", EVERY_REGION}

    def test_is_what_all_of_them_together_mean(
        self, work: tuple[Any, Any], codes: dict[str, str], admin_client: Client
    ) -> None:
        page, copy = work
        asked = [codes["asia"], codes["europe"], codes["fr"]]
        self.send(admin_client, page, asked, "action-publish")
        for version in (page, copy):
            fresh = type(version).objects.get(pk=version.pk)
            assert classification_of(fresh)["region"] == [EVERY_REGION]

    def test_and_some_of_them_stay_as_they_are_chosen(
        self, work: tuple[Any, Any], codes: dict[str, str], admin_client: Client
    ) -> None:
        page, _copy = work
        for chosen in (["asia"], ["asia", "fr"], [EVERY_REGION], []):
            self.send(admin_client, page, [codes[code] for code in chosen], "action-publish")
            said = classification_of(type(page).objects.get(pk=page.pk))["region"]
            assert sorted(said) == sorted(chosen)
