"""From an outline to a Word document, through python-docx."""

from __future__ import annotations

import datetime
import io
from typing import Any, TypeAlias, cast

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from toolkit.documents import design
from toolkit.documents.languages import language, words
from toolkit.documents.outline import (
    Blank,
    Block,
    BulletList,
    Heading,
    LineBreak,
    Link,
    Note,
    NumberedList,
    Outline,
    PageBreak,
    Paragraph,
    Run,
    Runs,
    SignatureBlock,
    Table,
    Text,
)

# Word refuses longer texts in a file's properties (ECMA-376, core properties).
_PROPERTY_LENGTH = 255
_BULLET_LIST_ID = 90
_NUMBERED_LIST_ID = 91
_LIST_INDENT_MM = 7
_RTL_LIST_INSET_MM = 4
_NOTE_INSET_MM = 4
_SIGNATURE_WIDTHS_MM = (45, design.PAGE_WIDTH_MM - 2 * design.MARGIN_MM - 45)

_Place: TypeAlias = DocumentType | _Cell


def write(outline: Outline) -> bytes:
    """A DOCX file with named styles, real lists, tables and links, its language and direction."""
    return _Writer(outline).file()


class _Writer:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.language = language(outline.language)
        self.words = words(outline.language)
        self.rtl = outline.right_to_left
        self.style_ids: dict[str, str] = {}
        self.document = Document()
        self._page()
        self._defaults()
        self._styles()
        self._lists()
        self._properties()

    def file(self) -> bytes:
        outline = self.outline
        self.paragraph(self.document, (Text(outline.title),), style="Title")
        if outline.subtitle:
            self.paragraph(self.document, (Text(outline.subtitle),), style="Subtitle")
        for block in outline.blocks:
            self.block(self.document, block)
        if outline.colophon:
            self.paragraph(self.document, outline.colophon, style="Colophon")
        self._footer()
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()

    # Blocks

    def block(self, place: _Place, block: Block) -> None:
        match block:
            case Heading(level, text):
                self.paragraph(place, (Text(text),), style=f"Heading {level}")
            case Paragraph(runs):
                self.paragraph(place, runs, style="Body Text")
            case BulletList() | NumberedList():
                self.list(place, block)
            case Table():
                self.table(block)
            case Note():
                self.note(block)
            case SignatureBlock(parties):
                for party in parties:
                    self.signature(party)
            case PageBreak():
                paragraph = self.paragraph(place, (), style="Body Text")
                paragraph.add_run().add_break(WD_BREAK.PAGE)

    def paragraph(self, place: _Place, runs: Runs, *, style: str) -> WordParagraph:
        paragraph = place.add_paragraph()
        self._set_style(paragraph, style)
        if self.rtl:
            # In the paragraph too, not only in its style: some programmes read one, some the other.
            paragraph.paragraph_format.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
        self.runs(paragraph, runs)
        return paragraph

    def runs(self, paragraph: WordParagraph, runs: Runs) -> None:
        for run in runs:
            if isinstance(run, Link) and run.url:
                self.link(paragraph, run)
            else:
                self.run(paragraph, run)

    def run(self, paragraph: WordParagraph, run: Run, *, style: str | None = None) -> Any:
        match run:
            case LineBreak():
                word_run = paragraph.add_run()
                word_run.add_break()
                return word_run
            case Blank():
                word_run = paragraph.add_run(run.shown)
                word_run._r.style = self._style_id("Blank")
                text, bold, italic = run.shown, False, False
            case Text() | Link():
                word_run = paragraph.add_run(run.text)
                if style is not None:
                    word_run._r.style = self._style_id(style)
                text = run.text
                bold = run.bold or (run.italic and not self.language.has_italics)
                italic = run.italic and self.language.has_italics
        if bold:
            word_run.bold = True
            word_run.font.cs_bold = True
        if italic:
            word_run.italic = True
            word_run.font.cs_italic = True
        if self.rtl and not _only_latin(text):
            word_run.font.rtl = True
        return word_run

    def link(self, paragraph: WordParagraph, link: Link) -> None:
        relation = paragraph.part.relate_to(link.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        element = OxmlElement("w:hyperlink")
        element.set(qn("r:id"), relation)
        element.set(qn("w:history"), "1")
        word_run = self.run(paragraph, link, style="Hyperlink")
        element.append(word_run._r)
        paragraph._p.append(element)

    def list(self, place: _Place, block: BulletList | NumberedList, *, depth: int = 0) -> None:
        numbered = isinstance(block, NumberedList)
        number_id = self._number(_NUMBERED_LIST_ID if numbered else _BULLET_LIST_ID)
        style = "List Number" if numbered else "List Bullet"
        for item in block.items:
            first = True
            for inner in item:
                if not isinstance(inner, Paragraph):
                    if first:
                        self._list_paragraph(place, (), style, number_id, depth)
                    self.list(place, inner, depth=depth + 1)
                elif first:
                    self._list_paragraph(place, inner.runs, style, number_id, depth)
                else:
                    paragraph = self.paragraph(place, inner.runs, style="List Continue")
                    self._indent(paragraph, depth)
                first = False

    def _list_paragraph(
        self, place: _Place, runs: Runs, style: str, number_id: int, depth: int
    ) -> None:
        paragraph = self.paragraph(place, runs, style=style)
        properties = paragraph._p.get_or_add_pPr()
        numbering = properties.get_or_add_numPr()
        numbering.get_or_add_ilvl().val = min(depth, 8)
        numbering.get_or_add_numId().val = number_id

    def _indent(self, paragraph: WordParagraph, depth: int) -> None:
        inset = _RTL_LIST_INSET_MM if self.rtl else 0
        indent = Mm(_LIST_INDENT_MM * (min(depth, 8) + 1) + inset)
        paragraph.paragraph_format.left_indent = indent

    def table(self, block: Table) -> None:
        if not block.width:
            return
        rows = (block.columns, *block.rows) if block.columns else block.rows
        table = self._new_table(len(rows), block.width, style="Toolkit Table")
        for index, (word_row, row) in enumerate(zip(table.rows, rows, strict=True)):
            is_head = bool(block.columns) and index == 0
            properties = word_row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if block.to_fill and not is_head:
                properties.append(_element("w:trHeight", val="640", hRule="atLeast"))
            if is_head:
                properties.append(OxmlElement("w:tblHeader"))
            for cell, runs in zip(word_row.cells, row, strict=True):
                style = "Table Heading" if is_head else "Table Contents"
                self._fill(cell, runs, style=style)
        self._gap()

    def note(self, note: Note) -> None:
        style = "Guidance Warning" if note.kind == "watch_out" else "Guidance"
        self.paragraph(self.document, (Text(note.label),), style=f"{style} Label")
        for block in note.blocks:
            self._note_block(block, style=style)
        # Without a paragraph between them, two notes would run into one coloured block.
        self._gap()

    def _note_block(self, block: Block, *, style: str) -> None:
        # Lists inside a note keep the note's ground and bar, hence its style; the number is real.
        match block:
            case Paragraph(runs):
                self.paragraph(self.document, runs, style=style)
            case BulletList() | NumberedList():
                start = len(self.document.paragraphs)
                self.list(self.document, block)
                for paragraph in self.document.paragraphs[start:]:
                    self._set_style(paragraph, style)
                    self._inset(paragraph)

    def _inset(self, paragraph: WordParagraph) -> None:
        """A list paragraph inside a note: the note's bar keeps to one line."""
        layout = paragraph.paragraph_format
        numbering = paragraph._p.get_or_add_pPr().numPr
        if numbering is not None and numbering.ilvl is not None:
            layout.left_indent = Mm(_NOTE_INSET_MM + _LIST_INDENT_MM * (numbering.ilvl.val + 1))
            layout.first_line_indent = Mm(-_LIST_INDENT_MM)
        else:
            layout.left_indent = Mm(_NOTE_INSET_MM)

    def signature(self, party: Runs) -> None:
        lead: Run = Text(self.words.signed_for + self.words.colon)
        self.paragraph(self.document, (lead, *party), style="Signature")
        fixed = self.words
        labels = (fixed.signature, fixed.name, fixed.position, fixed.place_and_date)
        table = self._new_table(len(labels), 2, style="Toolkit Signature")
        for index, (row, label) in enumerate(zip(table.rows, labels, strict=True)):
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            height = "900" if index == 0 else "560"
            properties.append(_element("w:trHeight", val=height, hRule="atLeast"))
            self._fill(row.cells[0], (Text(label),), style="Table Contents")
            self._fill(row.cells[1], (), style="Table Contents")
            for cell, width in zip(row.cells, _SIGNATURE_WIDTHS_MM, strict=True):
                cell.width = Mm(width)
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            if index < len(labels) - 1:
                for cell in row.cells:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True
        for column, width in zip(table.columns, _SIGNATURE_WIDTHS_MM, strict=True):
            column.width = Mm(width)
        self._gap()

    def _gap(self) -> None:
        self.paragraph(self.document, (), style="Gap")

    def _new_table(self, rows: int, columns: int, *, style: str) -> WordTable:
        table = self.document.add_table(rows, columns)
        table._tbl.tblStyle_val = self._style_id(style)
        properties = table._tbl.tblPr
        look = properties.find(qn("w:tblLook"))
        if look is not None:
            look.set(qn("w:firstColumn"), "0")
        if self.rtl:
            table_style = properties.find(qn("w:tblStyle"))
            bidi = OxmlElement("w:bidiVisual")
            table_style.addnext(bidi)
        return table

    def _fill(self, cell: _Cell, runs: Runs, *, style: str) -> None:
        paragraph = cell.paragraphs[0]
        self._set_style(paragraph, style)
        if self.rtl:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        self.runs(paragraph, runs)

    # The document as a whole

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = (
            Mm(design.PAGE_WIDTH_MM),
            Mm(design.PAGE_HEIGHT_MM),
        )
        section.left_margin = section.right_margin = Mm(design.MARGIN_MM)
        section.top_margin = Mm(design.MARGIN_MM)
        section.bottom_margin = Mm(design.MARGIN_BOTTOM_MM)
        section.footer_distance = Mm(12)
        if self.rtl:
            grid = section._sectPr.find(qn("w:docGrid"))
            bidi = OxmlElement("w:bidi")
            if grid is None:
                section._sectPr.append(bidi)
            else:
                grid.addprevious(bidi)

    def _defaults(self) -> None:
        """Fonts for the four kinds of script, and the language, in the document's defaults."""
        styles = self.document.styles.element
        defaults = styles.find(qn("w:docDefaults"))
        properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for child in list(properties):
            properties.remove(child)
        size = str(design.BODY * 2)
        properties.append(_fonts(design.OFFICE_TEXT, design.OFFICE_HAN_TEXT))
        properties.append(_element("w:color", val=design.INK))
        properties.append(_element("w:sz", val=size))
        properties.append(_element("w:szCs", val=size))
        properties.append(self._lang("w:lang"))
        # The theme's language decides which of its fonts Word takes for new text.
        settings = self.document.settings.element
        theme = settings.find(qn("w:themeFontLang"))
        if theme is not None:
            theme.getparent().replace(theme, self._lang("w:themeFontLang"))

        # Word of today, not "compatibility mode", in which tables hang over the margin.
        for setting in settings.iter(qn("w:compatSetting")):
            if setting.get(qn("w:name")) == "compatibilityMode":
                setting.set(qn("w:val"), "15")

    def _lang(self, name: str) -> Any:
        tag = self.language.tag
        return _element(
            name,
            val=tag,
            eastAsia=tag if self.language.script == "han" else "zh-CN",
            bidi=tag if self.language.script == "arabic" else "ar-SA",
        )

    def _styles(self) -> None:
        # The template offers a hundred coloured tables; the two of ours are enough.
        for style in self.document.styles.element.findall(qn("w:style")):
            if style.get(qn("w:type")) == "table" and style.get(qn("w:default")) is None:
                style.getparent().remove(style)
        body = self._paragraph_style("Normal", base=None, size=design.BODY)
        body.paragraph_format.space_after = Pt(0)
        body.paragraph_format.line_spacing = design.LINE
        text = self._paragraph_style("Body Text", size=design.BODY)
        text.paragraph_format.space_after = Pt(8)

        title = self._paragraph_style(
            "Title", size=design.TITLE, colour=design.ACCENT, bold=True, heading=True
        )
        title.paragraph_format.space_after = Pt(10)
        title.paragraph_format.line_spacing = 1.05
        title.next_paragraph_style = text
        _borders(title, bottom=(design.ACCENT, 12, 8))
        subtitle = self._paragraph_style(
            "Subtitle", size=design.SUBTITLE, colour=design.QUIET, heading=True
        )
        subtitle.paragraph_format.space_after = Pt(12)
        for level, size in enumerate(design.HEADINGS, start=1):
            heading = self._paragraph_style(
                f"Heading {level}", size=size, colour=design.ACCENT, bold=True, heading=True
            )
            heading.paragraph_format.space_before = Pt(20 if level == 1 else 14)
            heading.paragraph_format.space_after = Pt(6)
            heading.paragraph_format.keep_with_next = True
            heading.paragraph_format.line_spacing = 1.1
            heading.next_paragraph_style = text

        for name in ("List Bullet", "List Number", "List Continue"):
            self._paragraph_style(name, size=design.BODY).paragraph_format.space_after = Pt(5)
        contents = self._paragraph_style("Table Contents", size=design.SMALL)
        contents.paragraph_format.space_before = contents.paragraph_format.space_after = Pt(3)
        contents.paragraph_format.line_spacing = 1.15
        head = self._paragraph_style(
            "Table Heading", base="Table Contents", size=design.SMALL, bold=True
        )
        head.paragraph_format.keep_with_next = True
        gap = self._paragraph_style("Gap", size=4)
        gap.paragraph_format.space_after = Pt(8)
        gap.paragraph_format.line_spacing = 1.0

        for name, bar in (("Guidance", design.ACCENT), ("Guidance Warning", design.WARNING)):
            note = self._paragraph_style(name, size=design.SMALL)
            note.paragraph_format.left_indent = note.paragraph_format.right_indent = Mm(
                _NOTE_INSET_MM
            )
            note.paragraph_format.space_after = Pt(3)
            note.paragraph_format.line_spacing = 1.2
            # In a right-to-left paragraph Word still counts the sides of a border from the page.
            side = "right" if self.rtl else "left"
            _borders(
                note,
                **{
                    "top": (design.NOTE_GROUND, 8, 3),
                    side: (bar, 18, 8),
                    "bottom": (design.NOTE_GROUND, 8, 4),
                },
            )
            _shade(note.element.get_or_add_pPr(), design.NOTE_GROUND)
            label = self._paragraph_style(
                f"{name} Label", base=name, size=design.SMALL, colour=bar, bold=True
            )
            label.paragraph_format.keep_with_next = True

        signature = self._paragraph_style("Signature", size=design.BODY, bold=True)
        signature.paragraph_format.space_before = Pt(14)
        signature.paragraph_format.space_after = Pt(4)
        signature.paragraph_format.left_indent = Mm(0)
        signature.paragraph_format.keep_with_next = True
        colophon = self._paragraph_style("Colophon", size=design.FOOTER, colour=design.QUIET)
        colophon.paragraph_format.space_before = Pt(28)
        _borders(colophon, top=(design.RULE, 4, 6))
        self._paragraph_style("Footer", size=design.FOOTER, colour=design.QUIET)

        blank = self._character_style("Blank", colour=design.BLANK_INK)
        _shade(blank.element.get_or_add_rPr(), design.BLANK_GROUND)
        self._character_style("Hyperlink", colour=design.ACCENT).font.underline = True
        self.document.styles.element.append(parse_xml(_TABLE_STYLE))
        self.document.styles.element.append(parse_xml(_SIGNATURE_STYLE))
        for style in self.document.styles.element.findall(qn("w:style")):
            for properties in style.findall(qn("w:pPr")):
                _in_order(properties)

    def _style_id(self, name: str) -> str:
        # Kept, because python-docx searches the whole list of styles for every paragraph.
        if name not in self.style_ids:
            self.style_ids[name] = str(self.document.styles[name].style_id)
        return self.style_ids[name]

    def _set_style(self, paragraph: WordParagraph, name: str) -> None:
        paragraph._p.style = self._style_id(name)

    def _paragraph_style(
        self,
        name: str,
        *,
        base: str | None = "Normal",
        size: float,
        colour: str = design.INK,
        bold: bool = False,
        heading: bool = False,
    ) -> ParagraphStyle:
        styles = self.document.styles
        try:
            style = cast(ParagraphStyle, styles[name])
        except KeyError:
            style = cast(ParagraphStyle, styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
        for tag in ("w:rPr", "w:pPr"):
            old = style.element.find(qn(tag))
            if old is not None:
                # The outline level is what makes a heading one.
                for child in list(old):
                    if child.tag != qn("w:outlineLvl"):
                        old.remove(child)
        if base is not None:
            style.base_style = styles[base]
        style.quick_style = True
        style.hidden = False
        self._font(style, size=size, colour=colour, bold=bold, heading=heading)
        if self.rtl:
            style.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
        return style

    def _character_style(self, name: str, *, colour: str) -> CharacterStyle:
        styles = self.document.styles
        try:
            style = cast(CharacterStyle, styles[name])
        except KeyError:
            style = cast(CharacterStyle, styles.add_style(name, WD_STYLE_TYPE.CHARACTER))
        style.quick_style = True
        style.hidden = False
        style.font.color.rgb = RGBColor.from_string(colour)
        return style

    def _font(
        self, style: ParagraphStyle, *, size: float, colour: str, bold: bool, heading: bool
    ) -> None:
        font = style.font
        font.size = Pt(size)
        font.color.rgb = RGBColor.from_string(colour)
        font.bold = font.cs_bold = bold
        properties = style.element.get_or_add_rPr()
        if heading:
            old = properties.find(qn("w:rFonts"))
            if old is not None:
                properties.remove(old)
            properties.insert(0, _fonts(design.OFFICE_HEADING, design.OFFICE_HAN_HEADING))
        complex_size = _element("w:szCs", val=str(round(size * 2)))
        properties.find(qn("w:sz")).addnext(complex_size)

    def _lists(self) -> None:
        numbering = self.document.part.numbering_part.element
        for list_id, numbered in ((_NUMBERED_LIST_ID, True), (_BULLET_LIST_ID, False)):
            # Definitions come before the lists that use them, or Word repairs the file.
            numbering.insert(0, parse_xml(_abstract_list(list_id, numbered=numbered, rtl=self.rtl)))

    def _number(self, abstract_id: int) -> int:
        """A list of its own, so that each numbered list starts at 1."""
        numbering = self.document.part.numbering_part.element
        number = numbering.add_num(abstract_id)
        if abstract_id == _NUMBERED_LIST_ID:
            for level in range(9):
                number.add_lvlOverride(level).add_startOverride(1)
        return int(number.numId)

    def _properties(self) -> None:
        outline, fixed = self.outline, self.words
        licence = f"{fixed.licence}{fixed.colon}{outline.licence}" if outline.licence else ""
        properties = self.document.core_properties
        properties.title = outline.title[:_PROPERTY_LENGTH]
        properties.author = outline.author[:_PROPERTY_LENGTH]
        properties.last_modified_by = outline.author[:_PROPERTY_LENGTH]
        properties.subject = outline.subtitle[:_PROPERTY_LENGTH]
        properties.comments = licence[:_PROPERTY_LENGTH]
        properties.keywords = outline.licence[:_PROPERTY_LENGTH]
        properties.identifier = outline.source_url[:_PROPERTY_LENGTH]
        properties.language = self.language.tag
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        properties.created = properties.modified = now

    def _footer(self) -> None:
        footer = self.document.sections[0].footer
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        self._set_style(paragraph, "Footer")
        if self.rtl:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        self.run(paragraph, Text(f"{self.outline.title} · "))
        rest = self.words.page
        for field, marker in (("PAGE", "{page}"), ("NUMPAGES", "{pages}")):
            before, _, rest = rest.partition(marker)
            self.run(paragraph, Text(before))
            self._field(paragraph, field)
        if rest:
            self.run(paragraph, Text(rest))

    def _field(self, paragraph: WordParagraph, instruction: str) -> None:
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), instruction)
        run = self.run(paragraph, Text("1"))
        field.append(run._r)
        paragraph._p.append(field)


def _element(tag: str, /, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _fonts(western: str, han: str) -> Any:
    return _element("w:rFonts", ascii=western, hAnsi=western, eastAsia=han, cs=design.OFFICE_ARABIC)


def _borders(style: ParagraphStyle, **sides: tuple[str, int, int]) -> None:
    """Borders by side: colour, width in eighths of a point, distance in points."""
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            colour, size, space = sides[side]
            borders.append(
                _element(f"w:{side}", val="single", sz=str(size), space=str(space), color=colour)
            )
    style.element.get_or_add_pPr().append(borders)


def _shade(properties: Any, colour: str) -> None:
    properties.append(_element("w:shd", val="clear", color="auto", fill=colour))


# ECMA-376, CT_PPrBase: a sequence, so the order is part of what makes the file valid.
_PARAGRAPH_ORDER = {
    qn(f"w:{name}"): index
    for index, name in enumerate(
        [
            "pStyle",
            "keepNext",
            "keepLines",
            "pageBreakBefore",
            "framePr",
            "widowControl",
            "numPr",
            "suppressLineNumbers",
            "pBdr",
            "shd",
            "tabs",
            "suppressAutoHyphens",
            "kinsoku",
            "wordWrap",
            "overflowPunct",
            "topLinePunct",
            "autoSpaceDE",
            "autoSpaceDN",
            "bidi",
            "adjustRightInd",
            "snapToGrid",
            "spacing",
            "ind",
            "contextualSpacing",
            "mirrorIndents",
            "suppressOverlap",
            "jc",
            "textDirection",
            "textAlignment",
            "textboxTightWrap",
            "outlineLvl",
            "divId",
            "cnfStyle",
            "rPr",
            "sectPr",
            "pPrChange",
        ]
    )
}


def _in_order(properties: Any) -> None:
    properties[:] = sorted(properties, key=lambda child: _PARAGRAPH_ORDER.get(child.tag, 99))


def _only_latin(text: str) -> bool:
    """Whether a run of a right-to-left document is to be set from left to right: an address, a
    name in Latin letters. Marked right-to-left, its punctuation would wander."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and all(ord(char) < 0x590 for char in letters)


def _abstract_list(list_id: int, *, numbered: bool, rtl: bool) -> str:
    # LibreOffice lets the number of a right-to-left list grow towards the margin.
    inset = _RTL_LIST_INSET_MM if rtl else 0
    levels = []
    for level in range(9):
        if numbered:
            kind = ("decimal", "lowerLetter", "lowerRoman")[level % 3]
            mark = f"%{level + 1}."
        else:
            kind, mark = "bullet", ("•", "–", "·")[level % 3]
        indent = round(((level + 1) * _LIST_INDENT_MM + inset) * 56.7)
        hanging = round(_LIST_INDENT_MM * 56.7)
        levels.append(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{mark}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{indent}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
        )
    return (
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{list_id}">'
        f'<w:multiLevelType w:val="multilevel"/>{"".join(levels)}</w:abstractNum>'
    )


_CELL_MARGINS = (
    "<w:tblCellMar>"
    '<w:top w:w="40" w:type="dxa"/><w:left w:w="100" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="100" w:type="dxa"/>'
    "</w:tblCellMar>"
)
_TABLE_STYLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ToolkitTable">'
    '<w:name w:val="Toolkit Table"/><w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr>'
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{design.RULE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + f"</w:tblBorders>{_CELL_MARGINS}</w:tblPr>"
    f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" '
    f'w:fill="{design.HEADER_GROUND}"/></w:tcPr></w:tblStylePr></w:style>'
)
_SIGNATURE_STYLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ToolkitSignature">'
    '<w:name w:val="Toolkit Signature"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{design.QUIET}"/>'
        for side in ("bottom", "insideH")
    )
    + f"</w:tblBorders>{_CELL_MARGINS}</w:tblPr></w:style>"
)
