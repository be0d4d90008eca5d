"""Entries from a table: first a plan that can be read, then the write.

A row is an entry in one language, known by its slug. Running the same file again changes
nothing; a changed row changes its entry. A row that cannot become an entry is refused with
every reason, and the others go in.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel import Locale as CldrLocale
from babel import UnknownLocaleError
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import DatabaseError, transaction
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from casestudies.models import CaseStudyPage
from resources.models import AgreementPage, ExercisePage, ResourcePage
from search.catalogue.indexing import paused
from toolkit.core.folding import fold
from toolkit.core.html_to_stream import html_to_rich_text, html_to_stream
from toolkit.core.markdown import markdown_to_html
from toolkit.core.models import SUMMARY_LENGTH
from toolkit.core.sanitising import clean_html, clean_text, plain_text
from toolkit.importing.csv_rows import COLUMNS, OPTIONAL_COLUMNS, Row, read_table
from toolkit.pages.models import HomePage, SectionPage
from toolkit.taxonomy.facets import CONTROLLED
from toolkit.taxonomy.matching import Matcher, UnknownTerm, split_names
from toolkit.taxonomy.terms import Series
from toolkit.taxonomy.vocabularies import MODELS, vocabularies
from toolkit.taxonomy.works import EntryPage, Licence

#: Kind → the type of page that such a row becomes.
PAGE_MODELS: dict[str, type[EntryPage]] = {
    "mou": AgreementPage,
    "letter-of-intent": AgreementPage,
    "template": ResourcePage,
    "guideline": ResourcePage,
    "case-study": CaseStudyPage,
    "exercise": ExercisePage,
}
#: Column, called as the field that it fills → vocabulary.
TERM_COLUMNS = {facet.field: facet.name for facet in CONTROLLED}

_SLUG = re.compile(r"[-\w]+")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
# A spreadsheet runs a cell that begins like this (OWASP, "CSV Injection"), full-width forms too.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*\s*%?")
_LIST_ITEM = re.compile(r"-\s+\S")
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


def plan_import(path: Path) -> Plan:
    """Read a file and say what would be done; writes nothing.

    Raises ``csv_rows.FileRefused`` for a file of which no row can be read.
    """
    table = read_table(path)
    reader = _RowReader()
    places = _Places()
    seen: dict[tuple[str, str], int] = {}
    rows = []
    for row in table.rows:
        slug = row.cells.get("slug", "").strip()[:100]
        entry, reasons = reader.read(row)
        if entry:
            key = (entry.slug, entry.language)
            if key in seen:
                reasons.append(f"the slug stands in line {seen[key]} already")
            seen.setdefault(key, row.line)
            reasons += places.problems(entry)
        if reasons or entry is None:
            rows.append(PlannedRow(row.line, slug, "refuse", reasons))
        else:
            rows.append(PlannedRow(row.line, slug, places.action(entry), [], entry))
    return Plan(rows, table.ignored)


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
            except DatabaseError as error:
                row.action, row.reasons = "refuse", [f"the database refuses it: {error}"]
            say(number, len(waiting))


def _messages(error: ValidationError) -> list[str]:
    if hasattr(error, "message_dict"):
        return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    return error.messages


# --- understanding a row ----------------------------------------------------------------


class _RowReader:
    """Turns rows into entries; reads the vocabularies once."""

    def __init__(self) -> None:
        terms = vocabularies()
        self.kinds = Matcher(terms["kind"])
        self.series = Matcher(terms["series"])
        self.hashtags = {
            fold(hashtag): code for hashtag, code in Series.objects.values_list("hashtag", "code")
        }
        self.terms = {name: Matcher(terms[name]) for name in TERM_COLUMNS.values()}
        self.languages = _language_names()

    def read(self, row: Row) -> tuple[ImportedEntry | None, list[str]]:
        """The entry of a row, or None with the reasons."""
        if row.problem:
            return None, [row.problem]
        reasons = list(_formulas(row.cells))
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
        values |= self._contents(kind, cells, reasons)
        if reasons:
            return None, reasons
        return (
            ImportedEntry(PAGE_MODELS[kind], kind, slug, language, values, terms, tags),
            [],
        )

    def _kind(self, cell: str) -> str:
        if not cell:
            raise ValueError("is missing")
        kind = self.kinds.find(cell).value
        if kind not in PAGE_MODELS:
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

    def _terms(self, vocabulary: str) -> Callable[[str], list[str]]:
        return lambda cell: [term.value for term in self.terms[vocabulary].find_all(cell)]

    def _contents(self, kind: str, cells: Mapping[str, str], reasons: list[str]) -> dict[str, Any]:
        """The fields that a kind has of its own."""
        html = _html(cells["body"])
        blocks = html_to_stream(html)
        if kind in {"guideline", "template"}:
            return {"resource_type": kind, "body": blocks}
        if kind in {"mou", "letter-of-intent"}:
            return {"agreement_type": kind, "introduction": html_to_rich_text(html)}
        if kind == "case-study":
            values: dict[str, Any] = {"body": blocks}
            for name in ("successes", "challenges"):
                values[name] = html_to_rich_text(_html(cells.get(name, "")))
                if not plain_text(values[name]):
                    reasons.append(f"{name}: a case study cannot do without; fill the column")
            return values
        if kind == "exercise":
            return {"body": blocks, **self._place_in_series(cells, reasons)}
        return {}

    def _place_in_series(self, cells: Mapping[str, str], reasons: list[str]) -> dict[str, Any]:
        """Series and number, if the file gives both; they are never made up."""
        series, number = cells.get("series", ""), cells.get("number", "").lstrip("#")
        if not series and not number:
            return {"series": None, "number": None}
        if not series or not number:
            reasons.append("series, number: an exercise has both or neither")
        elif not number.isdecimal() or not 0 < int(number) < 10_000:
            reasons.append(f"number: “{number[:40]}” is no number of an exercise")
        else:
            try:
                code = self.hashtags.get(fold(series)) or self.series.find(series).value
                return {"series": code, "number": int(number)}
            except UnknownTerm as error:
                reasons.append(f"series: {error}")
        return {}


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
    """A reason for each cell that a spreadsheet would run when it is exported again."""
    for name, cell in cells.items():
        if name not in COLUMNS and name not in OPTIONAL_COLUMNS:
            continue
        bare = cell.strip()
        first = next((text for text in (cell, bare) if text and _FORMULA.match(text)), "")
        if not first or not bare or _NUMBER.fullmatch(bare):
            continue
        if name in {"body", "successes", "challenges"} and (
            _LIST_ITEM.match(bare) or not _FORMULA.match(bare)
        ):
            continue
        yield (
            f"{name}: begins with “{first[0] if first[0].strip() else 'tab'}”, as a formula does "
            "that a spreadsheet would run"
        )


def _text(cell: str) -> str:
    return plain_text(cell) if _MARKUP.search(cell) else " ".join(cell.split())


def _html(cell: str) -> str:
    """A cell of HTML as it is; a cell without any, as the paragraphs and lists that it shows."""
    return cell if _MARKUP.search(cell) else str(markdown_to_html(cell))


def _slug(cell: str) -> str:
    if not cell:
        raise ValueError("is missing")
    if not _SLUG.fullmatch(cell) or len(cell) > 255:
        raise ValueError(f"“{cell[:60]}” may hold letters, digits, - and _ only")
    return cell.lower()


def _title(cell: str) -> str:
    title = _text(cell)
    if not title:
        raise ValueError("is missing")
    if len(title) > 255:
        raise ValueError(f"{len(title)} characters, at most 255")
    return title


def _summary(cell: str) -> str:
    summary = _text(cell)
    if len(summary) > SUMMARY_LENGTH:
        raise ValueError(f"{len(summary)} characters, at most {SUMMARY_LENGTH}")
    return summary


def _attribution(cell: str) -> str:
    text = _text(cell)
    if len(text) > 250:
        raise ValueError(f"{len(text)} characters, at most 250")
    return text


def _tags(cell: str) -> list[str]:
    names = [_text(name) for name in split_names(cell)]
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
    if not cell:
        return None
    try:
        return datetime.datetime.fromisoformat(cell).date()
    except ValueError:
        raise ValueError(f"“{cell[:40]}” is no day; write it as 2026-11-20") from None


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
        raise ValueError(f"“{cell[:60]}” is none of {', '.join(Licence.values)}")
    return str(known[squeezed])


# --- the site ---------------------------------------------------------------------------


class _Places:
    """Where entries stand in the site, and what of them is there."""

    def __init__(self) -> None:
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.parents: dict[tuple[str, str], Page | None] = {}

    def parent(self, entry: ImportedEntry) -> Page | None:
        """The section for a kind in a language, else the home page, else None."""
        key = (entry.kind, entry.language)
        if key not in self.parents:
            locale = self.locales.get(entry.language)
            sections = SectionPage.objects.filter(locale=locale).order_by("path")
            self.parents[key] = next(
                (page for page in sections if entry.kind in page.kinds.split()),
                HomePage.objects.filter(locale=locale).first(),
            )
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
        _fill(page, entry)
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


def _fill(page: Any, entry: ImportedEntry) -> None:
    for name, value in entry.values.items():
        if isinstance(page._meta.get_field(name), StreamField):
            value = json.dumps(value, ensure_ascii=False)
        elif name == "series":
            value = Series.objects.get(code=value) if value else None
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
