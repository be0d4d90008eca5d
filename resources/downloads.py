"""The files that an agreement can be had as: composed when it is published, then kept.

A file is kept under a digest of everything that it is made of, so that a change of a clause, a
label or a writer makes a new one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags
from django_tasks import task
from wagtail.models import Page

from resources import agreements
from toolkit import documents
from toolkit.core.public_state import kept_for_state, public_content_changed
from toolkit.documents.formats import FORMATS, Format, file_name
from toolkit.documents.kept_files import contents, digest_of, kept, size_of
from toolkit.taxonomy.vocabularies import vocabulary

log = logging.getLogger(__name__)


class Composable(Protocol):
    """A page that can be had as a document: it gives that as plain data."""

    pk: Any
    slug: str
    url: str | None
    locale: Any

    def document(self) -> agreements.Agreement: ...


@dataclass(frozen=True)
class ComposedFile:
    """A file as a page shows it: ``size_bytes`` is exact, or None until it is composed;
    ``language`` is the language's code."""

    name: str
    url: str
    format: str
    label: str
    size_bytes: int | None
    language: str


@dataclass(frozen=True)
class Choice:
    """What a reader chose: wording for a partner type ("" for the general one), guidance or not."""

    partner_type: str = ""
    with_guidance: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Choice:
        """From a query string; unknown partner types count as none."""
        partner_type = query.get("partner", "")
        return cls(
            partner_type=partner_type if partner_type in vocabulary("partner") else "",
            with_guidance=query.get("guidance", "") in {"1", "on", "true"},
        )

    def query_string(self) -> str:
        pairs = [("partner", self.partner_type)] if self.partner_type else []
        pairs += [("guidance", "1")] if self.with_guidance else []
        return f"?{urlencode(pairs)}" if pairs else ""


def composed_files(page: Composable, *, is_preview: bool = False) -> list[ComposedFile]:
    """The agreement in every format. Nothing is composed for a page: a size is told once the
    file is there. What stands in a preview has no files."""
    language = page.locale.language_code
    digest = "" if is_preview else _digest(page, Choice())
    return [
        ComposedFile(
            name=file_name(page.slug, language, item.code),
            url=f"{page.url}download/{item.extension}/",
            format=item.extension.upper(),
            label=str(item.label),
            size_bytes=size_of(digest, item.extension) if digest else None,
            language=language,
        )
        for item in FORMATS.values()
    ]


def compose(page: Composable) -> bool:
    """Make the files that the page links to; True if any was missing. One that cannot be made
    is logged and keeps no other back."""
    recipe = _Recipe.of(page, Choice())
    made = False
    for item in FORMATS.values():
        if size_of(recipe.digest, item.extension) is None:
            try:
                kept(recipe.digest, item.extension, partial(_composed, recipe, item))
                made = True
            except Exception:
                log.exception("page %s was not composed as %s", page.pk, item.extension)
    return made


def agreement_response(
    page: Composable, *, extension: str, choices: Mapping[str, str], known: str = ""
) -> HttpResponse:
    """The agreement in one format, as a file to save; 304 for whoever has it: ``known`` is the
    request's If-None-Match."""
    item = FORMATS[extension]
    choice = Choice.read(choices)
    etag = f'"{_digest(page, choice)}-{extension}"'
    response: HttpResponse
    if etag in parse_etags(known):
        response = HttpResponseNotModified()
    else:
        recipe = _Recipe.of(page, choice)
        etag = f'"{recipe.digest}-{extension}"'
        content = contents(recipe.digest, extension, partial(_composed, recipe, item))
        name = file_name(page.slug, page.locale.language_code, item.code)
        response = HttpResponse(content, content_type=item.mime_type)
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["Content-Length"] = str(len(content))
        response["Content-Language"] = page.locale.language_code
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"  # search engines should lead to the page
    return response


@task(backend="worker")
def compose_files(page_id: int) -> None:
    """Make the files of an agreement that was published; its page tells their sizes then."""
    page = Page.objects.live().filter(pk=page_id).first()
    if page is not None and compose(page.specific):
        public_content_changed()


def compose_after_publishing(instance: Page, **_kwargs: object) -> None:
    """Have the worker compose the files of an agreement. The editor waits for no file."""
    compose_files.enqueue(instance.pk)


def _digest(page: Composable, choice: Choice) -> str:
    """The digest of a live page's files."""
    return kept_for_state(("files", page.pk, choice), lambda: _Recipe.of(page, choice).digest)


@dataclass(frozen=True)
class _Recipe:
    """All that a file is made of, whatever its format: gathered once for the three."""

    data: agreements.Agreement
    choice: Choice
    partner_type_labels: dict[str, str]
    digest: str

    @classmethod
    def of(cls, page: Composable, choice: Choice) -> _Recipe:
        data = page.document()
        labels = {t.value: t.label(data.language) for t in vocabulary("partner")}
        digest = digest_of(
            dataclasses.asdict(data), dataclasses.asdict(choice), labels, _writers_digest()
        )
        return cls(data=data, choice=choice, partner_type_labels=labels, digest=digest)


def _composed(recipe: _Recipe, item: Format) -> bytes:
    outline = agreements.agreement_outline(
        recipe.data,
        partner_type=recipe.choice.partner_type or None,
        with_guidance=recipe.choice.with_guidance,
        partner_type_labels=recipe.partner_type_labels,
        base=settings.WAGTAILADMIN_BASE_URL,
    )
    return bytes(item.write(outline))


@cache
def _writers_digest() -> str:
    """Changes with the code that writes the files."""
    writers = sorted(Path(documents.__file__).parent.glob("*.[pt]y*"))
    sources = [Path(agreements.__file__), *writers]
    return hashlib.blake2b(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
