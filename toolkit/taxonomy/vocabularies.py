"""The vocabularies as values: labels in seven languages, read once and kept until they change.

Every process keeps its own copy; ``VocabularyEdition`` rows, with another number after every
change, say when it is out of date, so that all processes agree without a shared cache.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language

from toolkit.core.templatetags.localise import language_name
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.terms import (
    Direction,
    DirectionMapping,
    EntryTag,
    Sdg,
    Series,
    Strategy,
    Term,
    VocabularyEdition,
    edition_numbers,
)

#: Facet or vocabulary name → its terms. Strategies group directions, series group exercises.
MODELS: dict[str, type[Term]] = {
    **{f.name: f.model for f in FACETS.values() if f.model and issubclass(f.model, Term)},
    "strategy": Strategy,
    "series": Series,
}
NAMES = (*MODELS, "tag", "language")


@dataclass(frozen=True)
class TermValue:
    """One term, free of the database.

    ``value`` is the code (of a tag: its slug), ``parent`` the code of the wider term or "",
    ``group`` the strategy's code of a direction, ``number`` what is printed before the label,
    ``also_known_as`` language → other names.
    """

    value: str
    labels: Mapping[str, str]
    scope_notes: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    group: str = ""
    number: str = ""
    also_known_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, language: str | None = None) -> str:
        return _worded(self.labels, language) or self.value

    def scope_note(self, language: str | None = None) -> str:
        return _worded(self.scope_notes, language)


def _worded(texts: Mapping[str, str], language: str | None) -> str:
    language = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return texts.get(language) or texts.get(settings.LANGUAGE_CODE, "")


def _is_below_itself(term: TermValue, known: Mapping[str, TermValue]) -> bool:
    seen: set[str] = set()
    wider = term.parent
    while wider in known and wider not in seen:
        if wider == term.value:
            return True
        seen.add(wider)
        wider = known[wider].parent
    return False


class Vocabulary:
    """A vocabulary's terms, in order, with what is wider and what is equal.

    Forms refuse a term without a code and terms that belong to each other in a circle. What
    came by another way costs no page: the one is left out, the others stand at the top.
    """

    def __init__(self, terms: Iterable[TermValue], equal: Iterable[tuple[str, str]] = ()) -> None:
        known = {term.value: term for term in terms if term.value}
        self.terms = {
            value: replace(term, parent="") if _is_below_itself(term, known) else term
            for value, term in known.items()
        }
        self.equal: dict[str, set[str]] = {}
        for one, other in equal:
            self.equal.setdefault(one, set()).add(other)
            self.equal.setdefault(other, set()).add(one)

    def __iter__(self) -> Iterator[TermValue]:
        return iter(self.terms.values())

    def __contains__(self, value: object) -> bool:
        return value in self.terms

    def __len__(self) -> int:
        return len(self.terms)

    def get(self, value: str) -> TermValue | None:
        return self.terms.get(value)

    def children(self, value: str) -> list[TermValue]:
        return [term for term in self if term.parent == value]

    def ancestors(self, value: str) -> list[str]:
        """The codes of the wider terms, nearest first."""
        found: list[str] = []
        term = self.terms.get(value)
        while term and term.parent and term.parent not in found:
            found.append(term.parent)
            term = self.terms.get(term.parent)
        return found

    def widened(self, values: Iterable[str]) -> frozenset[str]:
        """The values and all that is wider, their equals in other editions, and what is wider
        than these: tagged once, seen under every edition."""
        own = self._with_ancestors(value for value in values if value in self.terms)
        equals = {equal for value in own for equal in self.equal.get(value, ())}
        return frozenset(own | self._with_ancestors(equals))

    def _with_ancestors(self, values: Iterable[str]) -> set[str]:
        values = set(values)
        return values | {wider for value in values for wider in self.ancestors(value)}


_kept: dict[str, tuple[int, Vocabulary]] = {}
_lock = threading.Lock()


def vocabulary(name: str, *, editions: Mapping[str, int] | None = None) -> Vocabulary:
    """The vocabulary of that name (``NAMES``); raises ``KeyError`` for another.

    ``editions`` spares the query that asks whether the copy kept is still good, for callers
    that read several vocabularies at once.
    """
    number = (edition_numbers() if editions is None else editions).get(name, 0)
    kept = _kept.get(name)
    if kept and kept[0] == number:
        return kept[1]
    fresh = _read(name)
    with _lock:
        _kept[name] = (number, fresh)
    return fresh


def vocabularies(editions: Mapping[str, int] | None = None) -> dict[str, Vocabulary]:
    """All vocabularies by name: one query while none has changed, none with ``editions``."""
    editions = edition_numbers() if editions is None else editions
    return {name: vocabulary(name, editions=editions) for name in NAMES}


def changed(name: str) -> None:
    """Give a vocabulary another edition: every process reads it anew.

    The number is drawn, not counted: what was read in a transaction that was rolled back must
    never be taken for the edition of the next one.
    """
    VocabularyEdition.objects.update_or_create(name=name, defaults={"number": secrets.randbits(62)})


def forget() -> None:
    """Drop what this process keeps (tests, whose databases come and go)."""
    with _lock:
        _kept.clear()


def _read(name: str) -> Vocabulary:
    languages = [code for code, _name in settings.LANGUAGES]
    if name == "language":
        return Vocabulary(
            TermValue(
                value=code,
                labels={reader: capfirst(language_name(code, reader)) for reader in languages},
            )
            for code in languages
        )
    if name == "tag":
        return Vocabulary(
            TermValue(
                value=tag.slug,
                labels=_tag_labels(tag, languages),
                also_known_as=_other_names(tag, languages),
            )
            for tag in EntryTag.objects.order_by("name")
        )
    terms = MODELS[name].objects.all()
    if name == "direction":
        terms = terms.select_related("strategy", "parent").order_by(
            "-strategy__starts", "order", "code"
        )
    elif name in {"region", "sdg"}:
        terms = terms.select_related("parent")
    equal = (
        DirectionMapping.objects.values_list("source__code", "target__code")
        if name == "direction"
        else ()
    )
    return Vocabulary(
        (
            TermValue(
                value=term.code,
                labels={code: getattr(term, f"label_{code}") for code in languages},
                scope_notes={code: getattr(term, f"scope_note_{code}") for code in languages},
                parent=parent.code if (parent := getattr(term, "parent", None)) else "",
                group=term.strategy.code if isinstance(term, Direction) else "",
                number=_number(term),
                also_known_as=_other_names(term, languages),
            )
            for term in terms
        ),
        equal,
    )


def _other_names(term: Term | EntryTag, languages: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Language → other names, without the languages that have none."""
    lines = {code: getattr(term, f"also_known_as_{code}").splitlines() for code in languages}
    names = {code: tuple(filter(None, map(str.strip, found))) for code, found in lines.items()}
    return {code: found for code, found in names.items() if found}


def _tag_labels(tag: EntryTag, languages: Iterable[str]) -> dict[str, str]:
    """What a tag is called; languages in which nobody named it are left out, and fall back to
    its name, which stands for English."""
    labels = {code: getattr(tag, f"label_{code}", "") for code in languages}
    labels[settings.LANGUAGE_CODE] = tag.name
    return {code: label for code, label in labels.items() if label}


def _number(term: Term) -> str:
    if isinstance(term, Direction):
        return term.number
    return term.code if isinstance(term, Sdg) else ""
