"""Who may do what: anonymous, editor, moderator, administrator × page, file, vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    PageViewRestriction,
)

from casestudies.models import CaseStudyPage
from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    RegionFactory,
    SectionPageFactory,
    make_site,
)
from toolkit.pages.models import SectionPage
from toolkit.taxonomy.editing_rights import grant_rights

pytestmark = pytest.mark.django_db

WHO = ("anonymous", "editor", "moderator", "administrator")
TO_LOGIN, FORBIDDEN, OK, NOT_FOUND = "to login", "forbidden", "ok", "not found"


@pytest.fixture
def section(tmp_path: Path, settings: pytest.FixtureRequest) -> SectionPage:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    home = make_site()
    groups = wagtail_groups(home)
    grant_rights()
    for name in WHO[1:]:
        user = User.objects.create_user(name, password="pass", is_superuser=name == "administrator")
        if name in groups:
            user.groups.add(groups[name])
    indexing.rebuild(engines()[0])
    section: SectionPage = SectionPageFactory(parent=home, slug="case-studies")
    return section


def wagtail_groups(home: SectionPage) -> dict[str, Group]:
    """The groups that Wagtail's migrations make; a database that was flushed has lost them."""
    from django.contrib.auth.models import Permission
    from wagtail.models import GroupPagePermission

    root = home.get_root()
    groups = {}
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for name, verbs in {
        "Editors": ("add", "change"),
        "Moderators": ("add", "change", "publish"),
    }.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(access)
        for verb in verbs:
            permission = Permission.objects.get(
                content_type__app_label="wagtailcore", codename=f"{verb}_page"
            )
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        groups[name.lower().removesuffix("s")] = group
    return groups


def as_(who: str) -> Client:
    client = Client()
    if who != "anonymous":
        assert client.login(username=who, password="pass")
    return client


def outcome(client: Client, url: str, data: dict[str, str] | None = None) -> str:
    response = client.post(url, data) if data is not None else client.get(url)
    if response.status_code == 302:
        target = response["Location"]
        if "login" in target:
            return TO_LOGIN
        return FORBIDDEN if target == reverse("wagtailadmin_home") else OK
    return {200: OK, 403: FORBIDDEN, 404: NOT_FOUND}[response.status_code]


def private(page: CaseStudyPage, kind: str = PageViewRestriction.LOGIN) -> CaseStudyPage:
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind)
    if kind == PageViewRestriction.GROUPS:
        restriction.groups.add(Group.objects.get(name="Moderators"))
    return page


@pytest.mark.parametrize("who", WHO)
class TestReading:
    def test_a_live_page_is_open_to_everybody(self, section: SectionPage, who: str) -> None:
        page = CaseStudyPageFactory(parent=section)
        assert outcome(as_(who), page.url) == OK

    def test_a_draft_has_no_public_address(self, section: SectionPage, who: str) -> None:
        page = CaseStudyPageFactory(parent=section, live=False)
        assert outcome(as_(who), page.url) == NOT_FOUND

    def test_a_private_page_asks_for_an_account(self, section: SectionPage, who: str) -> None:
        page = private(CaseStudyPageFactory(parent=section))
        assert outcome(as_(who), page.url) == (TO_LOGIN if who == "anonymous" else OK)

    def test_a_page_for_moderators_asks_for_theirs(self, section: SectionPage, who: str) -> None:
        page = private(CaseStudyPageFactory(parent=section), PageViewRestriction.GROUPS)
        may = who in {"moderator", "administrator"}
        assert outcome(as_(who), page.url) == (OK if may else TO_LOGIN)

    def test_search_shows_drafts_and_private_pages_to_nobody(
        self, section: SectionPage, who: str
    ) -> None:
        CaseStudyPageFactory(parent=section, title="Open zebra")
        CaseStudyPageFactory(parent=section, title="Draft zebra", live=False)
        private(CaseStudyPageFactory(parent=section, title="Private zebra"))
        indexing.rebuild(engines()[0])
        client = as_(who)
        for address in (
            "/en/search/?q=zebra",
            "/api/v1/search?q=zebra&lang=en",
            "/api/v1/suggest?q=zeb&lang=en",
            "/en/case-studies/",
        ):
            text = client.get(address).content.decode()
            assert "Draft zebra" not in text, address
            assert "Private zebra" not in text, address
        assert "Open" in client.get("/en/search/?q=zebra").content.decode()


@pytest.mark.parametrize("who", WHO)
class TestFiles:
    def document(self, *, restricted: bool) -> Document:
        root = Collection.get_first_root_node() or Collection.add_root(name="Root")
        collection = root.add_child(name="Papers")
        if restricted:
            CollectionViewRestriction.objects.create(
                collection=collection, restriction_type=CollectionViewRestriction.LOGIN
            )
        document = Document(title="Budget", collection=collection)
        document.file.save("budget.txt", ContentFile(b"private figures"))
        document.save()
        return document

    def test_of_an_open_collection_are_open(self, section: SectionPage, who: str) -> None:
        assert outcome(as_(who), self.document(restricted=False).url) == OK

    def test_of_a_private_collection_ask_for_an_account(
        self, section: SectionPage, who: str
    ) -> None:
        expected = TO_LOGIN if who == "anonymous" else OK
        assert outcome(as_(who), self.document(restricted=True).url) == expected

    def test_have_no_direct_address(self, section: SectionPage, who: str) -> None:
        document = self.document(restricted=True)
        assert outcome(as_(who), f"/media/{document.file.name}") == NOT_FOUND

    def test_composed_from_a_private_agreement_ask_for_an_account(
        self, section: SectionPage, who: str
    ) -> None:
        page = private(AgreementPageFactory(parent=section))
        expected = TO_LOGIN if who == "anonymous" else OK
        assert outcome(as_(who), f"{page.url}download/docx/") == expected


@pytest.mark.parametrize("who", WHO)
class TestTheAdmin:
    def test_edits_pages_for_all_but_strangers(self, section: SectionPage, who: str) -> None:
        page = CaseStudyPageFactory(parent=section, live=False)
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert outcome(as_(who), url) == (TO_LOGIN if who == "anonymous" else OK)

    def test_publishes_for_all_but_strangers(self, section: SectionPage, who: str) -> None:
        page = CaseStudyPageFactory(parent=section, live=False)
        page.save_revision()
        url = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
        page.refresh_from_db()
        user = User.objects.filter(username=who).first()
        may = bool(user) and page.permissions_for_user(user).can_publish()
        assert may == (who != "anonymous")
        page.save_revision().publish()
        assert outcome(as_(who), url, {}) == (OK if may else TO_LOGIN)
        page.refresh_from_db()
        assert page.live is not may

    def test_keeps_vocabularies_for_moderators(self, section: SectionPage, who: str) -> None:
        region = RegionFactory(code="europe")
        url = reverse(type(region).snippet_viewset.get_url_name("edit"), args=[region.pk])
        expected = {"anonymous": TO_LOGIN, "editor": FORBIDDEN}.get(who, OK)
        assert outcome(as_(who), url) == expected

    def test_keeps_accounts_for_administrators(self, section: SectionPage, who: str) -> None:
        expected = {"anonymous": TO_LOGIN, "administrator": OK}.get(who, FORBIDDEN)
        assert outcome(as_(who), reverse("wagtailusers_users:index")) == expected
