"""Parts of a page that are drawn once for a state of the site: for whom, until which event, and
what is never kept. Outside a transaction, as a server is: within one nothing is kept at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from casestudies.models import CaseStudyPage
from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import (
    CaseStudyPageFactory,
    RegionFactory,
    SectionPageFactory,
    make_site,
    translated,
)
from tests.factories.standing import Ground, Stood, found_again
from toolkit.core import page_cache, public_state
from toolkit.taxonomy.terms import Region

pytestmark = pytest.mark.django_db(transaction=True)


def make_entry() -> CaseStudyPage:
    """A published case study in English and French."""
    if not Collection.get_first_root_node():  # a test before this one emptied the tables
        Collection.add_root(name="Root")
    with transaction.atomic():
        section = SectionPageFactory(parent=make_site(), title="Cases", slug="cases")
        region = RegionFactory(code="africa", label_en="Africa")
        page: CaseStudyPage = CaseStudyPageFactory(
            parent=section, title="A bus", slug="bus", regions=[region.code], tags=["transport"]
        )
        translated(page, "fr")
    indexing.rebuild(engines()[0])
    return page


@pytest.fixture(scope="module")
def standing_entry(ground: Ground) -> Iterator[Stood[CaseStudyPage]]:
    with ground.committed(make_entry) as stood:
        yield stood


@pytest.fixture
def entry(
    standing_entry: Stood[CaseStudyPage],
    own_index: None,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    """Parts are kept, whole pages are not."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path
    settings.TOOLKIT_PAGE_CACHE = False
    monkeypatch.setattr(public_state, "LOOKS_EVERY", 0)
    monkeypatch.setattr(public_state, "SETTLES_IN", 0)
    page_cache._drop_all()
    standing_entry.use_copy_of_index()
    yield found_again(standing_entry.made)
    page_cache._drop_all()


def kept_parts() -> int:
    return len(caches["parts"]._cache)


def seen(client: Client, address: str = "/en/cases/bus/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def attach(entry: Page, title: str, collection: Collection) -> None:
    file = ContentFile(b"x", name="x.txt")
    document = Document.objects.create(title=title, file=file, collection=collection)
    entry.attachments.create(document=document)
    entry.save_revision().publish()


def test_are_drawn_once_for_everybody(entry: Page) -> None:
    first = seen(Client())
    parts = kept_parts()
    assert parts
    assert seen(Client()) == first
    reader = Client()
    reader.force_login(User.objects.create_user("reader"))
    assert "A bus</h1>" in seen(reader)
    assert kept_parts() == parts


def test_are_those_of_the_language_and_the_address(entry: Page) -> None:
    english, french = seen(Client()), seen(Client(), "/fr/cases/bus/")
    assert "Cite and share" in english
    assert "Cite and share" not in french
    section = seen(Client(), "/en/cases/")
    assert "A bus</h1>" not in section
    assert "A bus" in section


def test_a_change_is_seen_in_them(entry: Page) -> None:
    seen(Client())
    seen(Client(), "/en/cases/")
    entry.title = "A train"
    entry.save_revision().publish()
    assert "A train</h1>" in seen(Client())
    assert "A train" in seen(Client(), "/en/cases/")
    region = Region.objects.get(code="africa")
    region.label_en = "All of Africa"
    region.save()
    assert "All of Africa" in seen(Client())
    attach(entry, "Timetable", Collection.get_first_root_node())
    assert "Timetable" in seen(Client())
    PageViewRestriction.objects.create(page=entry, restriction_type="login")
    assert Client().get("/en/cases/bus/").status_code == 302
    assert "A train" not in seen(Client(), "/en/cases/")


def test_an_editors_draft_and_preview_are_in_none(entry: Page) -> None:
    public = seen(Client())
    editor = Client()
    editor.force_login(User.objects.create_superuser("editor"))
    entry.title = "Only a draft"
    entry.save_revision()
    assert "Only a draft" in editor.get(f"/admin/pages/{entry.pk}/view_draft/").content.decode()
    assert seen(Client()) == public
    assert "Only a draft" not in seen(editor)


def test_what_names_a_private_file_is_drawn_for_each_reader(entry: Page) -> None:
    closed = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    attach(entry, "Minutes", closed)
    member = Client()
    member.force_login(User.objects.create_user("member"))
    for _ in range(2):
        assert "Minutes" in seen(member)
        assert "Minutes" not in seen(Client())


def test_what_the_index_shows_right_after_a_change_is_not_kept(
    entry: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_state, "SETTLES_IN", 3600)
    public_state.public_content_changed()
    seen(Client())
    assert not kept_parts()
