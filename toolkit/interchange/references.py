"""What is said of an entry wherever it is cited or carried away: one place for all forms."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from toolkit.core.models import below_a_site, open_to_all
from toolkit.core.privacy import is_private
from toolkit.core.sanitising import clean_text
from toolkit.core.short_keys import short_key
from toolkit.taxonomy.facets import CLASSIFYING
from toolkit.taxonomy.versions import versions_among
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies
from toolkit.taxonomy.works import Attachment, EntryPage, Work, classifications


@dataclass(frozen=True)
class ReferenceFile:
    """A file of an entry that everybody may have; ``url`` is its whole address."""

    url: str
    mime_type: str


@dataclass(frozen=True)
class Reference:
    """A work in one language, as plain text.

    ``key`` is the work's, ``type`` CSL's name of what it is, ``language`` a code of
    ``settings.LANGUAGES``, ``languages`` all that it can be read in, ``url`` its whole address.
    ``author`` is a name in one piece: whom an entry credits is mostly an organisation.
    ``terms`` are the names of what classifies it, by facet, in the language of the reader;
    ``keywords`` those of them that are keywords.
    """

    key: str
    slug: str
    type: str
    kind: str
    kind_label: str
    title: str
    language: str
    url: str
    author: str
    publisher: str
    licence: str
    licence_url: str = ""
    summary: str = ""
    issued: datetime.date | None = None
    reviewed: datetime.date | None = None
    changed: datetime.datetime | None = None
    languages: tuple[str, ...] = ()
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    files: tuple[ReferenceFile, ...] = ()

    @property
    def short_key(self) -> str:
        return short_key(self.key)

    @property
    def name(self) -> str:
        """A name for it that programs take: ASCII, without spaces, its own in each language."""
        return f"{self.kind}-{self.short_key}-{self.language}"

    @property
    def pdf(self) -> str:
        """The address of the file that reference managers keep; "" for none."""
        return next((file.url for file in self.files if file.mime_type == "application/pdf"), "")


def references(
    keys: Iterable[UUID | str],
    *,
    language: str,
    root: str,
    terms: Mapping[str, Vocabulary] | None = None,
) -> list[Reference]:
    """What is said of these works, in their order, for a reader of ``language``: each in that
    language, else as it was written. Works that not everybody may read are left out.

    Five queries, whatever the number of works.
    """
    terms = vocabularies() if terms is None else terms
    wanted = list(dict.fromkeys(str(key) for key in keys))
    open_pages = below_a_site(versions_among(open_to_all(EntryPage.objects.all())))
    versions: dict[str, dict[str, int]] = defaultdict(dict)
    found = open_pages.filter(translation_key__in=wanted).order_by("pk")
    for key, code, pk in found.values_list("translation_key", "locale__language_code", "pk"):
        versions[str(key)].setdefault(code, pk)
    works = {str(work.key): work for work in Work.objects.filter(key__in=list(versions))}
    shown = {
        key: pages.get(language) or _written_first(pages, works.get(key))
        for key, pages in versions.items()
    }
    pages = (
        EntryPage.objects.filter(pk__in=shown.values())
        .select_related("locale")
        .defer("sources")
        .in_bulk()
    )
    said = classifications(
        works[key].original_id if key in works else pk for key, pk in shown.items()
    )
    files = _files(shown.values())
    return [
        reference_of(
            page,
            kind=work.kind if work else str(page.specific.search_kind),
            classification=said[work.original_id if work else page.pk],
            attachments=files[page.pk],
            terms=terms,
            reader=language,
            root=root,
            languages=tuple(sorted(versions[key])),
        )
        for key in wanted
        if (page := pages.get(shown.get(key))) is not None
        for work in [works.get(key)]
    ]


def _written_first(pages: Mapping[str, int], work: Work | None) -> int:
    oldest = min(pages.values())
    return work.original_id if work and work.original_id in pages.values() else oldest


def _files(pks: Iterable[int]) -> dict[int, list[Attachment]]:
    """The files of many pages that everybody may have; one query."""
    attached: dict[int, list[Attachment]] = defaultdict(list)
    rows = (
        Attachment.objects.filter(page__in=list(pks), document__isnull=False)
        .select_related("document")
        .annotate(private=is_private("document__collection__path"))
        .order_by("page", "sort_order", "pk")
    )
    for row in rows:
        attached[row.page_id].append(row)
    return attached


def reference_of(
    page: EntryPage,
    *,
    kind: str,
    classification: Mapping[str, list[str]],
    attachments: Iterable[Attachment],
    terms: Mapping[str, Vocabulary],
    reader: str,
    root: str,
    languages: tuple[str, ...] = (),
) -> Reference:
    """What is said of one page. ``attachments`` come with their documents and with what
    ``is_private`` says of each; no query but for those of ``page`` itself."""
    model: Any = page.specific_class or EntryPage
    path = page.get_url() or "/"
    url = path if "://" in path else f"{root}{path}"
    publisher = _("Collaboration Toolkit")
    kind_term = terms["kind"].get(kind)
    labels = {
        facet.name: {
            value: clean_text(term.label(reader))
            for value in classification[facet.name]
            if (term := terms[facet.name].get(value))
        }
        for facet in CLASSIFYING
    }
    keywords = [
        label
        for facet in CLASSIFYING
        if not facet.numbered  # their names are long, and mostly sentences
        for value, label in labels[facet.name].items()
        if value != facet.general  # which says nothing of what the work is about
    ]
    files = [
        ReferenceFile(url=f"{root}{item.document.url}", mime_type=item.document.content_type)
        for item in attachments
        if item.document and not getattr(item, "private", True)
    ]
    composed = [ReferenceFile(f"{url}{below}", mime) for mime, below in model.composed_as.items()]
    return Reference(
        key=str(page.translation_key),
        slug=page.slug,
        type=model.citation_type,
        kind=kind,
        kind_label=kind_term.label(reader) if kind_term else kind,
        title=clean_text(page.title),
        language=page.locale.language_code,
        url=url,
        author=clean_text(page.attribution).strip() or publisher,
        publisher=publisher,
        licence=str(page.get_licence_display()),
        licence_url=page.licence_url,
        summary=clean_text(page.summary),
        issued=page.issued,
        reviewed=page.reviewed_at,
        changed=page.last_published_at,
        languages=languages,
        terms={name: tuple(found.values()) for name, found in labels.items()},
        keywords=tuple(dict.fromkeys(keywords)),
        files=tuple(composed + files),
    )
