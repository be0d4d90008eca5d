"""The starter collection into the site: locales, page trees, sections, entries.

Every version of a work is put in once. Later runs add what is new in the files and leave
alone what is there, what an editor changed and what an editor removed.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.coreutils import find_available_slug
from wagtail.documents.models import Document
from wagtail.models import Locale, Page, Revision, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from search.catalogue.indexing import paused
from toolkit.pages.models import HomePage
from toolkit.starter.collection_files import COLLECTION, CollectionError, Source, read_collection
from toolkit.starter.contents import SECTION_OF, SECTIONS, page_model, stream, write_fields
from toolkit.starter.models import LoadedVersion
from toolkit.starter.worksheets import attachments
from toolkit.taxonomy.works import EntryPage

#: Work's name → translation key: the same on every site, so that a second run finds its pages.
_NAMESPACE = uuid.UUID("7a4c0a52-5d0e-4f65-9d38-0c6a3d3f0b1e")
HOME = "pages/home"


@dataclass
class Report:
    """How many versions were created, updated and left as they are."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        total = sum(self.counts.values())
        parts = [f"{number} {what}" for what, number in sorted(self.counts.items())]
        return f"{total} versions: {', '.join(parts)}" if parts else "nothing to load"


def load_starter(
    *,
    update: bool = False,
    directory: Path = COLLECTION,
    say: Callable[[str], Any] = lambda line: None,
) -> Report:
    """Load the collection; ``say`` is told of each version that is written.

    ``update`` writes the files over what is in the site, and brings back what was removed.
    The vocabularies must be there. Raises ``CollectionError`` for a file that cannot be
    loaded; what was written before it stays.
    """
    works = read_collection(directory)
    if HOME not in works:
        raise CollectionError(f"{HOME}: the home page is missing.")
    loader = _Loader(works, update=update, say=say)
    with paused():
        loader.run()
    return loader.report


class _Loader:
    def __init__(
        self, works: dict[str, dict[str, Source]], *, update: bool, say: Callable[[str], Any]
    ) -> None:
        self.works = works
        self.update = update
        self.say = say
        self.report = Report()
        self.locales = {
            code: Locale.objects.get_or_create(language_code=code)[0]
            for code, _name in settings.LANGUAGES
        }
        self.languages = sorted(self.locales, key=lambda code: code != settings.LANGUAGE_CODE)
        self.loaded = {(v.name, v.language): v for v in LoadedVersion.objects.all()}
        self.home_key: uuid.UUID | None = None

    def run(self) -> None:
        homes = self._homes()
        for name in self._names("section-"):
            for language in self.languages:
                self._put(name, language, parent=homes[language], everywhere=True)
        for language, home in homes.items():
            self._put(HOME, language, parent=home.get_parent(), everywhere=True)
        for name in self._names(""):
            for language in self.works[name]:
                self._put(name, language, parent=homes[language])
        for name, versions in self.works.items():
            folder = name.split("/")[0]
            if folder == "pages":
                continue
            for language in versions:
                section = self._page(f"pages/section-{SECTION_OF.get(folder, folder)}", language)
                self._put(name, language, parent=section or homes[language])

    def _names(self, prefix: str) -> list[str]:
        """Sections (in the order of the menu), or the site's other pages."""
        if prefix:
            names = [f"pages/{prefix}{name}" for name in SECTIONS]
            return [name for name in names if name in self.works]
        return [
            name
            for name in self.works
            if name.startswith("pages/") and name != HOME and not name.startswith("pages/section-")
        ]

    # --- the trees ----------------------------------------------------------------------

    @transaction.atomic
    def _homes(self) -> dict[str, Page]:
        """A home page in every language, and the site that they belong to."""
        root = Page.get_first_root_node()
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        present = site.root_page.specific if site else None
        # A site that somebody set up before keeps its home page.
        self.home_key = present.translation_key if isinstance(present, HomePage) else None
        homes: dict[str, Page] = {}
        for language in self.languages:
            home = self._page(HOME, language)
            if home is None:
                home = HomePage(
                    title=self._source(HOME, language)["title"],
                    slug=find_available_slug(root, language),
                    locale=self.locales[language],
                    translation_key=self._key(HOME),
                    live=False,
                )
                root.add_child(instance=home)
            homes[language] = home
        if site is None or not isinstance(present, HomePage):
            address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
            site = site or Site(is_default_site=True)
            site.root_page = homes[settings.LANGUAGE_CODE]
            site.site_name = settings.WAGTAIL_SITE_NAME
            site.hostname = address.hostname or "localhost"
            site.port = address.port or (443 if address.scheme == "https" else 80)
            site.save()
            if present is not None and type(present) is Page and not present.numchild:
                present.delete()  # the page with which Wagtail greets a new site
        Site.clear_site_root_paths_cache()
        return homes

    def _key(self, name: str) -> uuid.UUID:
        if name == HOME and self.home_key:
            return self.home_key
        return uuid.uuid5(_NAMESPACE, name)

    def _page(self, name: str, language: str) -> Page | None:
        if name not in self.works:
            return None
        return (
            page_model(self._source(name, language))
            .objects.filter(translation_key=self._key(name), locale=self.locales[language])
            .first()
        )

    def _source(self, name: str, language: str) -> Source:
        """The file in a language; where there is none, the original with the words that the
        interface's translation knows."""
        versions = self.works[name]
        if language in versions:
            return versions[language]
        original = versions[settings.LANGUAGE_CODE]
        with override(language):
            data: dict[str, Any] = {
                key: gettext(said)
                for key in ("title", "summary")
                if (said := " ".join((original.get(key) or "").split()))
            }
            if "doors" in original.data:
                data["doors"] = [
                    {key: gettext(text) for key, text in door.items() if key != "code"}
                    | {"code": door["code"]}
                    for door in original["doors"]
                ]
        return replace(original, data=data)

    # --- one version --------------------------------------------------------------------

    def _put(self, name: str, language: str, *, parent: Page, everywhere: bool = False) -> None:
        """Write one version of a work, if it has to be written.

        ``everywhere``: in every language, whether there is a file or not.
        """
        if not everywhere and language not in self.works[name]:
            return
        source = self._source(name, language)
        record = self.loaded.get((name, language))
        page = self._page(name, language)
        what = self._what_to_do(page, record, source)
        self.report.counts[what] += 1
        if what not in {"created", "updated"}:
            return
        self.say(f"{name} ({language}): {what}")
        original = self.works[name][settings.LANGUAGE_CODE]
        try:
            with transaction.atomic():
                self._write(page, source, original, language=language, parent=parent)
        except ValidationError as error:
            raise CollectionError(f"{name}/{source.language}.yaml: {error.messages}") from error

    def _what_to_do(self, page: Page | None, record: LoadedVersion | None, source: Source) -> str:
        if page is None:
            return "created" if self.update or record is None else "removed by an editor"
        if self.update:
            return "updated"
        if record is None:
            # A home page is made as an empty draft, so that its sections have a place.
            return "left as they are" if page.latest_revision_id or page.live else "created"
        is_ours = page.latest_revision_id == record.revision
        if is_ours and record.text_language != source.language:
            return "updated"
        return "left as they are"

    def _write(
        self,
        page: Page | None,
        source: Source,
        original: Source,
        *,
        language: str,
        parent: Page,
    ) -> None:
        if page is None:
            page = page_model(source)(
                slug=find_available_slug(parent, source.slug.removeprefix("section-")),
                locale=self.locales[language],
                translation_key=self._key(source.name),
                live=False,
            )
        write_fields(page, source, original)
        if isinstance(page, EntryPage):
            page.now_translates()
        if source.name == HOME:
            page.doors = self._doors(source, language)
        outdated: list[int] = []
        if "file" in source.data:
            outdated = list(page.attachments.values_list("document", flat=True)) if page.pk else []
            page.attachments = attachments(source, original)
        if page.pk is None:
            revision = _add_live(page, parent)
        else:
            with disable_reference_index_auto_update():  # publishing does it once
                revision = page.save_revision(clean=False)
            revision.publish()
        Document.objects.filter(pk__in=outdated, attached_to=None).delete()
        LoadedVersion.objects.update_or_create(
            name=source.name,
            language=language,
            defaults={"text_language": source.language, "revision": revision.pk},
        )

    def _doors(self, source: Source, language: str) -> str:
        blocks = []
        for door in source.get("doors", ()):
            section = self._page(f"pages/section-{door['code']}", language)
            blocks.append(
                {
                    "type": "door",
                    "value": {
                        "heading": door["title"],
                        "text": " ".join(door["text"].split()),
                        "page": section.pk if section else None,
                        "query": "",
                        "icon": door["code"],
                    },
                }
            )
        return stream(blocks)


def _add_live(page: Page, parent: Page) -> Revision:
    """Add a new page as if it had been written and published, in a third of the time.

    ``Page.save_revision`` and ``Revision.publish`` would save it three times over.
    """
    page.live = True
    page.first_published_at = page.last_published_at = timezone.now()
    parent.refresh_from_db()
    parent.add_child(instance=page)
    revision = Revision.objects.create(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        content=page.serializable_data(),
        object_str=str(page),
    )
    Page.objects.filter(pk=page.pk).update(
        latest_revision=revision,
        latest_revision_created_at=revision.created_at,
        live_revision=revision,
    )
    return revision
