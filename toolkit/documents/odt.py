"""From an outline to an OpenDocument text, through odfdo."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import odfdo
from odfdo import Document, Element

from toolkit.documents import design
from toolkit.documents.languages import language, words
from toolkit.documents.outline import (
    Blank,
    Block,
    BulletList,
    Heading,
    ItemBlock,
    LineBreak,
    Link,
    Note,
    NumberedList,
    Outline,
    PageBreak,
    Paragraph,
    Runs,
    SignatureBlock,
    Table,
    Text,
)

_TEXT_WIDTH_MM = design.PAGE_WIDTH_MM - 2 * design.MARGIN_MM
_LIST_INDENT_MM = 7
_RTL_LIST_INSET_MM = 4


def write(outline: Outline) -> bytes:
    """An ODT file with named styles, real lists, tables and links, its language and direction."""
    return _Writer(outline).file()


class _Writer:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.language = language(outline.language)
        self.words = words(outline.language)
        self.tables = 0

    def file(self) -> bytes:
        outline = self.outline
        document = Document("text")
        document.set_part("styles.xml", _styles(outline).encode())
        # The template's own automatic styles are of no use here.
        automatic = document.content.get_element("//office:automatic-styles")
        automatic.clear()
        for xml in _automatic_styles():
            automatic.append(Element.from_tag(xml))
        body = document.body
        body.clear()
        body.append(self.paragraph((Text(outline.title),), style="Title"))
        if outline.subtitle:
            body.append(self.paragraph((Text(outline.subtitle),), style="Subtitle"))
        for block in outline.blocks:
            for element in self.block(block):
                body.append(element)
        if outline.colophon:
            body.append(self.paragraph(outline.colophon, style="Colophon"))
        self._properties(document)
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()

    def block(self, block: Block) -> Iterable[Element]:
        match block:
            case Heading(level, text):
                header = odfdo.Header(level, style=f"Heading_20_{level}")
                _append_text(header, text)
                yield header
            case Paragraph(runs):
                yield self.paragraph(runs, style="Text_20_body")
            case BulletList() | NumberedList():
                yield self.list(block, style="List_20_Contents")
            case Table():
                yield from self.table(block)
            case Note():
                yield from self.note(block)
            case SignatureBlock(parties):
                for party in parties:
                    yield from self.signature(party)
            case PageBreak():
                yield odfdo.Paragraph(style="PageBreak")

    def paragraph(self, runs: Runs, *, style: str) -> Element:
        paragraph = odfdo.Paragraph(style=style)
        self.runs(paragraph, runs)
        return paragraph

    def runs(self, paragraph: Element, runs: Runs) -> None:
        for run in runs:
            match run:
                case LineBreak():
                    paragraph.append(odfdo.LineBreak())
                case Blank():
                    paragraph.append(_span(run.shown, "Blank"))
                case Text() | Link():
                    italic = run.italic and self.language.has_italics
                    bold = run.bold or (run.italic and not italic)
                    style = _EMPHASIS[bold, italic]
                    if isinstance(run, Link) and run.url:
                        link = odfdo.Link(run.url)
                        link.set_attribute("text:style-name", "Internet_20_link")
                        link.set_attribute("xlink:type", "simple")
                        link.append(_span(run.text, style or "Internet_20_link"))
                        paragraph.append(link)
                    elif style:
                        paragraph.append(_span(run.text, style))
                    else:
                        _append_text(paragraph, run.text)

    def list(
        self, block: BulletList | NumberedList, *, style: str, nested: bool = False
    ) -> Element:
        name = "Numbers" if isinstance(block, NumberedList) else "Bullets"
        element = Element.from_tag(f'<text:list text:style-name="{name}"/>')
        if not nested:
            element.set_attribute("text:continue-numbering", "false")
        for item in block.items:
            list_item = Element.from_tag("text:list-item")
            for inner in item:
                list_item.append(self._item_block(inner, style=style))
            element.append(list_item)
        return element

    def _item_block(self, block: ItemBlock, *, style: str) -> Element:
        if isinstance(block, Paragraph):
            return self.paragraph(block.runs, style=style)
        return self.list(block, style=style, nested=True)

    def table(self, block: Table) -> Iterable[Element]:
        if not block.width:
            return
        self.tables += 1
        table = Element.from_tag(
            f'<table:table table:name="Table{self.tables}" table:style-name="Data"/>'
        )
        column = Element.from_tag("table:table-column")
        column.set_attribute("table:number-columns-repeated", str(block.width))
        table.append(column)
        if block.columns:
            head = Element.from_tag("table:table-header-rows")
            head.append(self._row(block.columns, cell="HeadCell", style="Table_20_Heading"))
            table.append(head)
        row_style = "FillRow" if block.to_fill else "Row"
        for row in block.rows:
            table.append(self._row(row, row=row_style))
        yield table
        yield odfdo.Paragraph(style="Gap")

    def _row(
        self,
        cells: tuple[Runs, ...],
        *,
        row: str = "Row",
        cell: str = "DataCell",
        style: str = "Table_20_Contents",
    ) -> Element:
        element = Element.from_tag(f'<table:table-row table:style-name="{row}"/>')
        for runs in cells:
            table_cell = Element.from_tag(
                f'<table:table-cell table:style-name="{cell}" office:value-type="string"/>'
            )
            table_cell.append(self.paragraph(runs, style=style))
            element.append(table_cell)
        return element

    def note(self, note: Note) -> Iterable[Element]:
        style = "Guidance_20_Warning" if note.kind == "watch_out" else "Guidance"
        label = odfdo.Paragraph(style=f"{style}_20_Label")
        _append_text(label, note.label)
        yield label
        for block in note.blocks:
            yield self._item_block(block, style=style)
        # Without a paragraph between them, two notes would run into one coloured block.
        yield odfdo.Paragraph(style="Gap")

    def signature(self, party: Runs) -> Iterable[Element]:
        lead = Text(self.words.signed_for + self.words.colon)
        yield self.paragraph((lead, *party), style="Signature")
        self.tables += 1
        table = Element.from_tag(
            f'<table:table table:name="Table{self.tables}" table:style-name="Signing"/>'
        )
        for column in ("SigningLabel", "SigningLine"):
            table.append(Element.from_tag(f'<table:table-column table:style-name="{column}"/>'))
        fixed = self.words
        for label in (fixed.signature, fixed.name, fixed.position, fixed.place_and_date):
            table.append(self._row(((Text(label),), ()), row="SigningRow", cell="SigningCell"))
        yield table
        yield odfdo.Paragraph(style="Gap")

    def _properties(self, document: Document) -> None:
        outline = self.outline
        meta = document.meta
        meta.title = outline.title
        meta.subject = outline.subtitle
        meta.description = (
            f"{self.words.licence}{self.words.colon}{outline.licence}" if outline.licence else ""
        )
        meta.language = self.language.tag
        meta.initial_creator = meta.creator = outline.author
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        meta.creation_date = meta.date = now
        if outline.licence:
            meta.set_user_defined_metadata("Licence", outline.licence)
        if outline.source_url:
            meta.set_user_defined_metadata("Source", outline.source_url)


_EMPHASIS = {
    (False, False): "",
    (True, False): "Strong_20_Emphasis",
    (False, True): "Emphasis",
    (True, True): "Strong_20_and_20_Emphasis",
}


def _span(text: str, style: str) -> Element:
    span = Element.from_tag(f'<text:span text:style-name="{style}"/>')
    _append_text(span, text)
    return span


def _append_text(element: Element, text: str) -> None:
    """Text with its spaces kept: OpenDocument folds runs of them, and drops one at an edge."""
    rest = text
    while rest:
        words = rest.lstrip(" ")
        spaces = len(rest) - len(words)
        if spaces:
            element.append(odfdo.Spacer(spaces))
        # A single space between words stays as it is; two and more are counted.
        end = words.find("  ")
        if end < 0:
            kept, rest = words, ""
            trailing = len(kept) - len(kept.rstrip(" "))
            if trailing:
                kept, rest = kept[:-trailing], " " * trailing
        else:
            kept, rest = words[:end], words[end:]
        if kept:
            element.append(kept)


def _automatic_styles() -> list[str]:
    """Styles of tables, which word processors do not offer by name."""
    border = f"0.5pt solid #{design.RULE}"
    line = f"0.5pt solid #{design.QUIET}"
    return [
        _style("PageBreak", "paragraph", paragraph={"fo:break-after": "page"}, parent="Standard"),
        _style(
            "Data",
            "table",
            table={
                "style:width": f"{_TEXT_WIDTH_MM}mm",
                "table:align": "margins",
                "table:border-model": "collapsing",
            },
        ),
        _style(
            "Signing",
            "table",
            table={"style:width": f"{_TEXT_WIDTH_MM}mm", "table:align": "margins"},
        ),
        _style("SigningLabel", "table-column", column={"style:column-width": "45mm"}),
        _style(
            "SigningLine", "table-column", column={"style:column-width": f"{_TEXT_WIDTH_MM - 45}mm"}
        ),
        _style("Row", "table-row", row={"fo:keep-together": "always"}),
        _style(
            "FillRow",
            "table-row",
            row={"fo:keep-together": "always", "style:min-row-height": "11mm"},
        ),
        _style("SigningRow", "table-row", row={"style:min-row-height": "11mm"}),
        _style(
            "HeadCell",
            "table-cell",
            cell={
                "fo:border": border,
                "fo:padding": "1.8mm",
                "fo:background-color": f"#{design.HEADER_GROUND}",
            },
        ),
        _style("DataCell", "table-cell", cell={"fo:border": border, "fo:padding": "1.8mm"}),
        _style(
            "SigningCell",
            "table-cell",
            cell={
                "fo:border": "none",
                "fo:border-bottom": line,
                "fo:padding": "1mm",
                "style:vertical-align": "bottom",
            },
        ),
    ]


def _attributes(values: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def _style(
    name: str,
    family: str,
    *,
    parent: str = "",
    display: str = "",
    level: int = 0,
    text: dict[str, str] | None = None,
    **properties: dict[str, str] | None,
) -> str:
    head = {"style:name": name, "style:family": family}
    if display:
        head["style:display-name"] = display
    if parent:
        head["style:parent-style-name"] = parent
    if level:
        head["style:default-outline-level"] = str(level)
    inner = ""
    for kind, values in properties.items():
        if values:
            tag = {"column": "table-column", "row": "table-row", "cell": "table-cell"}.get(
                kind, kind
            )
            inner += f"<style:{tag}-properties{_attributes(values)}/>"
    if text:
        inner += f"<style:text-properties{_attributes(text)}/>"
    return f"<style:style{_attributes(head)}>{inner}</style:style>"


def _size(points: float) -> dict[str, str]:
    value = f"{points:g}pt"
    return {
        "fo:font-size": value,
        "style:font-size-asian": value,
        "style:font-size-complex": value,
    }


_BOLD = {
    "fo:font-weight": "bold",
    "style:font-weight-asian": "bold",
    "style:font-weight-complex": "bold",
}
_ITALIC = {
    "fo:font-style": "italic",
    "style:font-style-asian": "italic",
    "style:font-style-complex": "italic",
}
_HEADING_FONT = {
    "style:font-name": design.OFFICE_HEADING,
    "style:font-name-asian": design.OFFICE_HAN_HEADING,
    "style:font-name-complex": design.OFFICE_ARABIC,
}
_NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}


def _styles(outline: Outline) -> str:
    """The file's styles.xml, whole: nothing of a template's language or fonts is left."""
    declared = _attributes({f"xmlns:{prefix}": uri for prefix, uri in _NAMESPACES.items()})
    fonts = "".join(
        f"<style:font-face{_attributes({'style:name': name, 'svg:font-family': repr(name)})}/>"
        for name in (
            design.OFFICE_TEXT,
            design.OFFICE_HEADING,
            design.OFFICE_ARABIC,
            design.OFFICE_HAN_TEXT,
            design.OFFICE_HAN_HEADING,
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document-styles{declared} office:version="1.3">'
        f"<office:font-face-decls>{fonts}</office:font-face-decls>"
        f"<office:styles>{_default_style(outline)}{''.join(_named_styles(outline))}"
        f"{_outline_style()}{_list_style('Bullets', outline)}{_list_style('Numbers', outline)}"
        "</office:styles>"
        f"<office:automatic-styles>{_page_layout(outline)}</office:automatic-styles>"
        f"<office:master-styles>{_master_page(outline)}</office:master-styles>"
        "</office:document-styles>"
    )


def _default_style(outline: Outline) -> str:
    tongue = language(outline.language)
    han = tongue if tongue.script == "han" else language("zh")
    arabic = tongue if tongue.script == "arabic" else language("ar")
    text = {
        "style:font-name": design.OFFICE_TEXT,
        "style:font-name-asian": design.OFFICE_HAN_TEXT,
        "style:font-name-complex": design.OFFICE_ARABIC,
        **_size(design.BODY),
        "fo:color": f"#{design.INK}",
        "fo:language": tongue.code,
        "fo:country": tongue.country or "none",
        "style:language-asian": han.code,
        "style:country-asian": han.country,
        "style:language-complex": arabic.code,
        "style:country-complex": arabic.country,
        "fo:hyphenate": "false",
    }
    if tongue.script_code:
        text["fo:script"] = tongue.script_code
    if han.script_code:
        text["style:script-asian"] = han.script_code
    paragraph = {"style:writing-mode": _writing_mode(outline), "fo:line-height": "125%"}
    default = (
        '<style:default-style style:family="paragraph">'
        f"<style:paragraph-properties{_attributes(paragraph)}/>"
        f"<style:text-properties{_attributes(text)}/></style:default-style>"
    )
    mode = _attributes({"style:writing-mode": _writing_mode(outline)})
    table = (
        '<style:default-style style:family="table">'
        f"<style:table-properties{mode}/></style:default-style>"
    )
    return default + table


def _writing_mode(outline: Outline) -> str:
    return "rl-tb" if outline.right_to_left else "lr-tb"


def _named_styles(outline: Outline) -> list[str]:
    side = "right" if outline.right_to_left else "left"
    # "start" would do by the standard, but LibreOffice takes it for the left.
    mode = {"style:writing-mode": _writing_mode(outline), "fo:text-align": side}
    accent = {"fo:color": f"#{design.ACCENT}"}
    quiet = {"fo:color": f"#{design.QUIET}"}

    def paragraph(
        name: str,
        *,
        above: float = 0,
        below: float = 0,
        parent: str = "Standard",
        level: int = 0,
        more: dict[str, str] | None = None,
        text: dict[str, str] | None = None,
    ) -> str:
        spacing = {"fo:margin-top": f"{above:g}pt", "fo:margin-bottom": f"{below:g}pt"}
        return _style(
            name.replace(" ", "_20_"),
            "paragraph",
            display=name,
            parent=parent.replace(" ", "_20_"),
            level=level,
            paragraph={**mode, **spacing, **(more or {})},
            text=text,
        )

    keep = {"fo:keep-with-next": "always"}
    styles = [
        _style("Standard", "paragraph", paragraph=mode),
        paragraph("Text body", below=8),
        paragraph(
            "Title",
            below=12,
            more={
                "fo:line-height": "105%",
                "fo:padding-bottom": "8pt",
                "fo:border-bottom": f"1.5pt solid #{design.ACCENT}",
                **keep,
            },
            text={**_HEADING_FONT, **_size(design.TITLE), **_BOLD, **accent},
        ),
        paragraph("Subtitle", below=12, text={**_HEADING_FONT, **_size(design.SUBTITLE), **quiet}),
        paragraph(
            "Heading",
            more={"fo:line-height": "110%", **keep},
            text={**_HEADING_FONT, **_BOLD, **accent},
        ),
    ]
    for level, size in enumerate(design.HEADINGS, start=1):
        styles.append(
            paragraph(
                f"Heading {level}",
                parent="Heading",
                level=level,
                above=20 if level == 1 else 14,
                below=6,
                text=_size(size),
            )
        )
    styles += [
        paragraph("List Contents", below=5),
        paragraph("Table Contents", more={"fo:line-height": "115%"}, text=_size(design.SMALL)),
        paragraph("Table Heading", parent="Table Contents", more=keep, text=_BOLD),
        paragraph("Gap", below=8, text=_size(4)),
        paragraph("Signature", above=14, below=4, more=keep, text=_BOLD),
        paragraph(
            "Colophon",
            above=28,
            more={"fo:padding-top": "6pt", "fo:border-top": f"0.5pt solid #{design.RULE}"},
            text={**_size(design.FOOTER), **quiet},
        ),
        paragraph(
            "Footer",
            more={"fo:padding-top": "4pt", "fo:border-top": f"0.5pt solid #{design.RULE}"},
            text={**_size(design.FOOTER), **quiet},
        ),
    ]
    for name, bar in (("Guidance", design.ACCENT), ("Guidance Warning", design.WARNING)):
        box = {
            "fo:background-color": f"#{design.NOTE_GROUND}",
            f"fo:border-{side}": f"2.5pt solid #{bar}",
            "fo:padding": "2mm",
            "fo:line-height": "120%",
            "style:join-border": "true",
        }
        styles.append(paragraph(name, more=box, text=_size(design.SMALL)))
        styles.append(
            paragraph(
                f"{name} Label",
                parent=name,
                above=2,
                more=keep,
                text={**_BOLD, "fo:color": f"#{bar}"},
            )
        )
    styles += [
        _style(
            "Blank",
            "text",
            display="Blank",
            text={
                "fo:color": f"#{design.BLANK_INK}",
                "fo:background-color": f"#{design.BLANK_GROUND}",
            },
        ),
        _style("Strong_20_Emphasis", "text", display="Strong Emphasis", text=_BOLD),
        _style("Emphasis", "text", display="Emphasis", text=_ITALIC),
        _style(
            "Strong_20_and_20_Emphasis",
            "text",
            display="Strong and Emphasis",
            text={**_BOLD, **_ITALIC},
        ),
        _style(
            "Internet_20_link",
            "text",
            display="Internet link",
            text={
                **accent,
                "style:text-underline-style": "solid",
                "style:text-underline-width": "auto",
                "style:text-underline-color": "font-color",
            },
        ),
    ]
    return styles


def _outline_style() -> str:
    levels = "".join(
        f'<text:outline-level-style text:level="{level}" style:num-format=""/>'
        for level in range(1, 11)
    )
    return f'<text:outline-style style:name="Outline">{levels}</text:outline-style>'


def _list_style(name: str, outline: Outline) -> str:
    # LibreOffice lets the number of a right-to-left list grow towards the margin.
    inset = _RTL_LIST_INSET_MM if outline.right_to_left else 0
    levels = []
    for level in range(1, 11):
        indent = level * _LIST_INDENT_MM + inset
        label = (
            "<style:list-level-properties"
            ' text:list-level-position-and-space-mode="label-alignment">'
            '<style:list-level-label-alignment text:label-followed-by="listtab"'
            f' text:list-tab-stop-position="{indent}mm" fo:text-indent="-{_LIST_INDENT_MM}mm"'
            f' fo:margin-left="{indent}mm"/></style:list-level-properties>'
        )
        if name == "Numbers":
            kind = "1ai"[(level - 1) % 3]
            levels.append(
                f'<text:list-level-style-number text:level="{level}" style:num-format="{kind}"'
                f' style:num-suffix=".">{label}</text:list-level-style-number>'
            )
        else:
            mark = "•–·"[(level - 1) % 3]
            levels.append(
                f'<text:list-level-style-bullet text:level="{level}"'
                f' text:bullet-char="{mark}">{label}</text:list-level-style-bullet>'
            )
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


def _page_layout(outline: Outline) -> str:
    properties = {
        "fo:page-width": f"{design.PAGE_WIDTH_MM}mm",
        "fo:page-height": f"{design.PAGE_HEIGHT_MM}mm",
        "style:print-orientation": "portrait",
        "fo:margin-top": f"{design.MARGIN_MM}mm",
        "fo:margin-bottom": "12mm",
        "fo:margin-left": f"{design.MARGIN_MM}mm",
        "fo:margin-right": f"{design.MARGIN_MM}mm",
        "style:writing-mode": _writing_mode(outline),
    }
    return (
        '<style:page-layout style:name="A4">'
        f"<style:page-layout-properties{_attributes(properties)}/>"
        '<style:footer-style><style:header-footer-properties fo:min-height="12mm"'
        ' fo:margin-top="6mm"/></style:footer-style></style:page-layout>'
    )


def _master_page(outline: Outline) -> str:
    page = escape(words(outline.language).page)
    page = page.replace(
        "{page}", '<text:page-number text:select-page="current">1</text:page-number>'
    )
    page = page.replace("{pages}", "<text:page-count>1</text:page-count>")
    return (
        '<style:master-page style:name="Standard" style:page-layout-name="A4"><style:footer>'
        f'<text:p text:style-name="Footer">{escape(outline.title)} · {page}</text:p>'
        "</style:footer></style:master-page>"
    )
