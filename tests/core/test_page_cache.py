"""The page cache: who is answered from it, with what, and after which event no longer."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
    Site,
)

from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    PlainPageFactory,
    RegionFactory,
    SectionPageFactory,
    make_site,
    translated,
)
from tests.factories.standing import Ground, Stood, found_again
from toolkit.core import page_cache, public_state
from toolkit.core.models import SiteChange
from toolkit.taxonomy.terms import EntryTag, Region

pytestmark = pytest.mark.django_db

#: A cached page asks the database for the state of the site and for nothing else.
ONE_LOOK = 1


@pytest.fixture(autouse=True)
def cache(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is on, every request looks for changes, and every page counts as settled."""
    settings.TOOLKIT_PAGE_CACHE = True
    monkeypatch.setattr(public_state, "LOOKS_EVERY", 0)
    monkeypatch.setattr(public_state, "SETTLES_IN", 0)


def make_pages() -> dict[str, Page]:
    home = make_site()
    section = SectionPageFactory(parent=home, title="Cases", slug="cases", show_in_menus=True)
    region = RegionFactory(code="africa", label_en="Africa")
    entry = CaseStudyPageFactory(
        parent=section, title="A bus", slug="bus", regions=[region.code], tags=["transport"]
    )
    plain = PlainPageFactory(parent=home, title="About", slug="about")
    translated(entry, "fr")
    indexing.rebuild(engines()[0])
    return {"home": home, "section": section, "entry": entry, "plain": plain}


@pytest.fixture(scope="module")
def standing_pages(ground: Ground) -> Iterator[Stood[dict[str, Page]]]:
    with ground.standing(make_pages) as stood:
        yield stood


@pytest.fixture
def site(
    standing_pages: Stood[dict[str, Page]], own_index: None, tmp_path: Path, settings: Any
) -> dict[str, Page]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path
    standing_pages.use_copy_of_index()
    return {name: found_again(page) for name, page in standing_pages.made.items()}


def is_hit(client: Client, address: str, **headers: str) -> bool:
    """Whether an address is answered from the cache: then it costs one query, for the state."""
    with CaptureQueriesContext(connection) as asked:
        client.get(address, headers=headers)
    return len(asked) <= ONE_LOOK


def kept(client: Client, address: str, **headers: str) -> HttpResponse:
    """The second answer, after making sure that it came from the cache."""
    client.get(address, headers=headers)
    assert is_hit(client, address, **headers), address
    return client.get(address, headers=headers)


PUBLIC = (
    "/en/",
    "/en/cases/",
    "/en/cases/bus/",
    "/fr/cases/bus/",
    "/en/about/",
    "/en/search/?q=bus",
    "/en/search/results.csv?q=bus",
    "/en/browse/",
    "/en/browse/region/africa/",
    "/en/search/opensearch.xml",
    "/sitemap.xml",
    "/sitemap-en.xml",
    "/robots.txt",
    "/api/v1/search?q=bus&lang=en",
)


class TestWhatIsKept:
    def test_every_public_page_with_the_same_body_and_headers(
        self, client: Client, site: dict[str, Page], settings: Any
    ) -> None:
        for address in PUBLIC:
            settings.TOOLKIT_PAGE_CACHE = False
            made = client.get(address)
            settings.TOOLKIT_PAGE_CACHE = True
            found = kept(client, address)
            assert found.content == made.content, address
            added = {"ETag", "Cache-Control", "Vary", "Content-Length"}
            for name, value in made.headers.items():
                if name not in added:
                    assert found.headers[name] == value, (address, name)
            assert set(found.headers) - set(made.headers) <= added
            assert {"Cookie", "Accept-Encoding"} <= set(found["Vary"].split(", ")), address
            assert "Content-Security-Policy" in found.headers

    def test_in_the_encoding_that_the_reader_takes(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        plain = kept(client, "/en/cases/bus/")
        assert "Content-Encoding" not in plain.headers
        for accepted, encoding, undo in (
            ("gzip, deflate, br", "br", brotli.decompress),
            ("gzip", "gzip", gzip.decompress),
            ("gzip, br;q=0", "gzip", gzip.decompress),
        ):
            answer = kept(client, "/en/cases/bus/", accept_encoding=accepted)
            assert answer["Content-Encoding"] == encoding
            assert undo(answer.content) == plain.content
            assert answer["ETag"] == plain["ETag"]
            assert int(answer["Content-Length"]) == len(answer.content) < len(plain.content)

    def test_head_says_what_get_would(self, client: Client, site: dict[str, Page]) -> None:
        head = client.head("/en/about/", headers={"accept-encoding": "br"})
        got = kept(client, "/en/about/", accept_encoding="br")
        assert not head.content
        assert head.headers == got.headers

    def test_a_reader_who_has_it_gets_304_before_anything_is_made(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        etag = client.get("/en/about/")["ETag"]
        for tag in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
            assert is_hit(client, "/en/about/", if_none_match=tag)
            answer = client.get("/en/about/", headers={"if-none-match": tag})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer["ETag"] == etag
            assert "Content-Length" not in answer.headers
        assert client.get("/en/about/", headers={"if-none-match": '"other"'}).status_code == 200

    def test_by_language_where_the_address_has_none(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        address = "/api/v1/search?q=bus"
        english = kept(client, address, accept_language="en")
        french = kept(client, address, accept_language="fr")
        assert (english["Content-Language"], french["Content-Language"]) == ("en", "fr")
        assert "Accept-Language" in french["Vary"]

    def test_by_host_and_scheme_where_addresses_follow_them(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        kept(client, "/en/about/")
        other = client.get("/en/about/", headers={"host": "other.example"})
        assert "other.example" in other.content.decode()
        assert "other.example" not in client.get("/en/about/").content.decode()
        assert "https://testserver" in client.get("/en/about/", secure=True).content.decode()

    def test_one_page_for_all_trails_and_none_of_them_in_it(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        first = client.get("/en/search/?utm_source=letter&q=bus&fbclid=x")
        assert "letter" not in first.content.decode()
        assert is_hit(client, "/en/search/?q=bus&utm_source=other")
        assert not is_hit(client, "/en/search/?q=bus&page=2")


class TestWhoIsNotAnsweredFromIt:
    def test_readers_who_are_known_or_have_a_message(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        kept(client, "/en/about/")
        for name in ("sessionid", "messages"):
            known = Client()
            known.cookies[name] = "x"
            assert not is_hit(known, "/en/about/")
        with_token = Client()
        with_token.cookies["csrftoken"] = "x" * 32
        assert is_hit(with_token, "/en/about/")
        assert not is_hit(client, "/en/about/", authorization="Basic eDp5")

    def test_what_an_editor_sees_is_kept_for_nobody(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        editor = Client()
        editor.force_login(User.objects.create_superuser("editor"))
        page = site["plain"]
        page.title = "Only a draft"
        page.save_revision()
        assert editor.get(f"/admin/pages/{page.pk}/view_draft/").status_code == 200
        editor.get("/en/about/")
        assert not is_hit(client, "/en/about/")
        assert "Only a draft" not in client.get("/en/about/").content.decode()

    def test_private_pages_forms_errors_and_the_admin(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        PageViewRestriction.objects.create(
            page=site["section"], restriction_type="password", password="open"
        )
        for address in ("/en/cases/bus/", "/en/nothing-here/", "/admin/login/", "/healthz"):
            first, second = client.get(address), Client().get(address)
            assert not any(caches[name]._cache for name in ("pages", "searches")), address
            assert first.status_code == second.status_code

    def test_a_page_with_a_password_is_for_those_who_gave_it(
        self, client: Client, site: dict[str, Page]
    ) -> None:
        kept(client, "/en/cases/bus/")
        connection.run_on_commit.clear()
        restriction = PageViewRestriction.objects.create(
            page=site["section"], restriction_type="password", password="open"
        )
        reader = Client()
        session = reader.session
        session[PageViewRestriction.passed_view_restrictions_session_key] = [restriction.pk]
        session.save()
        assert "A bus</h1>" in reader.get("/en/cases/bus/").content.decode()
        assert "A bus</h1>" not in client.get("/en/cases/bus/").content.decode()

    def test_an_answer_in_need_is_not_kept(
        self, client: Client, site: dict[str, Page], settings: Any, tmp_path: Path
    ) -> None:
        from search.answers import forget_engines

        settings.SEARCH_INDEX_DIR = tmp_path / "none"
        forget_engines()
        assert client.get("/en/search/?q=bus").status_code == 503
        assert not caches["searches"]._cache


def _unpublish(site: dict[str, Page]) -> None:
    site["entry"].unpublish()


def _publish(site: dict[str, Page]) -> None:
    site["entry"].title = "A train"
    site["entry"].save_revision().publish()


def _make_private(site: dict[str, Page]) -> None:
    PageViewRestriction.objects.create(page=site["section"], restriction_type="login")


def _move(site: dict[str, Page]) -> None:
    site["entry"].move(site["home"], pos="last-child")


def _rename_section(site: dict[str, Page]) -> None:
    site["section"].slug = "stories"
    site["section"].save_revision().publish()


def _close_collection(site: dict[str, Page]) -> None:
    collection = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")


def _attach(site: dict[str, Page]) -> None:
    document = Document.objects.create(title="File", file=ContentFile(b"x", name="x.txt"))
    site["entry"].attachments.create(document=document)


EVENTS: dict[str, tuple[Callable[[dict[str, Page]], Any], tuple[str, ...]]] = {
    "published": (_publish, ("/en/", "/en/cases/", "/en/cases/bus/", "/sitemap-en.xml")),
    "unpublished": (_unpublish, ("/en/cases/", "/en/cases/bus/", "/en/search/?q=bus")),
    "deleted": (lambda s: s["entry"].delete(), ("/en/cases/bus/", "/en/browse/")),
    "moved": (_move, ("/en/cases/bus/", "/en/search/?q=bus")),
    "a section's address": (_rename_section, ("/en/cases/bus/", "/en/about/")),
    "made private": (_make_private, ("/en/cases/bus/", "/en/", "/api/v1/search?q=bus&lang=en")),
    "a collection closed": (_close_collection, ("/en/cases/bus/",)),
    "a file attached": (_attach, ("/en/cases/bus/",)),
    "a site's host": (
        lambda s: Site.objects.get().save(),
        ("/en/about/", "/sitemap.xml"),
    ),
    "a redirect": (
        lambda s: Redirect.objects.create(old_path="/en/old", redirect_link="/en/"),
        ("/en/about/",),
    ),
    "a term's label": (
        lambda s: Region.objects.get(code="africa").save(),
        ("/en/cases/bus/", "/en/browse/region/africa/", "/en/search/?q=bus"),
    ),
    "a tag": (lambda s: EntryTag.objects.get(name="transport").save(), ("/en/cases/bus/",)),
    "another classification": (
        lambda s: s["entry"].specific.regions.clear() or s["entry"].specific.save(),
        ("/en/browse/region/africa/",),
    ),
    "an index made anew": (
        lambda s: indexing.rebuild(engines()[0]),
        ("/en/search/?q=bus", "/en/browse/"),
    ),
}


class TestEvents:
    @pytest.mark.parametrize("event", EVENTS)
    def test_end_what_was_kept(self, client: Client, site: dict[str, Page], event: str) -> None:
        happen, addresses = EVENTS[event]
        for address in addresses:
            kept(client, address)
        connection.run_on_commit.clear()  # a transaction of its own, as far as that is seen
        happen({name: page.specific for name, page in site.items()})
        for address in addresses:
            assert not is_hit(client, address), (event, address)

    def test_that_readers_do_not_see_leave_it(self, client: Client, site: dict[str, Page]) -> None:
        kept(client, "/en/cases/bus/")
        for name in ("entry", "section", "plain", "home"):
            page = site[name].specific
            page.title = "Only a draft"
            page.save_revision()
        SectionPageFactory(parent=site["home"], live=False)
        user = User.objects.create_user("somebody", password="x")
        Client().login(username="somebody", password="x")
        user.save()
        assert is_hit(client, "/en/cases/bus/")

    def test_that_were_taken_back_are_noted_again_when_they_come(self) -> None:
        connection.run_on_commit.clear()
        before = SiteChange.objects.count()
        with transaction.atomic():
            public_state.public_content_changed()
            public_state.public_content_changed()
            assert SiteChange.objects.count() == before + 1  # once a transaction
        connection.run_on_commit.clear()
        with transaction.atomic():
            undone(public_state.public_content_changed)
            assert SiteChange.objects.count() == before + 1
            public_state.public_content_changed()
            assert SiteChange.objects.count() == before + 2


def undone(work: Callable[[], None]) -> None:
    """Work in a transaction, or a savepoint, that is rolled back."""
    with transaction.atomic():
        work()
        transaction.set_rollback(True)


class TestRightAfterAChange:
    def test_what_was_made_is_made_once_more_when_the_index_has_settled(
        self, client: Client, site: dict[str, Page], monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(public_state, "SETTLES_IN", 60)
        assert kept(client, "/en/search/?q=bus")
        monkeypatch.setattr(public_state, "SETTLES_IN", 0)
        assert not is_hit(client, "/en/search/?q=bus")
        assert is_hit(client, "/en/search/?q=bus")


class TestMemory:
    def test_is_bounded_and_searches_do_not_push_out_pages(
        self, client: Client, site: dict[str, Page], monkeypatch: Any
    ) -> None:
        kept(client, "/en/about/")
        monkeypatch.setattr(caches["searches"], "_max_bytes", 60_000)
        for number in range(30):
            client.get(f"/en/search/?q=bus&unknown={number}")
        assert sum(map(len, caches["searches"]._cache.values())) <= 60_000
        assert len(caches["searches"]._cache) == len(caches["searches"]._expire_info) > 1
        assert is_hit(client, "/en/about/")
        before = len(caches["searches"]._cache)
        client.get(f"/en/search/?q={'x' * 2000}")
        assert len(caches["searches"]._cache) == before  # no address is kept that long

    def test_a_database_that_does_not_answer_is_no_reason_to_guess(
        self, client: Client, site: dict[str, Page], monkeypatch: Any
    ) -> None:
        from django.db import DatabaseError

        def fail(*_args: Any, **_kwargs: Any) -> None:
            raise DatabaseError("gone")

        kept(client, "/en/about/")
        monkeypatch.setattr(SiteChange.objects, "aggregate", fail)
        assert public_state.public_state() is None
        assert client.get("/en/about/").status_code == 200


@pytest.fixture(autouse=True)
def empty_caches() -> Iterator[None]:
    page_cache._drop_all()
    yield
    page_cache._drop_all()


def test_an_agreement_is_kept_while_its_files_are_not(
    client: Client, site: dict[str, Page]
) -> None:
    page = AgreementPageFactory(parent=site["section"], slug="mou")
    kept(client, page.url)
    answer = client.get(f"{page.url}download/docx/", headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in answer.headers
    assert int(answer["Content-Length"]) == len(answer.content)
