"""Every event of a work is noted, in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models.signals import post_save
from django.test import RequestFactory
from wagtail.models import Locale, Page, PageViewRestriction, Site

from search.answers import current_engine
from search.catalogue import indexing
from search.catalogue.works import published_entries, published_keys
from search.engines import engines
from search.models import PendingChange
from search.requests import SearchRequest
from tests.factories.pages import (
    CaseStudyPageFactory,
    HomePageFactory,
    PlainPageFactory,
    RegionFactory,
    SectionPageFactory,
    locale,
    make_site,
    translated,
)
from tests.factories.standing import Ground, Stood, found_again
from toolkit.pages.models import HomePage
from toolkit.taxonomy.works import work_changed

pytestmark = pytest.mark.django_db(transaction=True)


def make_home() -> HomePage:
    home = make_site()
    indexing.rebuild(engines()[0])
    return home


@pytest.fixture(scope="module")
def standing_home(ground: Ground) -> Iterator[Stood[HomePage]]:
    with ground.committed(make_home) as stood:
        yield stood


@pytest.fixture
def home(standing_home: Stood[HomePage], own_index: None) -> HomePage:
    standing_home.use_copy_of_index()
    return found_again(standing_home.made)


def found(text: str = "", language: str = "en") -> list[tuple[str, str]]:
    page = current_engine().search(SearchRequest.of(text, language=language))
    return [(hit.title, hit.url) for hit in page.hits]


def counted(facet: str) -> dict[str, int]:
    return dict(current_engine().search(SearchRequest.of("")).counts.get(facet, {}))


def in_africa(home: HomePage) -> tuple[Any, Any]:
    """A work that went from Europe to Africa when its French version was there already."""
    page = CaseStudyPageFactory(parent=home, title="Mobile libraries", regions=["europe"])
    copy = translated(page, "fr", title="Bibliothèques mobiles")
    page.regions = [RegionFactory(code="africa")]
    page.save_revision().publish()
    return page, copy


class TestTheOriginal:
    @pytest.mark.parametrize(
        "hide",
        [
            lambda page: page.unpublish(),
            lambda page: Page.objects.get(pk=page.pk).unpublish(),
            lambda page: PageViewRestriction.objects.create(page=page, restriction_type="login"),
            lambda page: page.delete(),
        ],
        ids=["unpublished", "unpublished as a mere page", "private", "deleted"],
    )
    def test_that_goes_changes_nothing_for_its_versions(
        self, home: HomePage, hide: Callable[[Any], Any]
    ) -> None:
        page, _copy = in_africa(home)
        assert counted("region") == {"africa": 1}
        hide(page)
        assert counted("region") == {"africa": 1}
        assert counted("language") == {"fr": 1}
        assert [title for title, _url in found()] == ["Bibliothèques mobiles"]

    def test_classifies_while_it_is_offline(self, home: HomePage) -> None:
        page, _copy = in_africa(home)
        page.unpublish()
        page.refresh_from_db()
        page.regions = [RegionFactory(code="asia")]
        page.save()  # as the editor does with a page that is not live
        assert counted("region") == {"asia": 1}


class TestADraft:
    def test_is_not_indexed(self, home: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        noted: list[set[str]] = []

        def note(keys: set[str], **_kwargs: Any) -> None:
            noted.append(keys)

        work_changed.connect(note)
        try:
            for number in range(3):
                page.title = f"Draft {number}"
                page.save_revision()
            draft = CaseStudyPageFactory(parent=home, live=False)
            draft.save()
            draft.delete()
        finally:
            work_changed.disconnect(note)
        assert noted == []
        assert not PendingChange.objects.exists()


class TestASection:
    @pytest.fixture
    def section(self, home: HomePage) -> Any:
        section = SectionPageFactory(parent=home, slug="one")
        CaseStudyPageFactory(parent=section, title="Mobile libraries", slug="mobile")
        return section

    def test_takes_its_entries_along_when_it_moves(self, home: HomePage, section: Any) -> None:
        deep = PlainPageFactory(parent=home, slug="deep")
        Page.objects.get(pk=section.pk).move(Page.objects.get(pk=deep.pk), pos="last-child")
        assert found("mobile") == [("Mobile libraries", "/en/deep/one/mobile/")]

    def test_that_gets_another_slug_gives_its_entries_other_addresses(
        self, home: HomePage, section: Any
    ) -> None:
        section.slug = "two"
        section.save_revision().publish()
        assert found("mobile") == [("Mobile libraries", "/en/two/mobile/")]

    def test_moves_and_is_noted_or_neither(
        self, home: HomePage, section: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = PlainPageFactory(parent=home, slug="deep")
        fails(monkeypatch)
        with pytest.raises(RuntimeError):
            Page.objects.get(pk=section.pk).move(Page.objects.get(pk=deep.pk), pos="last-child")
        assert Page.objects.get(pk=section.pk).url_path == "/home/one/"

    def test_is_noted_for_nothing_when_only_its_words_change(
        self, home: HomePage, section: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fails(monkeypatch)
        section.title = "Another"
        section.save_revision().publish()


def fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be noted any more."""

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("database is locked")

    monkeypatch.setattr(PendingChange.objects, "bulk_create", fail)


class TestAChangeAndItsNote:
    """Are one transaction: there is no moment in which one is there without the other."""

    CHANGES: dict[str, Callable[[Any], Any]] = {
        "made private": lambda page: PageViewRestriction.objects.create(
            page=page, restriction_type="login"
        ),
        "open again": lambda page: PageViewRestriction.objects.get().delete(),
        "another site": lambda page: Site.objects.get().save(),
        "another language code": lambda page: page.locale.save(),
        "a term": lambda page: RegionFactory(code="europe").save(),
    }

    @pytest.mark.parametrize("change", list(CHANGES))
    def test_fail_together(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch, change: str
    ) -> None:
        page = CaseStudyPageFactory(parent=home, title="Secret plan", regions=["europe"])
        if change == "open again":
            PageViewRestriction.objects.create(page=page, restriction_type="login")
        before = state(page)
        with monkeypatch.context() as patch:
            fails(patch)
            with pytest.raises(RuntimeError):
                self.CHANGES[change](page)
        assert state(page) == before
        indexing.apply_changes()
        assert not indexing.differences(engines()[0])

    def test_leave_no_note_when_something_fails_after_it(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Secret plan")

        def fail(**_kwargs: Any) -> None:
            assert PendingChange.objects.exists()
            raise RuntimeError("no space left")

        post_save.connect(fail, sender=PageViewRestriction)
        try:
            with pytest.raises(RuntimeError):
                PageViewRestriction.objects.create(page=page, restriction_type="login")
        finally:
            post_save.disconnect(fail, sender=PageViewRestriction)
        assert not PageViewRestriction.objects.exists()
        assert not PendingChange.objects.exists()
        assert [title for title, _url in found("secret")] == ["Secret plan"]

    def test_are_one_in_the_admin_too(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch, admin_client: Any
    ) -> None:
        page = CaseStudyPageFactory(parent=home, title="Secret plan")
        fails(monkeypatch)
        with pytest.raises(RuntimeError):
            admin_client.post(
                f"/admin/pages/{page.pk}/privacy/", {"restriction_type": "login", "groups": []}
            )
        assert not PageViewRestriction.objects.exists()
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        assert all(r.accept_request(request) for r in page.get_view_restrictions())

    def test_send_a_signal_to_whoever_keeps_something_of_a_work(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home)
        told: list[set[str]] = []

        def listen(keys: set[str], **_kwargs: Any) -> None:
            told.append(keys)

        work_changed.connect(listen)
        try:
            page.unpublish()
        finally:
            work_changed.disconnect(listen)
        assert {str(page.translation_key)} in told


def state(page: Any) -> Any:
    return (
        list(PageViewRestriction.objects.values_list("pk", "page")),
        PendingChange.objects.count(),
    )


class TestARestriction:
    def test_that_goes_to_another_page_opens_the_first(self, home: HomePage) -> None:
        one, other = (CaseStudyPageFactory(parent=home, title=title) for title in ("one", "other"))
        restriction = PageViewRestriction.objects.create(page=one, restriction_type="login")
        assert [title for title, _url in found()] == ["other"]
        restriction.page = other
        restriction.save()
        assert [title for title, _url in found()] == ["one"]


class TestASite:
    def test_without_a_page_below_it_finds_nothing(self, home: HomePage) -> None:
        other = HomePageFactory(parent=Page.objects.get(depth=1), slug="other", locale=home.locale)
        CaseStudyPageFactory(parent=other, title="Nowhere")
        assert found("nowhere") == []
        assert published_keys() == []

    def test_with_another_home_page_finds_what_is_below_that(self, home: HomePage) -> None:
        other = HomePageFactory(parent=Page.objects.get(depth=1), slug="other", locale=home.locale)
        CaseStudyPageFactory(parent=other, title="There")
        CaseStudyPageFactory(parent=home, title="Here")
        site = Site.objects.get()
        site.root_page = other
        site.save()
        assert [title for title, _url in found()] == ["There"]
        site.delete()
        assert found() == []

    def test_is_asked_for_anew_by_a_process_that_has_seen_another(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Here")
        Site.get_site_root_paths()
        Site.objects.all().delete()
        # As another process left it, which cannot empty what this one keeps.
        from django.core.cache import cache
        from wagtail.models.sites import SITE_ROOT_PATHS_CACHE_KEY, SITE_ROOT_PATHS_CACHE_VERSION

        cache.set(
            SITE_ROOT_PATHS_CACHE_KEY,
            [(1, "/home/", "http://localhost", "en")],
            version=SITE_ROOT_PATHS_CACHE_VERSION,
        )
        assert list(published_entries()) == []


class TestALanguage:
    def test_with_another_code_is_another_one_in_the_index(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        translated(page, "fr", title="Bibliothèques mobiles")
        french = Locale.objects.get(language_code="fr")
        french.language_code = "es"
        french.save()
        assert counted("language") == {"en": 1, "es": 1}


class TestAnAlias:
    def test_is_found_once_it_is_a_page_of_its_own(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries", regions=["europe"])
        alias = page.create_alias(parent=SectionPageFactory(parent=home, slug="one"))
        assert len(found("mobile")) == 1
        from wagtail.actions.convert_alias import ConvertAliasPageAction

        ConvertAliasPageAction(alias).execute()
        assert len(found("mobile")) == 2
        assert counted("region") == {"europe": 2}


class TestAnUntranslatedPage:
    def test_is_no_version(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        french = locale("fr")
        home.copy_for_translation(french).save_revision().publish()
        copy = page.copy_for_translation(french)
        copy.save_revision().publish()
        assert counted("language") == {"en": 1}
        copy.title = "Bibliothèques mobiles"
        copy.save_revision().publish()
        assert counted("language") == {"en": 1, "fr": 1}
