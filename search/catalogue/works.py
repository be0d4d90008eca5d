"""Which works the public may find, as entries. The one public feed of the site.

Rebuilding, indexing, feeds and exports all read ``published_entries``, so that what is
private is decided once, in ``indexable``.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from wagtail.models import Site

from search.catalogue.files import FilesOfPages
from search.entries import AttachedFile, SearchEntry, Version
from toolkit.core.models import below_a_site, open_to_all
from toolkit.core.sanitising import clean_text
from toolkit.taxonomy.facets import CONTROLLED, FACETS
from toolkit.taxonomy.versions import versions_among
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary, vocabularies
from toolkit.taxonomy.works import Work, classifications

log = logging.getLogger(__name__)

BATCH = 200  # works read at once: a handful of queries each


class Searchable:
    """Makes a page type findable: mix it in before ``EntryPage`` and say what it is.

    ``search_kind`` is a code of the vocabulary of kinds (and ``search_kinds`` all that pages of
    the type may be of, where there are several); ``search_text`` gives the words of
    the page, as plain text, that stand in neither title nor summary; ``search_related`` names
    the relations that it needs for that, to be read together with the pages.
    """

    search_kind: str = ""
    search_kinds: tuple[str, ...] = ()
    search_related: tuple[str, ...] = ()

    def search_text(self) -> str:
        raise NotImplementedError

    def search_entry(self) -> SearchEntry | None:
        """The entry of the whole work that this page is a version of; None if nothing of it
        is public."""
        return next(published_entries([str(self.translation_key)]), None)  # type: ignore[attr-defined]


def searchable_models() -> list[Any]:
    """The page models that ``Searchable`` was mixed into."""
    return [model for model in apps.get_models() if issubclass(model, Searchable)]


def models_by_kind() -> dict[str, Any]:
    """Kind (its code) → the page model whose pages are of it."""
    return {
        kind: model
        for model in searchable_models()
        for kind in model.search_kinds or (model.search_kind,)
    }


def indexable(model: Any) -> Any:
    """The pages of a model that anyone may find: live, not private, with an address, and
    versions of their works rather than aliases or copies that wait for a translation."""
    return below_a_site(versions_among(open_to_all(model.objects.all())))


def published_keys() -> list[str]:
    """Keys of all works that anyone may find, in a stable order."""
    keys: set[str] = set()
    for model in searchable_models():
        keys.update(str(key) for key in indexable(model).values_list("translation_key", flat=True))
    return sorted(keys)


def published_entries(keys: Iterable[str] | None = None) -> Iterator[SearchEntry]:
    """The entries of these works, or of all; works that nobody may find are left out.

    Reads ``BATCH`` works with a number of queries that depends on the number of page types
    alone, so that a site of any size can be walked; and one more for each that has files.
    """
    # Each process keeps them for an hour: another one may have moved a site since.
    Site.clear_site_root_paths_cache()
    waiting = iter(published_keys() if keys is None else dict.fromkeys(keys))
    terms = vocabularies()
    while batch := list(islice(waiting, BATCH)):
        pages: dict[str, list[Any]] = defaultdict(list)
        for model in searchable_models():
            found = indexable(model).filter(translation_key__in=batch)
            for page in found.select_related("locale", *model.search_related):
                pages[str(page.translation_key)].append(page)
        works = Work.objects.filter(key__in=pages).select_related("original")
        originals = {str(work.key): work.original for work in works}
        kinds = {str(work.key): work.kind for work in works}
        classified = classifications(original.pk for original in originals.values())
        files = FilesOfPages(page for versions in pages.values() for page in versions)
        for key in batch:
            if key not in pages:
                continue
            versions = sorted(pages[key], key=lambda page: page.pk)
            # A row is missing only where pages were written past Django.
            original = originals.get(key) or versions[0]
            said = classified.get(original.pk) or classifications([original.pk])[original.pk]
            kind = kinds.get(key) or versions[0].search_kind
            yield _entry(key, kind, original, versions, said, terms, files.of(versions))


def _entry(
    key: str,
    kind: str,
    original: Any,
    pages: list[Any],
    classification: Mapping[str, list[str]],
    terms: Mapping[str, Vocabulary],
    files: tuple[AttachedFile, ...],
) -> SearchEntry:
    """The entry of a work. ``pages`` are its versions that anyone may find, the oldest first:
    where the original is none of them, the oldest stands for it, and the original still says
    how the work is classified and since when it is there."""
    versions = {
        page.locale.language_code: Version(
            language=page.locale.language_code,
            title=clean_text(page.title),
            url=page.get_url() or "",
            summary=clean_text(page.summary),
            body=_body(page),
        )
        for page in pages
    }
    shown = next((page for page in pages if page.pk == original.pk), pages[0])
    facets = {f.name: terms[f.name].widened(classification[f.name]) for f in CONTROLLED}
    facets["kind"] = frozenset({kind})
    facets["tag"] = frozenset(classification["tag"])
    facets["language"] = frozenset(versions)
    return SearchEntry(
        key=key,
        kind=kind,
        original=shown.locale.language_code,
        versions=versions,
        facets=facets,
        labels=_labels(kind, classification, terms),
        published=original.issued or shown.issued,
        files=files,
    )


def _body(page: Any) -> str:
    """The words of a page; "" where its type fails on them: one broken page is found by its
    title alone, and keeps no other from being found at all."""
    try:
        return str(page.search_text())
    except Exception:
        log.exception("page %s has no words for the index", page.pk)
        return ""


def _labels(
    kind: str, classification: Mapping[str, list[str]], terms: Mapping[str, Vocabulary]
) -> dict[str, tuple[str, ...]]:
    """The names of what classifies a work, by language: terms, wider terms, kind and tags.

    They are text in which it is found. Neither sentences are, whose words fit many a search, nor
    the name of what holds for every region: these are known by their values.
    """
    found: list[TermValue] = []
    numbers: list[str] = []
    for name, values in {"kind": [kind], **classification}.items():
        known = terms[name]
        codes = dict.fromkeys(code for value in values for code in (value, *known.ancestors(value)))
        said = [term for code in codes if (term := known.get(code))]
        numbers += [term.number for term in said if term.number]
        if not FACETS[name].in_sentences:
            found += [term for term in said if term.value != FACETS[name].general]
    labels: dict[str, dict[str, None]] = {code: {} for code, _name in settings.LANGUAGES}
    for term in found:
        for language, label in term.labels.items():
            if label:
                labels[language].setdefault(label)
        for language, names in term.also_known_as.items():
            labels[language].update(dict.fromkeys(names))
    labels[settings.LANGUAGE_CODE].update(dict.fromkeys(numbers))
    return {language: tuple(names) for language, names in labels.items() if names}
