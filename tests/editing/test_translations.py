""" "Translate this page" makes drafts: no word of one language is online as another."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import LocaleSynchronization, StringTranslation, Translation
from wagtail_localize.synctree import synchronize_tree

from casestudies.models import CaseStudyPage
from tests.factories.pages import (
    CaseStudyPageFactory,
    SectionPageFactory,
    locale,
    make_site,
    translated,
)
from tests.search.engines.collection import index
from toolkit.pages.models import HomePage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> HomePage:
    home = make_site()
    translated(home, "fr", title="Boîte à outils")
    translated(home, "ar", title="حقيبة")
    index()
    return home


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


def translate(admin: Client, page: Page, *languages: str, **more: str) -> None:
    """The act "Translate this page"."""
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    locales = [locale(language).pk for language in languages]
    assert admin.post(address, {"locales": locales, **more}).status_code == 302


def fill(translation: Translation) -> None:
    """Translate whatever is left to translate."""
    for segment in translation.source.stringsegment_set.all():
        StringTranslation.objects.get_or_create(
            translation_of_id=segment.string_id,
            context_id=segment.context_id,
            locale=translation.target_locale,
            defaults={"data": f"[{translation.target_locale}] {segment.order}"},
        )


def publish(admin: Client, page: Page) -> str:
    """The act "Publish" in the editor of translations; the messages that follow."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = admin.post(address, {"action": "publish"}, follow=True)
    assert response.status_code == 200
    return " ".join(str(message) for message in response.context["messages"])


class TestTranslateThisPage:
    def test_makes_drafts_also_of_parents_that_have_no_translation(self, home, admin) -> None:
        section = SectionPageFactory(parent=home, slug="cases")
        page = CaseStudyPageFactory(parent=section, slug="zebra", title="Zebra")
        translate(admin, page, "fr", "ar")
        for language in ("fr", "ar"):
            draft = page.get_translation(locale(language))
            assert not any(one.live for one in draft.get_ancestors(inclusive=True)[3:])
            assert not draft.live
            assert draft.get_parent().translation_key == section.translation_key
            assert not draft.get_parent().live
            assert Client().get(draft.url).status_code == 404
            assert Client().get(draft.get_parent().url).status_code == 404
        found = Client().get("/api/v1/search?q=zebra&language=fr&lang=fr").json()
        assert found["total"] == 0

    def test_with_all_that_is_below_makes_drafts_of_all(self, home, admin) -> None:
        section = SectionPageFactory(parent=home, slug="cases")
        CaseStudyPageFactory(parent=section, title="Zebra")
        translate(admin, section, "fr", include_subtree="on")
        french = Page.objects.filter(locale=locale("fr"), depth__gt=2)
        assert french.count() == 2
        assert not french.filter(live=True).exists()

    def test_publishes_nothing_before_all_of_it_is_translated(self, home, admin) -> None:
        page = CaseStudyPageFactory(parent=home, slug="zebra", title="Zebra")
        translate(admin, page, "fr")
        draft = page.get_translation(locale("fr"))
        assert "not translated yet" in publish(admin, draft)
        draft.refresh_from_db()
        assert not draft.live
        fill(Translation.objects.get())
        assert "Published" in publish(admin, draft)
        draft.refresh_from_db()
        assert (draft.live, draft.title[0]) == (True, "[")

    def test_keeps_what_somebody_wrote_in_that_language(self, home, admin) -> None:
        """Below a section without French stands a page whose French version is elsewhere."""
        section = SectionPageFactory(parent=home, slug="cases")
        page = CaseStudyPageFactory(parent=section, slug="zebra", title="Zebra")
        french = translated(page, "fr", title="Zèbre")
        old = french.get_parent()
        french.move(home.get_translation(locale("fr")), pos="last-child")
        Page.objects.get(pk=old.pk).delete()
        translate(admin, section, "fr", include_subtree="on")
        french.refresh_from_db()
        assert (french.live, french.title) == (True, "Zèbre")
        assert not section.get_translation(locale("fr")).live


class TestSyncingTranslations:
    def test_leaves_what_is_online_until_the_new_texts_are_translated(self, home, admin) -> None:
        page = CaseStudyPageFactory(parent=home, slug="zebra", title="Zebra")
        translate(admin, page, "fr")
        fill(Translation.objects.get())
        publish(admin, page.get_translation(locale("fr")))
        page.title = "Zebra crossing"
        page.save_revision().publish()
        source = Translation.objects.get().source
        address = reverse("wagtail_localize:update_translations", args=[source.pk])
        response = admin.post(address, {"publish_translations": "on"}, follow=True)
        assert "Kept as drafts" in response.content.decode()
        french: Any = CaseStudyPage.objects.get(locale=locale("fr"))
        assert "Zebra" not in french.title
        assert (
            "Zebra"
            not in Client()
            .get(french.url)
            .content.decode()
            .split("<main")[1]
            .split("<h1")[1]
            .split("</h1>")[0]
        )
        fill(Translation.objects.get())
        admin.post(address, {"publish_translations": "on"})
        french.refresh_from_db()
        assert french.live
        assert not french.has_unpublished_changes


class TestAnAliasInAnotherLanguage:
    def test_is_never_online(self, home) -> None:
        """Made for a language that follows another, and again whenever the original changes."""
        page = CaseStudyPageFactory(parent=home, slug="zebra", title="Zebra")
        LocaleSynchronization.objects.create(locale=locale("fr"), sync_from=locale("en"))
        synchronize_tree(locale("en"), locale("fr"))
        alias = Page.objects.get(alias_of=page)
        assert not alias.live
        page.title = "Zebra crossing"
        page.save_revision().publish()
        alias.refresh_from_db()
        assert (alias.live, alias.title) == (False, "Zebra crossing")

    def test_but_one_in_the_same_language_is(self, home) -> None:
        section = SectionPageFactory(parent=home, slug="cases")
        page = CaseStudyPageFactory(parent=home, slug="zebra")
        assert page.create_alias(parent=section).live
