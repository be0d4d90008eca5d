"""An editor looks at a page before readers do: in the admin's frame, with its checks."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from casestudies.models import CaseStudyPage
from search.catalogue import indexing
from search.engines import engines
from tests.editing.forms import form_data
from tests.factories.pages import CaseStudyPageFactory, make_site, translated

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> CaseStudyPage:
    home = make_site()
    indexing.rebuild(engines()[0])
    page: CaseStudyPage = CaseStudyPageFactory(parent=home, title="Mobile libraries")
    return page


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


def frame_rules(response: Any) -> tuple[str, str]:
    """Who may frame a page, by the new header and by the old one."""
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    ancestors = next(part.strip() for part in policy.split(";") if "frame-ancestors" in part)
    return ancestors, response["X-Frame-Options"]


def previewed(admin: Client, act: str, *args: Any) -> Any:
    """The preview of a page in the editor, as the panel asks for it."""
    form = form_data(admin, reverse(f"wagtailadmin_pages:{act}", args=args), CaseStudyPage)
    address = reverse(f"wagtailadmin_pages:preview_on_{act}", args=args)
    assert admin.post(address, form).json() == {"is_valid": True, "is_available": True}
    return admin.get(f"{address}?in_preview_panel=true", headers={"Accept-Language": "en"})


class TestAPreview:
    def test_may_be_framed_by_the_admin_alone(self, page: CaseStudyPage, admin: Client) -> None:
        response = previewed(admin, "edit", page.pk)
        assert page.title in response.content.decode()
        assert frame_rules(response) == ("frame-ancestors 'self'", "SAMEORIGIN")
        # and may load no more than the public page
        public = Client().get(page.url)["Content-Security-Policy"]
        without = [part for part in public.split("; ") if "frame-ancestors" not in part]
        assert set(without) <= set(response["Content-Security-Policy"].split("; "))

    def test_leaves_the_public_page_as_strict_as_it_was(
        self, page: CaseStudyPage, admin: Client
    ) -> None:
        for client in (Client(), admin):
            for address in (page.url, f"{page.url}?in_preview_panel=true&is_preview=1"):
                assert frame_rules(client.get(address)) == ("frame-ancestors 'none'", "DENY")

    def test_of_a_page_without_address_speaks_its_language(
        self, page: CaseStudyPage, admin: Client
    ) -> None:
        """Drawn in the browser's language, an Arabic draft runs from left to right."""
        home = translated(page.get_parent().specific, "ar", title="حقيبة")
        response = previewed(admin, "add", "casestudies", "casestudypage", home.pk)
        html = response.content.decode()
        assert '<html lang="ar" dir="rtl">' in html


class TestTheBarOfEditors:
    def test_leads_into_the_form_once(self, page: CaseStudyPage, admin: Client) -> None:
        """Catches: "Edit this page" at the head of a page and once more at its foot."""
        form = f"/admin/pages/{page.pk}/edit/"
        assert admin.get(page.url).content.decode().count(f'{form}"') == 1
        draft = admin.get(f"/admin/pages/{page.pk}/view_draft/").content.decode()
        assert draft.count(f'{form}"') == 1

    def test_is_there_for_them_and_for_no_reader(self, page: CaseStudyPage, admin: Client) -> None:
        assert b"<wagtail-userbar>" in admin.get(page.url).content
        response = Client().get(page.url)
        assert b"wagtail-userbar" not in response.content
        assert "Cookie" not in response.get("Vary", "")
