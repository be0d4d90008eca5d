"""Entries from a table: first a plan that can be read, then the write.

A row is an entry in one language, known by its slug. Running the same file again changes
nothing; a changed row changes its entry. A row that cannot become an entry is refused with
every reason, and the others go in.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from babel import Locale as CldrLocale
from babel import UnknownLocaleError
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from search.catalogue.indexing import paused
from search.catalogue.works import models_by_kind
from toolkit.core.folding import fold
from toolkit.core.models import SUMMARY_LENGTH
from toolkit.core.rows import EntryRow, one_line
from toolkit.core.sanitising import clean_html, clean_text
from toolkit.importing.csv_rows import COLUMNS, Row, read_table
from toolkit.taxonomy.facets import CONTROLLED, FACETS
from toolkit.taxonomy.generality import HoldsForAllAndSome, settled
from toolkit.taxonomy.matching import Matcher, split_names
from toolkit.taxonomy.vocabularies import MODELS, vocabularies
from toolkit.taxonomy.works import EntryPage, Licence

log = logging.getLogger(__name__)

#: Column, called as the field that it fills → vocabulary.
TERM_COLUMNS = {facet.field: facet.name for facet in CONTROLLED}

_SLUG = re.compile(r"[-\w]+")
# What a spreadsheet would run (OWASP, "CSV Injection"), full-width forms too: an equals sign,
# a sum, or a sign that stands before a function's brackets or a command's bar. "+1 for
# libraries" and "@library" are words; whoever writes a table again has to mark them as such.
_FORMULA = re.compile(
    r"[=＝]|[+\-@＋－＠][^\n]*?(?:[A-Za-z]\(|\|)|[+\-＋－]\s*[\d.,]+\s*[-+*/^]\s*\d"
)
_WRITTEN_DAY = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})")
_URL = URLValidator(schemes=["http", "https"])


@dataclass
class PlannedRow:
    """What will be done with a row: ``action`` is create, update, unchanged or refuse."""

    line: int
    slug: str
    action: str
    reasons: list[str] = field(default_factory=list)
    entry: ImportedEntry | None = None

    def __str__(self) -> str:
        place = f"line {self.line}" + (f" ({self.slug})" if self.slug else "")
        return f"{place}: {'; '.join(self.reasons) or self.action}"


@dataclass
class Plan:
    """All rows of a file, in its order."""

    rows: list[PlannedRow]
    ignored: tuple[str, ...] = ()

    def of(self, action: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.action == action]

    def __str__(self) -> str:
        parts = [
            f"{len(found)} {word}"
            for action, word in (
                ("create", "new"),
                ("update", "changed"),
                ("unchanged", "unchanged"),
                ("refuse", "refused"),
            )
            if (found := self.of(action))
        ]
        return f"{len(self.rows)} rows: {', '.join(parts)}"


@dataclass(frozen=True)
class ImportedEntry:
    """A row that was understood: the fields of a page, its terms and its tags."""

    model: type[EntryPage]
    kind: str
    slug: str
    language: str
    values: Mapping[str, Any]
    terms: Mapping[str, list[str]]  # field → codes; fields whose column is absent are absent
    tags: list[str]


def plan_import(path: Path, *, encoding: str = "") -> Plan:
    """Read a file and say what would be done; writes nothing.

    ``encoding`` names that of a file that is neither UTF-8 nor UTF-16 with a mark.

    Raises ``csv_rows.FileRefused`` for a file of which no row can be read.
    """
    reader = _RowReader()
    table = read_table(path, encoding=encoding, known=reader.columns)
    places = _Places()
    seen: dict[tuple[str, str], int] = {}
    rows = []
    for row in table.rows:
        slug = row.cells.get("slug", "").strip()[:100]
        try:
            rows.append(_planned(row, slug, reader, places, seen))
        except Exception as error:
            log.exception("line %s of %s cannot be planned", row.line, path)
            rows.append(PlannedRow(row.line, slug, "refuse", [_unforeseen(error)]))
    return Plan(rows, table.ignored)


def _planned(
    row: Row,
    slug: str,
    reader: _RowReader,
    places: _Places,
    seen: dict[tuple[str, str], int],
) -> PlannedRow:
    entry, reasons = reader.read(row)
    if entry:
        key = (entry.slug, entry.language)
        if key in seen:
            reasons.append(f"the slug stands in line {seen[key]} already")
        seen.setdefault(key, row.line)
        reasons += places.problems(entry)
    if reasons or entry is None:
        return PlannedRow(row.line, slug, "refuse", reasons)
    return PlannedRow(row.line, slug, places.action(entry), [], entry)


def _unforeseen(error: Exception) -> str:
    """What is said of a fault that nobody foresaw: it costs its row and no other."""
    return f"the row cannot be used ({type(error).__name__}: {str(error)[:200]}); the log has more"


def carry_out(plan: Plan, *, say: Callable[[int, int], Any] = lambda done, of: None) -> None:
    """Write what the plan says, each row for itself.

    A row that the site refuses after all becomes ``refuse`` in the plan, with the reason.
    ``say`` is told after each row how many are done, and of how many.
    """
    waiting = [row for row in plan.rows if row.action in {"create", "update"}]
    places = _Places()
    with paused():
        for number, row in enumerate(waiting, start=1):
            try:
                with transaction.atomic():
                    places.write(row.entry)  # type: ignore[arg-type]
            except ValidationError as error:
                row.action, row.reasons = "refuse", _messages(error)
            except Exception as error:
                log.exception("line %s cannot be written", row.line)
                row.action, row.reasons = "refuse", [_unforeseen(error)]
            say(number, len(waiting))


def _messages(error: ValidationError) -> list[str]:
    if hasattr(error, "message_dict"):
        return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    return error.messages


# --- understanding a row ----------------------------------------------------------------


class _RowReader:
    """Turns rows into entries; reads the vocabularies once."""

    def __init__(self) -> None:
        self.vocabularies = terms = vocabularies()
        self.kinds = Matcher(terms["kind"])
        self.models: dict[str, type[EntryPage]] = models_by_kind()
        self.terms = {name: Matcher(terms[name]) for name in TERM_COLUMNS.values()}
        self.languages = _language_names()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that means something, those of single page types among them."""
        own = (name for model in self.models.values() for name in model.row_columns)
        return tuple(dict.fromkeys([*COLUMNS, *TERM_COLUMNS, *own]))

    def read(self, row: Row) -> tuple[ImportedEntry | None, list[str]]:
        """The entry of a row, or None with the reasons."""
        if row.problem:
            return None, [row.problem]
        reasons = [*_formulas({name: row.cells.get(name, "") for name in self.columns})]
        cells = {name: clean_text(cell).strip() for name, cell in row.cells.items()}

        def take(reader: Callable[[str], Any], name: str) -> Any:
            try:
                return reader(cells.get(name, ""))
            except ValueError as error:
                reasons.append(f"{name}: {error}")
                return None

        kind = take(self._kind, "kind") or ""
        values = {
            "title": take(_title, "title"),
            "summary": take(_summary, "summary"),
            "licence": take(_licence, "licence"),
            "attribution": take(_attribution, "attribution"),
            "issued_at": take(_date, "published"),
        }
        url = take(_url, "source_url")
        values["sources"] = (
            [{"type": "source", "value": {"title": values["attribution"] or url, "url": url}}]
            if url
            else []
        )
        language = take(self._language, "language") or ""
        slug = take(_slug, "slug") or ""
        tags = take(_tags, "tags") or []
        terms = {
            name: take(self._terms(vocabulary), name) or []
            for name, vocabulary in TERM_COLUMNS.items()
            if name in cells
        }
        model = self.models.get(kind)
        if model:
            try:
                values |= model.from_row(EntryRow(kind, cells))
            except ValidationError as error:
                reasons += _messages(error)
        if reasons or not model:
            return None, [*reasons, *([row.note] if row.note else [])]
        return ImportedEntry(model, kind, slug, language, values, terms, tags), []

    def _kind(self, cell: str) -> str:
        if not cell:
            raise ValueError("is missing")
        kind = self.kinds.find(cell).value
        if kind not in self.models:
            raise ValueError(f"entries of the kind “{kind}” cannot be imported")
        return kind

    def _language(self, cell: str) -> str:
        if not cell:
            raise ValueError("is missing")
        name = fold(cell)
        found = self.languages.get(name) or self.languages.get(re.split(r"[-_]", name)[0])
        if not found:
            known = ", ".join(code for code, _name in settings.LANGUAGES)
            raise ValueError(f"“{cell}” is none of the site's languages: {known}")
        return found

    def _terms(self, name: str) -> Callable[[str], list[str]]:
        def codes(cell: str) -> list[str]:
            found = [term.value for term in self.terms[name].find_all(cell)]
            try:
                return settled(FACETS[name], found, self.vocabularies[name])
            except HoldsForAllAndSome:
                general = FACETS[name].general
                raise ValueError(
                    f"“{general}” stands beside others; write it alone, or only the others"
                ) from None

        return codes


def _language_names() -> dict[str, str]:
    """Codes and names of the site's languages, in each of them → code."""
    codes = [code for code, _name in settings.LANGUAGES]
    names = {fold(name): code for code, name in settings.LANGUAGES} | {c: c for c in codes}
    for displayed in codes:
        try:
            known = CldrLocale.parse(displayed).languages
        except (UnknownLocaleError, ValueError):
            continue
        names |= {fold(known[code]): code for code in codes if code in known}
    return names


def _formulas(cells: Mapping[str, str]) -> Iterator[str]:
    """A reason for each cell that a spreadsheet would run: its result was meant, not its text."""
    for name, cell in cells.items():
        bare = cell.strip()
        if _FORMULA.match(bare):
            yield (
                f"{name}: begins with “{bare[0]}” as a formula does. Write its result instead, or "
                "begin with a word"
            )


def _slug(cell: str) -> str:
    if not cell:
        raise ValueError("is missing")
    cell = unicodedata.normalize("NFC", cell)  # an accent as a sign of its own is no letter
    if not _SLUG.fullmatch(cell) or len(cell) > 255:
        raise ValueError(f"“{cell[:60]}” may hold letters, digits, - and _ only")
    return cell.lower()


def _title(cell: str) -> str:
    title = one_line(cell)
    if not title:
        raise ValueError("is missing")
    if len(title) > 255:
        raise ValueError(f"{len(title)} characters, at most 255")
    return title


def _summary(cell: str) -> str:
    summary = one_line(cell)
    if len(summary) > SUMMARY_LENGTH:
        raise ValueError(f"{len(summary)} characters, at most {SUMMARY_LENGTH}")
    return summary


def _attribution(cell: str) -> str:
    text = one_line(cell)
    if len(text) > 250:
        raise ValueError(f"{len(text)} characters, at most 250")
    return text


def _tags(cell: str) -> list[str]:
    names = [one_line(name) for name in split_names(cell)]
    long = next((name for name in names if len(name) > 100), None)
    if long:
        raise ValueError(f"“{long[:40]}…” is longer than 100 characters")
    return [name for name in names if name]


def _url(cell: str) -> str:
    if cell:
        try:
            _URL(cell)
        except ValidationError:
            raise ValueError(f"“{cell[:100]}” is no web address") from None
    return cell


def _date(cell: str) -> datetime.date | None:
    """A day as ISO 8601 writes it, or as people do where that can mean one day only; digits of
    any script."""
    if not cell:
        return None
    digits = "".join(str(unicodedata.digit(char, char)) for char in cell)
    with contextlib.suppress(ValueError):
        return datetime.datetime.fromisoformat(digits).date()
    if written := _WRITTEN_DAY.fullmatch(digits):
        first, second, year = int(written[1]), int(written[3]), int(written[4])
        day_first = written[2] == "." or first > 12 or first == second
        day, month = (first, second) if day_first else (second, first)
        if day_first or second > 12:
            with contextlib.suppress(ValueError):
                return datetime.date(year, month, day)
    if digits.isdecimal() and len(digits) == 5:
        raise ValueError(f"“{cell}” is a spreadsheet's number of a day; write it as 2026-11-20")
    raise ValueError(f"“{cell[:40]}” is no day, or may be two; write it as 2026-11-20")


def _licence(cell: str) -> str:
    """A licence by its SPDX identifier, however it is spelt, or by its address."""
    if not cell:
        raise ValueError("is missing; every entry says under which licence it stands")
    name = fold(cell)
    address = re.search(r"creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)", name)
    if address:
        name = f"{'cc0' if address[1] == 'zero' else 'cc-' + address[1]}-{address[2]}"
    for spelled, short in (
        ("creative commons", "cc"), ("attribution", "by"), ("namensnennung", "by"),
        ("sharealike", "sa"), ("share alike", "sa"), ("noncommercial", "nc"),
        ("non-commercial", "nc"), ("international", ""), ("universal", ""), ("zero", "0"),
    ):  # fmt: skip
        name = name.replace(spelled, short)
    squeezed = re.sub(r"[^a-z0-9]", "", name)
    known = {re.sub(r"[^a-z0-9]", "", value.lower()): value for value in Licence.values}
    known |= {"cc0": Licence.CC0.value, "allrightsreserved": Licence.RESERVED.value}
    if squeezed not in known:
        near = [value for key, value in known.items() if squeezed and key.startswith(squeezed)]
        if near:
            raise ValueError(f"“{cell[:60]}” does not say which one: write {min(near, key=len)}")
        raise ValueError(f"“{cell[:60]}” is none of {', '.join(Licence.values)}")
    return str(known[squeezed])


# --- the site ---------------------------------------------------------------------------


class _Places:
    """Where entries stand in the site, and what of them is there."""

    def __init__(self) -> None:
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.parents: dict[tuple[str, str], Page | None] = {}

    def parent(self, entry: ImportedEntry) -> Page | None:
        """The page that takes this kind in a language, else the topmost that may, else None."""
        key = (entry.kind, entry.language)
        if key not in self.parents:
            locale = self.locales.get(entry.language)
            pages = [
                page
                for model in entry.model.allowed_parent_page_models()
                for page in model.objects.filter(locale=locale)
            ]
            pages.sort(key=lambda page: page.path)
            top = min(pages, key=lambda page: page.depth, default=None)
            self.parents[key] = next((page for page in pages if page.takes(entry.kind)), top)
        return self.parents[key]

    def page(self, entry: ImportedEntry) -> EntryPage | None:
        """The page that a row is about, if it is there."""
        found = EntryPage.objects.filter(
            slug=entry.slug, locale__language_code=entry.language
        ).order_by("pk")
        page = found.first()
        return page.specific if page else None

    def problems(self, entry: ImportedEntry) -> list[str]:
        if self.parent(entry) is None:
            return [
                f"there are no pages in “{entry.language}” yet; run manage.py load_starter first"
            ]
        page = self.page(entry)
        if page is not None and type(page) is not entry.model:
            return [f"the slug belongs to “{page.title}”, which is of another type"]
        return []

    def action(self, entry: ImportedEntry) -> str:
        """What writing the entry would do; a page in memory tells, nothing is saved."""
        page = self.page(entry)
        if page is None:
            return "create"
        entry = _heeded(page, entry)
        before = _contents(page, entry), {fold(name) for name in page.tags.names()}
        _fill(page, entry)
        after = _contents(page, entry), {fold(name) for name in entry.tags}
        return "unchanged" if before == after else "update"

    def write(self, entry: ImportedEntry) -> None:
        page = self.page(entry)
        is_new = page is None
        if page is None:
            page = entry.model(slug=entry.slug, locale=self.locales[entry.language], live=False)
            self._join_versions(page, entry)
        # An entry that an editor took off the site stays off it.
        publish = is_new or page.live
        entry = _heeded(page, entry)
        _fill(page, entry)
        page.now_translates()
        page.tags.set(entry.tags, clear=True)
        if is_new:
            parent = self.parent(entry)
            if parent is None:
                raise ValidationError("There is no page to put it under.")
            parent.refresh_from_db()
            parent.add_child(instance=page)
        revision = page.save_revision()
        if publish:
            revision.publish()

    def _join_versions(self, page: EntryPage, entry: ImportedEntry) -> None:
        """The same slug in another language names the same work."""
        other = (
            entry.model.objects.filter(slug=entry.slug)
            .exclude(locale=page.locale)
            .order_by("pk")
            .first()
        )
        if other:
            page.translation_key = other.translation_key


def _heeded(page: EntryPage, entry: ImportedEntry) -> ImportedEntry:
    """What of a row is heeded: a version is classified as its original is."""
    if page.is_original:
        return entry
    return replace(entry, terms={}, tags=list(page.original.tags.names()))


def _fill(page: Any, entry: ImportedEntry) -> None:
    for name, value in entry.values.items():
        if isinstance(page._meta.get_field(name), StreamField):
            value = json.dumps(value, ensure_ascii=False)
        setattr(page, name, value)
    page.draft_title = page.title
    for name, codes in entry.terms.items():
        terms = MODELS[TERM_COLUMNS[name]].objects.filter(code__in=codes)
        setattr(page, name, list(terms))


def _contents(page: Any, entry: ImportedEntry) -> dict[str, Any]:
    """What a row would change, as it stands in the page."""
    found: dict[str, Any] = {}
    for name in entry.values:
        value = getattr(page, name)
        if isinstance(page._meta.get_field(name), StreamField):
            value = _without_ids(value.get_prep_value())
        elif isinstance(value, str) and "<" in value:
            value = str(clean_html(value))
        found[name] = value
    for name in entry.terms:
        found[name] = {term.pk for term in getattr(page, name).all()}
    return found


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(inner) for key, inner in value.items() if key != "id"}
    if isinstance(value, list):
        return [_without_ids(inner) for inner in value]
    return value
