"""The files that an agreement can be had as: composed when first asked for, then kept.

A file is kept under a digest of everything that it is made of, so that a change of a clause, a
label or a writer makes a new one.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from resources import agreements
from toolkit import documents
from toolkit.documents.formats import FORMATS, Format, file_name
from toolkit.documents.kept_files import digest_of, kept
from toolkit.taxonomy.vocabularies import vocabulary

if TYPE_CHECKING:
    from resources.models import AgreementPage


@dataclass(frozen=True)
class ComposedFile:
    """A file as a page shows it: ``size_bytes`` is exact, ``language`` the language's code."""

    name: str
    url: str
    format: str
    label: str
    size_bytes: int
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


def composed_files(page: AgreementPage, choice: Choice = Choice()) -> list[ComposedFile]:
    """The agreement in every format, composed now if need be."""
    language = page.locale.language_code
    recipe = _Recipe.of(page, choice)
    return [
        ComposedFile(
            name=file_name(page.slug, language, item.code),
            url=f"{page.url}download/{item.extension}/{choice.query_string()}",
            format=item.extension.upper(),
            label=str(item.label),
            size_bytes=_kept(recipe, item).stat().st_size,
            language=language,
        )
        for item in FORMATS.values()
    ]


def agreement_response(
    page: AgreementPage, *, extension: str, choices: Mapping[str, str]
) -> FileResponse:
    """The agreement in one format, as a file to save."""
    item = FORMATS[extension]
    path = _kept(_Recipe.of(page, Choice.read(choices)), item)
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=file_name(page.slug, page.locale.language_code, item.code),
        content_type=item.mime_type,
    )
    response["Content-Language"] = page.locale.language_code
    response["X-Robots-Tag"] = "noindex"  # search engines should lead to the page
    return response


@dataclass(frozen=True)
class _Recipe:
    """All that a file is made of, whatever its format: gathered once for the three."""

    data: agreements.Agreement
    choice: Choice
    partner_type_labels: dict[str, str]
    digest: str

    @classmethod
    def of(cls, page: AgreementPage, choice: Choice) -> _Recipe:
        data = _agreement(page)
        labels = {t.value: t.label(data.language) for t in vocabulary("partner")}
        digest = digest_of(
            dataclasses.asdict(data), dataclasses.asdict(choice), labels, _writers_digest()
        )
        return cls(data=data, choice=choice, partner_type_labels=labels, digest=digest)


def _kept(recipe: _Recipe, item: Format) -> Path:
    return kept(recipe.digest, item.extension, lambda: _composed(recipe, item))


def _composed(recipe: _Recipe, item: Format) -> bytes:
    outline = agreements.agreement_outline(
        recipe.data,
        partner_type=recipe.choice.partner_type or None,
        with_guidance=recipe.choice.with_guidance,
        partner_type_labels=recipe.partner_type_labels,
        base=settings.WAGTAILADMIN_BASE_URL,
    )
    return bytes(item.write(outline))


def _agreement(page: AgreementPage) -> agreements.Agreement:
    """The page as plain data. A marker that nobody declared becomes a blank of its own name."""
    language = page.locale.language_code
    with override(language):
        licence = str(page.get_licence_display())
        credit = page.attribution or _("Collaboration Toolkit")
    agreement = agreements.Agreement(
        title=page.title,
        language=language,
        introduction=page.introduction,
        placeholders=tuple(
            agreements.Placeholder(
                code=block.value["code"],
                label=block.value["label"],
                kind=block.value["type"],
                example=block.value["example"] or "",
            )
            for block in page.placeholders
        ),
        clauses=tuple(
            agreements.Clause(
                code=block.value["code"],
                heading=block.value["heading"],
                text=block.value["text"].source,
                required=block.value["required"],
                why=block.value["why"].source,
                watch_out=block.value["watch_out"].source,
                variants=tuple(
                    agreements.Variant(
                        partner_types=tuple(variant["partner_types"]), text=variant["text"].source
                    )
                    for variant in block.value["variants"]
                ),
            )
            for block in page.clauses
        ),
        attribution=credit,
        licence=licence,
        source_url=page.full_url or "",
        reviewed=page.reviewed_at,
    )
    undeclared = {error.code for error in agreements.undeclared_markers(agreement)}
    if not undeclared:
        return agreement
    return dataclasses.replace(
        agreement,
        placeholders=(
            *agreement.placeholders,
            *(
                agreements.Placeholder(code=code, label=code.replace("_", " "))
                for code in sorted(undeclared)
            ),
        ),
    )


@cache
def _writers_digest() -> str:
    """Changes with the code that writes the files."""
    writers = sorted(Path(documents.__file__).parent.glob("*.[pt]y*"))
    sources = [Path(agreements.__file__), *writers]
    return hashlib.blake2b(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
