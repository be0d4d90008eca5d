"""From the clauses of an agreement to the document that two parties fill in and sign."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from resources.blanks import codes_in, pieces
from toolkit.documents.html import blocks_from_html, item_blocks_from_html, text_of, tidied
from toolkit.documents.languages import words
from toolkit.documents.outline import (
    Blank,
    BlankKind,
    Block,
    BulletList,
    Heading,
    ItemBlock,
    Link,
    Note,
    NumberedList,
    Outline,
    Paragraph,
    Run,
    Runs,
    SignatureBlock,
    Table,
    Text,
    as_filled,
)


class UnknownMarker(ValueError):
    """A text has a `{code}` that no placeholder declares."""

    def __init__(self, code: str, *, where: str, declared: Collection[str]) -> None:
        self.code = code
        self.where = where
        known = ", ".join(sorted(declared)) or "none"
        super().__init__(
            f"{where}: the marker {{{code}}} is not among the placeholders (declared: {known})."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """Something to fill in. Texts name it as `{code}`; readers see the label."""

    code: str
    label: str
    kind: BlankKind = "text"
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another text for a clause, for partners of these types (their codes)."""

    partner_types: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause. `text`, `why`, `watch_out` and the variants' texts are HTML; the heading is
    plain text."""

    code: str
    heading: str
    text: str
    required: bool = True
    why: str = ""
    watch_out: str = ""
    variants: tuple[Variant, ...] = ()

    def text_for(self, partner_type: str | None) -> str:
        """The wording for a partner of this type, or the usual one."""
        for variant in self.variants:
            if partner_type in variant.partner_types:
                return variant.text
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All that a document is composed from, in one language. `introduction` is HTML; it speaks to
    those who prepare the agreement and is not part of what they sign."""

    title: str
    language: str
    placeholders: tuple[Placeholder, ...]
    clauses: tuple[Clause, ...]
    introduction: str = ""
    attribution: str = ""
    licence: str = ""
    source_url: str = ""
    reviewed: datetime.date | None = None


def undeclared_markers(agreement: Agreement) -> list[UnknownMarker]:
    """Every marker without a placeholder, for a form that wants to name them all at once."""
    declared = {placeholder.code for placeholder in agreement.placeholders}
    texts = [("title", agreement.title), ("introduction", agreement.introduction)]
    for clause in agreement.clauses:
        texts.append((f"clause {clause.code}, heading", clause.heading))
        texts.append((f"clause {clause.code}", clause.text))
        texts.append((f"clause {clause.code}, why", clause.why))
        texts.append((f"clause {clause.code}, watch out", clause.watch_out))
        for variant in clause.variants:
            where = f"clause {clause.code}, variant for {', '.join(variant.partner_types)}"
            texts.append((where, variant.text))
    return [
        UnknownMarker(code, where=where, declared=declared)
        for where, text in texts
        for code in codes_in(text)
        if code not in declared
    ]


def with_undeclared(agreement: Agreement) -> Agreement:
    """The agreement, in which a marker that nobody declared is a blank of its own name."""
    codes = sorted({error.code for error in undeclared_markers(agreement)})
    if not codes:
        return agreement
    blanks = (Placeholder(code=code, label=code.replace("_", " ")) for code in codes)
    return replace(agreement, placeholders=(*agreement.placeholders, *blanks))


def agreement_outline(
    agreement: Agreement,
    *,
    partner_type: str | None = None,
    with_guidance: bool = True,
    values: Mapping[str, str] | None = None,
    partner_type_labels: Mapping[str, str] | None = None,
    base: str = "",
) -> Outline:
    """The outline of an agreement.

    `partner_type` (a code) chooses each clause's wording. With guidance, the introduction, a list
    of the blanks and the notes to each clause are included; without, only what is signed.
    `values` fills blanks by placeholder code; an empty value leaves the blank.
    `partner_type_labels` names partner types in the document's language; `base` is the address
    against which relative links are resolved.

    Raises UnknownMarker for a marker, or a value, that no placeholder declares.
    """
    return _Composer(
        agreement,
        partner_type=partner_type,
        with_guidance=with_guidance,
        values=values or {},
        partner_type_labels=partner_type_labels or {},
        base=base,
    ).outline()


class _Composer:
    def __init__(
        self,
        agreement: Agreement,
        *,
        partner_type: str | None,
        with_guidance: bool,
        values: Mapping[str, str],
        partner_type_labels: Mapping[str, str],
        base: str,
    ) -> None:
        self.agreement = agreement
        self.partner_type = partner_type
        self.with_guidance = with_guidance
        self.values = values
        self.partner_type_labels = partner_type_labels
        self.base = base
        self.words = words(agreement.language)
        self.placeholders = {item.code: item for item in agreement.placeholders}
        for code in values:
            self._declared(code, where="values")

    def outline(self) -> Outline:
        agreement = self.agreement
        blocks: list[Block] = []
        if self.with_guidance:
            blocks.extend(self._opening())
        for number, clause in enumerate(agreement.clauses, start=1):
            blocks.extend(self._clause(number, clause))
        blocks.extend(self._signatures())
        label = self.partner_type_labels.get(self.partner_type or "", "")
        return Outline(
            title=self._line(agreement.title, where="title"),
            subtitle=label,
            language=agreement.language,
            author=agreement.attribution,
            licence=agreement.licence,
            source_url=agreement.source_url,
            date=agreement.reviewed,
            blocks=tuple(blocks),
        )

    def _opening(self) -> list[Block]:
        blocks: list[Block] = []
        introduction = self._note_blocks(self.agreement.introduction, where="introduction")
        if introduction:
            blocks.append(Note("about", self.words.about, introduction))
        unfilled = [item for item in self.agreement.placeholders if not self._value(item.code)]
        if unfilled:
            blocks.append(Heading(1, self.words.blanks))
            blocks.append(Paragraph((Text(self.words.blanks_hint),)))
            rows = tuple(((_blank(item),), (Text(item.example),)) for item in unfilled)
            columns = ((Text(self.words.blank),), (Text(self.words.example),))
            blocks.append(Table(columns, rows))
        return blocks

    def _clause(self, number: int, clause: Clause) -> list[Block]:
        where = f"clause {clause.code}"
        heading = self._line(clause.heading, where=f"{where}, heading")
        blocks: list[Block] = [Heading(1, f"{number}. {heading}")]
        text = blocks_from_html(clause.text_for(self.partner_type), top_heading=2, base=self.base)
        blocks.extend(_mapped(text, lambda runs: self._marked(runs, where=where)))
        if self.with_guidance:
            blocks.extend(self._guidance(clause, where=where))
        return blocks

    def _guidance(self, clause: Clause, *, where: str) -> list[Block]:
        fixed = self.words
        notes: list[Block] = []
        why = self._note_blocks(clause.why, where=f"{where}, why")
        if not clause.required:
            why += (Paragraph((Text(fixed.optional, italic=True),)),)
        if why:
            notes.append(Note("why", fixed.why, why))
        watch_out = self._note_blocks(clause.watch_out, where=f"{where}, watch out")
        if watch_out:
            notes.append(Note("watch_out", fixed.watch_out, watch_out))
        if self.partner_type is None:
            for variant in clause.variants:
                names = [self.partner_type_labels.get(code, code) for code in variant.partner_types]
                label = f"{fixed.variant}{fixed.colon}{', '.join(names)}"
                inner = self._note_blocks(variant.text, where=f"{where}, variant")
                if inner:
                    notes.append(Note("about", label, inner))
        return notes

    def _signatures(self) -> list[Block]:
        parties = tuple(
            as_filled(value) if (value := self._value(item.code)) else (_blank(item),)
            for item in self.agreement.placeholders
            if item.kind == "party"
        )
        if not parties:
            return []
        return [Heading(1, self.words.signatures), SignatureBlock(parties)]

    def _note_blocks(self, html: str, *, where: str) -> tuple[ItemBlock, ...]:
        blocks = item_blocks_from_html(html, base=self.base)
        return tuple(
            _mapped_item(block, lambda runs: self._marked(runs, where=where)) for block in blocks
        )

    def _line(self, text: str, *, where: str) -> str:
        return text_of(self._marked((Text(text),), where=where))

    def _marked(self, runs: Runs, *, where: str) -> Runs:
        """Runs in which every marker has become its value or its blank."""
        marked: list[Run] = []
        for run in runs:
            if not isinstance(run, Text | Link):
                marked.append(run)
                continue
            for part, code in pieces(run.text):
                if code:
                    marked.extend(self._filled(code, run, where=where))
                else:
                    marked.append(replace(run, text=part))
        return tidied(marked)

    def _filled(self, code: str, run: Text | Link, *, where: str) -> Runs:
        placeholder = self._declared(code, where=where)
        value = self._value(code)
        if not value:
            return (_blank(placeholder),)
        return tuple(
            replace(part, bold=run.bold, italic=run.italic) if isinstance(part, Text) else part
            for part in as_filled(value)
        )

    def _value(self, code: str) -> str:
        return self.values.get(code, "").strip()

    def _declared(self, code: str, *, where: str) -> Placeholder:
        try:
            return self.placeholders[code]
        except KeyError:
            raise UnknownMarker(code, where=where, declared=self.placeholders) from None


def _blank(placeholder: Placeholder) -> Blank:
    return Blank(placeholder.label, placeholder.kind)


def _mapped(blocks: tuple[Block, ...], change: Callable[[Runs], Runs]) -> list[Block]:
    mapped: list[Block] = []
    for block in blocks:
        match block:
            case Paragraph() | BulletList() | NumberedList():
                mapped.append(_mapped_item(block, change))
            case Heading():
                mapped.append(replace(block, text=text_of(change((Text(block.text),)))))
            case Table():
                columns = tuple(change(cell) for cell in block.columns)
                rows = tuple(tuple(change(cell) for cell in row) for row in block.rows)
                mapped.append(replace(block, columns=columns, rows=rows))
            case _:
                mapped.append(block)
    return mapped


def _mapped_item(block: ItemBlock, change: Callable[[Runs], Runs]) -> ItemBlock:
    if isinstance(block, Paragraph):
        return Paragraph(change(block.runs))
    items = tuple(tuple(_mapped_item(inner, change) for inner in item) for item in block.items)
    return replace(block, items=items)
