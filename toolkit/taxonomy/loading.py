"""The vocabularies from the files in ``data/`` into the database.

What is missing is created. Terms that exist stay as editors left them, unless the call asks
for an update. Names of countries are CLDR's (through Babel) and stand in no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from django.conf import settings
from django.db import transaction

from toolkit.taxonomy.terms import (
    Direction,
    DirectionMapping,
    EntryTag,
    Kind,
    PartnerType,
    Region,
    Role,
    Sdg,
    Series,
    Strategy,
    Term,
)
from toolkit.taxonomy.vocabularies import changed

DATA = Path(__file__).parent / "data"


class VocabularyError(ValueError):
    """A vocabulary file that cannot be loaded; the message names the file and the term."""


@dataclass(frozen=True)
class TermSource:
    """A term as a file gives it: its columns, and the codes of what it belongs to."""

    code: str
    values: Mapping[str, Any]
    parent: str = ""
    strategy: str = ""


@dataclass
class Loaded:
    """How many terms a vocabulary has in its file, and what was done about them."""

    name: str
    total: int = 0
    created: int = 0
    updated: int = 0
    kept: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.created} new"] if self.created else []
        parts += [f"{self.updated} updated"] if self.updated else []
        if self.kept:
            parts.append(f"{len(self.kept)} differ from the file and were left as they are")
        return f"{self.name}: {self.total} terms" + (f", {', '.join(parts)}" if parts else "")


def load_vocabularies(*, update: bool = False, data: Path = DATA) -> Iterator[Loaded]:
    """Load every vocabulary, one after another; yields what was done with each.

    ``update`` writes the files' words over those of terms that exist; without it, only
    missing terms are created, and tags that nobody has labelled get labels. Nothing is ever
    deleted. Raises ``VocabularyError`` for a
    file that is missing or malformed; vocabularies loaded before it stay loaded.
    """
    for name, model, terms in (
        ("kind", Kind, _plain("kinds", data)),
        ("region", Region, _regions(data)),
        ("partner", PartnerType, _plain("partner_types", data)),
        ("role", Role, _plain("roles", data)),
        ("series", Series, _plain("series", data, "hashtag")),
        ("strategy", Strategy, _plain("strategies", data, "starts", "ends")),
        ("direction", Direction, _directions(data)),
        ("sdg", Sdg, _sdgs(data)),
    ):
        yield _load(name, model, terms, update=update)
    yield _load_mappings(data)
    yield _load_tags(data, update=update)


# --- reading the files ------------------------------------------------------------------


def _read(name: str, data: Path) -> list[dict[str, Any]]:
    path = data / f"{name}.yaml"
    try:
        with path.open(encoding="utf-8") as file:
            found = yaml.load(file, Loader=_YAML_LOADER)  # noqa: S506  a safe loader, see below
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise VocabularyError(f"{path.name}: {error}") from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise VocabularyError(f"{path.name}: a list of terms is expected.")
    return found


#: libyaml's safe loader where there is one: ten times as fast as the one in Python.
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _words(item: Mapping[str, Any], place: str) -> dict[str, str]:
    """The columns that every term has, from the item of a file."""
    labels, notes = item.get("label") or {}, item.get("scope_note") or {}
    names = item.get("also_known_as") or {}
    if not isinstance(names, dict):
        raise VocabularyError(f"{place}: “also_known_as” has the names language by language.")
    if not labels.get(settings.LANGUAGE_CODE):
        raise VocabularyError(f"{place}: the label in “{settings.LANGUAGE_CODE}” is missing.")
    columns = {}
    for code, _name in settings.LANGUAGES:
        columns[f"label_{code}"] = str(labels.get(code, "")).strip()
        columns[f"scope_note_{code}"] = str(notes.get(code, "")).strip()
        columns[f"also_known_as_{code}"] = "\n".join(map(str, names.get(code, ())))
    return columns


def _term(item: Mapping[str, Any], code: str, file: str, **more: Any) -> TermSource:
    extra = more.pop("columns", {})
    return TermSource(code=code, values={**_words(item, f"{file}.yaml, {code}"), **extra}, **more)


def _code(item: Mapping[str, Any], file: str, key: str = "code") -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value:
        raise VocabularyError(f"{file}.yaml: “{key}: {value}” must be a text in quotes.")
    return value


def _plain(file: str, data: Path, *columns: str) -> list[TermSource]:
    return [
        _term(item, _code(item, file), file, columns={name: item[name] for name in columns})
        for item in _read(file, data)
    ]


def _regions(data: Path) -> list[TermSource]:
    names = {code: Locale.parse(code).territories for code, _name in settings.LANGUAGES}
    divisions, countries = [], []
    for item in _read("regions", data):
        division = _code(item, "regions")
        divisions.append(_term(item, division, "regions"))
        for country in item.get("countries") or ():
            # "no" is Norway, and not a refusal, whatever YAML makes of it.
            code = "no" if country is False else str(country)
            labels = {language: known.get(code.upper(), "") for language, known in names.items()}
            countries.append(_term({"label": labels}, code, "regions", parent=division))
    countries.sort(key=lambda term: term.values[f"label_{settings.LANGUAGE_CODE}"])
    return [*divisions, *countries]


def _directions(data: Path) -> list[TermSource]:
    found = []
    for edition in _read("strategies", data):
        strategy = _code(edition, "strategies")
        for direction in edition.get("directions") or ():
            code = f"{strategy}.{_code(direction, 'strategies', 'number')}"
            found.append(_direction(direction, strategy))
            found += [
                _direction(initiative, strategy, parent=code)
                for initiative in direction.get("initiatives") or ()
            ]
    return found


def _direction(item: Mapping[str, Any], strategy: str, parent: str = "") -> TermSource:
    number = _code(item, "strategies", "number")
    return _term(
        item,
        f"{strategy}.{number}",
        "strategies",
        parent=parent,
        strategy=strategy,
        columns={"number": number},
    )


def _sdgs(data: Path) -> list[TermSource]:
    found = []
    for goal in _read("sdgs", data):
        code = _code(goal, "sdgs")
        found.append(_term(goal, code, "sdgs"))
        found += [
            _term(target, _code(target, "sdgs"), "sdgs", parent=code)
            for target in goal.get("targets") or ()
        ]
    return found


def columns_in(file: str, code: str, data: Path) -> dict[str, str]:
    """The columns of one term, as a file has them: labels, scope notes and other names."""
    return next(_words(item, code) for item in _read(file, data) if item.get("code") == code)


def other_names_in(file: str, data: Path) -> dict[str, set[str]]:
    """Other name (casefolded) → the languages under which a file has it, whatever term it is of."""
    found: dict[str, set[str]] = {}

    def walk(item: Any) -> None:
        if isinstance(item, dict):
            for language, names in (item.get("also_known_as") or {}).items():
                for name in names:
                    found.setdefault(str(name).casefold(), set()).add(language)
            for part in item.values():
                walk(part)
        elif isinstance(item, list):
            for part in item:
                walk(part)

    walk(_read(file, data))
    return found


# --- writing ----------------------------------------------------------------------------


@transaction.atomic
def _load(name: str, model: type[Term], terms: list[TermSource], *, update: bool) -> Loaded:
    report = Loaded(name, total=len(terms))
    twice = {term.code for term in terms if sum(t.code == term.code for t in terms) > 1}
    if twice:
        raise VocabularyError(f"{name}: twice in its file: {', '.join(sorted(twice))}.")
    known = {term.code: term for term in model.objects.all()}
    strategies = dict(Strategy.objects.values_list("code", "pk")) if model is Direction else {}
    fresh: list[tuple[TermSource, Term]] = []
    for order, source in enumerate(terms):
        values = {**source.values, "order": order}
        if source.strategy:
            values["strategy_id"] = strategies[source.strategy]
        term = known.get(source.code)
        if term is None:
            fresh.append((source, model(code=source.code, **values)))
            continue
        differing = {key: value for key, value in values.items() if getattr(term, key) != value}
        if differing and update:
            for key, value in differing.items():
                setattr(term, key, value)
            term.save()  # one by one: whoever shows or finds by the term hears of it
            report.updated += 1
        elif differing.keys() - {"order"}:
            report.kept.append(source.code)
    report.created = _create(model, fresh, known)
    if fresh:
        changed(name)
    return report


def _create(
    model: type[Term], fresh: Iterable[tuple[TermSource, Term]], known: dict[str, Term]
) -> int:
    """Create terms in two steps, so that a wider term is there before what belongs to it."""
    number = 0
    fresh = list(fresh)
    for step in (
        [pair for pair in fresh if not pair[0].parent],
        [pair for pair in fresh if pair[0].parent],
    ):
        for source, term in step:
            if source.parent:
                term.parent = known[source.parent]  # type: ignore[attr-defined]
        created = model.objects.bulk_create([term for _source, term in step])
        known.update({term.code: term for term in created})
        number += len(created)
    return number


@transaction.atomic
def _load_mappings(data: Path) -> Loaded:
    directions = {term.code: term for term in Direction.objects.select_related("strategy")}
    items = _read("direction_mappings", data)
    report = Loaded("direction mapping", total=len(items))
    known = set(DirectionMapping.objects.values_list("source__code", "target__code"))
    fresh = []
    for item in items:
        pair = (_code(item, "direction_mappings", "from"), _code(item, "direction_mappings", "to"))
        missing = [code for code in pair if code not in directions]
        if missing:
            raise VocabularyError(f"direction_mappings.yaml: there is no direction {missing[0]}.")
        if pair in known or pair[::-1] in known:
            continue
        known.add(pair)
        fresh.append(
            DirectionMapping(
                source=directions[pair[0]], target=directions[pair[1]], relation=item["relation"]
            )
        )
    DirectionMapping.objects.bulk_create(fresh)
    report.created = len(fresh)
    if fresh:
        changed("direction")
    return report


@transaction.atomic
def _load_tags(data: Path, *, update: bool) -> Loaded:
    """Tags are free: one that somebody made by the same name is the one of the file.

    Such a tag gets the file's labels as long as it has none at all, and its other names as long
    as it has no other name; what it has in any language is an editor's, and stays as it is.
    """
    items = _read("tags", data)
    report = Loaded("tag", total=len(items))
    tags = list(EntryTag.objects.all())
    by_name = {tag.name.casefold(): tag for tag in tags}
    by_slug = {tag.slug: tag for tag in tags}
    fresh: dict[str, EntryTag] = {}
    for item in items:
        slug = _code(item, "tags")
        name, words = _tag_words(item, slug)
        if slug in fresh:
            raise VocabularyError(f"tag: twice in its file: {slug}.")
        tag = by_name.get(name.casefold()) or by_slug.get(slug)
        if tag is None:
            fresh[slug] = EntryTag(name=name, slug=slug, **words)
            continue
        is_renamed = tag.name.casefold() != name.casefold()
        wanted = {**words, "name": name} if is_renamed else words
        differing = {key: value for key, value in wanted.items() if getattr(tag, key) != value}
        fitting = {
            key: value
            for key, value in differing.items()
            if update or not (is_renamed or _has_any(tag, key.rpartition("_")[0], words))
        }
        if fitting:
            for key, value in fitting.items():
                setattr(tag, key, value)
            tag.save()  # one by one: whoever shows or finds by the tag hears of it
            report.updated += 1
        if differing.keys() - fitting.keys():
            report.kept.append(slug)
    report.created = len(EntryTag.objects.bulk_create(fresh.values()))
    if fresh:
        changed("tag")
    return report


def _has_any(tag: EntryTag, what: str, columns: Iterable[str]) -> bool:
    """Whether a tag has a label, or another name, in any language."""
    return any(getattr(tag, column) for column in columns if column.rpartition("_")[0] == what)


def _tag_words(item: Mapping[str, Any], slug: str) -> tuple[str, dict[str, str]]:
    """A tag's name and the columns of its labels and other names, from the item of the file."""
    words = _words(item, f"tags.yaml, {slug}")
    codes = [code for code, _name in settings.LANGUAGES]
    return (
        words[f"label_{settings.LANGUAGE_CODE}"],
        {
            **{
                f"label_{code}": words[f"label_{code}"]
                for code in codes
                if code != settings.LANGUAGE_CODE
            },
            **{f"also_known_as_{code}": words[f"also_known_as_{code}"] for code in codes},
        },
    )
