"""Which files are attached to entries, and whose words may be found.

A file is attached by an editor's list of files or by a block of a text. Its words are found where
everybody may have it: in no private collection, of a version that anybody may read, and read
from the file that is there now. What the site composes itself is no attached file.
"""

from __future__ import annotations

import functools
from collections.abc import Collection as Many
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.blocks import StreamValue
from wagtail.documents.models import Document
from wagtail.fields import StreamField
from wagtail.models import Collection, CollectionViewRestriction, Page, ReferenceIndex

from search.entries import AttachedFile
from toolkit.attached.models import FileText
from toolkit.core.sanitising import clean_text
from toolkit.taxonomy.works import Attachment, EntryPage

#: Files of an entry whose words are found, and characters of all of them together.
MOST_FILES, MOST_CHARACTERS = 20, 400_000


@dataclass(frozen=True)
class _Place:
    """Where a file is attached: what it is called there, and its language."""

    document: int
    title: str
    language: str


class FilesOfPages:
    """The files of many pages. A handful of queries; the words, which are long, are read with
    the entry that has them."""

    def __init__(self, pages: Iterable[Any]) -> None:
        pages = list(pages)
        self._places: dict[int, list[_Place]] = {}
        attached = (
            Attachment.objects.filter(page__in=[page.pk for page in pages], document__isnull=False)
            .order_by("page_id", "sort_order", "pk")
            .values_list("page_id", "document_id", "description", "language")
        )
        for page, document, title, language in attached:
            self._places.setdefault(page, []).append(_Place(document, title, language))
        for page in pages:
            for name in _fields_of_blocks(type(page)):  # type: ignore[arg-type]
                self._places.setdefault(page.pk, []).extend(_in_blocks(getattr(page, name)))
        self._documents = _open_documents(
            place.document for places in self._places.values() for place in places
        )

    def of(self, pages: Iterable[Any]) -> tuple[AttachedFile, ...]:
        """The files of the versions of one work. One whose words another one has, too, is left
        out: a form to fill in comes as DOCX and as ODT."""
        found = {
            place.document: (place, page.locale.language_code)
            for page in reversed(list(pages))
            for place in reversed(self._places.get(page.pk, ()))
            if place.document in self._documents
        }
        if not found:
            return ()
        texts = dict(
            FileText.objects.read().filter(document__in=found).values_list("document_id", "text")
        )
        files: list[AttachedFile] = []
        room = MOST_CHARACTERS
        said: list[tuple[str, frozenset[str]]] = []
        for number, (place, language) in reversed(found.items()):
            text = texts.get(number, "")[:room]
            if not text or len(files) == MOST_FILES:
                continue
            file = _file(self._documents[number], place, text, language)
            words = frozenset(text.split())
            if any(file.language == spoken and words <= known for spoken, known in said):
                continue
            said.append((file.language, words))
            room -= len(text)
            files.append(file)
        return tuple(files)


def _file(document: Document, place: _Place, text: str, language: str) -> AttachedFile:
    known = dict(settings.LANGUAGES)
    said = place.language.strip().lower()
    return AttachedFile(
        language=said if said in known else language,
        title=clean_text(place.title or document.title),
        url=document.url,
        text=text,
        format=document.file_extension.upper(),
        size=document.file_size or 0,
    )


def _open_documents(numbers: Iterable[int]) -> dict[int, Document]:
    """Those of these documents that everybody may have."""
    wanted = set(numbers)
    if not wanted:
        return {}
    closed = tuple(CollectionViewRestriction.objects.values_list("collection__path", flat=True))
    documents = Document.objects.filter(pk__in=wanted).select_related("collection")
    return {
        document.pk: document
        for document in documents
        if not document.collection.path.startswith(closed)
    }


@functools.cache
def _fields_of_blocks(model: Any) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.get_fields() if isinstance(field, StreamField))


def _in_blocks(value: StreamValue | None) -> Iterator[_Place]:
    yield from _in_block(value.stream_block.get_prep_value(value) if value else [])


def _in_block(raw: Any) -> Iterator[_Place]:
    if isinstance(raw, list):
        for item in raw:
            yield from _in_block(item)
    elif isinstance(raw, Mapping):
        value = raw.get("value")
        if raw.get("type") == "file" and isinstance(value, Mapping):
            document = value.get("document")
            if isinstance(document, int):
                yield _Place(
                    document, str(value.get("description") or ""), str(value.get("language") or "")
                )
            return
        for item in raw.values():
            if isinstance(item, (list, Mapping)):
                yield from _in_block(item)


def works_with(documents: Many[Any]) -> set[Any]:
    """The keys of the works that have one of these documents attached, or may have: a draft that
    does counts as well."""
    numbers = [str(number) for number in documents]
    if not numbers:
        return set()
    attached = EntryPage.objects.filter(attachments__document__in=documents)
    types = ContentType.objects.get_for_models(Document, Page)
    referring = ReferenceIndex.objects.filter(
        to_content_type=types[Document], to_object_id__in=numbers, base_content_type=types[Page]
    ).values_list("object_id", flat=True)
    in_texts = EntryPage.objects.filter(pk__in=[int(number) for number in set(referring)])
    return {
        key
        for pages in (attached, in_texts)
        for key in pages.values_list("translation_key", flat=True)
    }


def documents_below(collection: Collection) -> list[int]:
    """The documents of a collection and of those below it."""
    # Collections stand in the order of their names: another one may have moved this since
    path = Collection.objects.filter(pk=collection.pk).values_list("path", flat=True).first()
    below = Document.objects.filter(collection__path__startswith=path) if path else None
    return list(below.values_list("pk", flat=True)) if below is not None else []
