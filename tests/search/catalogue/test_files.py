"""The words of attached files are found where everybody may have the file, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from search.answers import current_engine
from search.catalogue import indexing, works
from search.catalogue.files import MOST_CHARACTERS, MOST_FILES
from search.engines import engines
from search.requests import SearchRequest
from tests.attached.files import attach
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    ResourcePageFactory,
    make_site,
    translated,
)
from toolkit.attached.models import FileText
from toolkit.attached.waiting import read_waiting
from toolkit.pages.models import HomePage
from toolkit.taxonomy.works import Attachment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("tasks_at_once"),  # Wagtail's, by which it knows what refers to what
]


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> HomePage:
    settings.MEDIA_ROOT = tmp_path
    home = make_site()
    indexing.rebuild(engines()[0])
    return home


def read(document: Document, text: str = "") -> Document:
    """As the worker reads it."""
    if text:
        FileText.objects.update_or_create(
            document=document,
            defaults={"file": document.file.name, "state": FileText.State.READ, "text": text},
        )
    else:
        read_waiting(within=60)
    return document


def with_file(home: HomePage, text: str = "Toner", **more: Any) -> tuple[Any, Document]:
    page = ResourcePageFactory(parent=home, title="A plan")
    document = read(attach(text.encode(), "a.txt", **more), text)
    page.attachments = [Attachment(document=document)]
    page.save()
    return page, document


def files(page: Any) -> list[tuple[str, str, str]]:
    """Language, title and words of the files of an entry, as indexes get them."""
    entry = page.search_entry()
    return [(file.language, file.title, file.text) for file in entry.files]


def found(text: str = "toner") -> int:
    indexing.apply_changes()
    return current_engine().search(SearchRequest.of(text)).total


class TestFilesOfAnEntry:
    def test_are_those_of_its_list_and_of_its_texts_in_their_languages(
        self, home: HomePage
    ) -> None:
        page = ResourcePageFactory(parent=home, title="A plan")
        listed = read(attach(b"a", "a.txt", title="Budget"), "Toner")
        french = read(attach(b"b", "b.txt", title="Le budget"), "Encre")
        page.attachments = [
            Attachment(document=listed, description="What it costs", sort_order=0),
            Attachment(document=french, language="fr", sort_order=1),
        ]
        value = {"document": read(attach(b"c", "c.txt", title="Steps"), "Ladder").pk}
        page.body = page._meta.get_field("body").stream_block.to_python(
            [{"type": "file", "value": {**value, "description": "", "language": "xx"}}]
        )
        page.save()
        assert files(page) == [
            ("en", "What it costs", "Toner"),
            ("fr", "Le budget", "Encre"),
            ("en", "Steps", "Ladder"),
        ]
        file = page.search_entry().files[0]
        assert (file.url, file.format, file.size) == (listed.url, "TXT", 1)

    def test_say_the_same_words_once(self, home: HomePage) -> None:
        """A template comes as DOCX and as ODT."""
        page = ResourcePageFactory(parent=home, title="A plan")
        both = [
            read(attach(bytes([n]), f"a{n}.txt", title=f"File {n}"), text)
            for n, text in ((1, "Toner and ink"), (2, "ink Toner"))
        ]
        page.attachments = [Attachment(document=d, sort_order=n) for n, d in enumerate(both)]
        page.save()
        assert files(page) == [("en", "File 1", "Toner and ink")]

    def test_are_those_of_all_its_versions(self, home: HomePage) -> None:
        page, _document = with_file(home)
        french = translated(page, "fr", title="Un plan")
        french.attachments = [Attachment(document=read(attach(b"b", "b.txt"), "Encre"))]
        french.save()
        assert [(language, text) for language, _title, text in files(page)] == [
            ("en", "Toner"), ("fr", "Encre"),
        ]  # fmt: skip

    def test_are_not_what_the_site_composes(self, home: HomePage) -> None:
        assert files(AgreementPageFactory(parent=home)) == []

    def test_are_as_many_as_an_index_can_carry(self, home: HomePage) -> None:
        page = ResourcePageFactory(parent=home, title="A plan")
        documents = [
            read(attach(b"%d" % n, f"{n}.txt"), f"{n} " + "x" * 150_000 * (n < 4))
            for n in range(MOST_FILES + 2)
        ]
        page.attachments = [Attachment(document=d, sort_order=n) for n, d in enumerate(documents)]
        page.save()
        texts = [text for _language, _title, text in files(page)]
        assert sum(map(len, texts)) <= MOST_CHARACTERS
        assert len(texts) <= MOST_FILES

    def test_cost_a_query_where_there_are_any(self, home: HomePage) -> None:
        for n in range(3):
            CaseStudyPageFactory(parent=home, title=f"Case {n}", slug=f"case-{n}")
        list(works.published_entries())
        with CaptureQueriesContext(connection) as without:
            list(works.published_entries())
        with_file(home)
        with CaptureQueriesContext(connection) as having:
            list(works.published_entries())
        assert len(having) - len(without) <= 3  # restrictions, documents, words


class TestAFileIsFound:
    def test_once_the_worker_has_read_it(self, home: HomePage) -> None:
        page = ResourcePageFactory(parent=home, title="A plan")
        page.attachments = [Attachment(document=attach(b"Toner", "a.txt", title="Budget"))]
        page.save()
        assert found() == 0
        read_waiting(within=60)
        assert found() == 1
        hit = current_engine().search(SearchRequest.of("toner")).hits[0]
        assert hit.found_in.title == "Budget"

    def test_no_longer_once_it_was_replaced(self, home: HomePage) -> None:
        _page, document = with_file(home)
        assert found() == 1
        document.file = ContentFile(b"Ink", name="b.txt")
        document.save()
        assert (found("toner"), found("ink")) == (0, 0)
        read_waiting(within=60)
        assert (found("toner"), found("ink")) == (0, 1)

    def test_no_longer_once_it_is_gone(self, home: HomePage) -> None:
        page = ResourcePageFactory(parent=home, title="A plan")
        document = read(attach(b"Toner", "a.txt"), "Toner")
        page.body = page._meta.get_field("body").stream_block.to_python(
            [{"type": "file", "value": {"document": document.pk}}]
        )
        page.save()
        assert found() == 1
        Document.objects.get(pk=document.pk).delete()
        assert found() == 0

    def test_under_its_new_name(self, home: HomePage) -> None:
        _page, document = with_file(home, title="Budget")
        document.title = "Accounts"
        document.save()
        assert found("toner") == 1
        hit = current_engine().search(SearchRequest.of("toner")).hits[0]
        assert hit.found_in.title == "Accounts"


def _closed(collection: Collection) -> None:
    CollectionViewRestriction.objects.create(restriction_type="login", collection=collection)


def _close_it(page: Any, document: Document) -> None:
    _closed(document.collection)


def _close_what_is_above(page: Any, document: Document) -> None:
    _closed(Collection.get_first_root_node())


def _move_the_file(page: Any, document: Document) -> None:
    private = Collection.get_first_root_node().add_child(name="Private")
    _closed(private)
    document.collection = private
    document.save()


def _move_the_collection(page: Any, document: Document) -> None:
    private = Collection.get_first_root_node().add_child(name="Private")
    _closed(private)
    Collection.objects.get(pk=document.collection.pk).move(private, "sorted-child")


def _move_a_restriction(page: Any, document: Document) -> None:
    elsewhere = Collection.get_first_root_node().add_child(name="Elsewhere")
    restriction = CollectionViewRestriction(restriction_type="login", collection=elsewhere)
    restriction.save()
    restriction.collection = document.collection
    restriction.save()


def _close_the_page(page: Any, document: Document) -> None:
    PageViewRestriction.objects.create(restriction_type="login", page=page)


def _unpublish(page: Any, document: Document) -> None:
    page.unpublish()


def _take_it_off(page: Any, document: Document) -> None:
    page = type(page).objects.get(pk=page.pk)
    page.attachments = []
    page.save()


class TestAFileIsFoundNoMore:
    @pytest.mark.parametrize(
        "hide",
        [_close_it, _close_what_is_above, _move_the_file, _move_the_collection,
         _move_a_restriction, _close_the_page, _unpublish, _take_it_off],
    )  # fmt: skip
    def test_the_moment_it_is_not_for_everybody(
        self, home: HomePage, hide: Callable[[Any, Document], None]
    ) -> None:
        collection = Collection.get_first_root_node().add_child(name="Open")
        page, document = with_file(home, collection=collection)
        assert found() == 1
        hide(page, document)
        assert found() == 0
        assert not indexing.differences(engines()[0])

    def test_and_again_when_it_is(self, home: HomePage) -> None:
        collection = Collection.get_first_root_node().add_child(name="Open")
        with_file(home, collection=collection)
        _closed(collection)
        assert found() == 0
        CollectionViewRestriction.objects.all().delete()
        assert found() == 1
