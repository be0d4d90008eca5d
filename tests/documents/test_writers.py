"""Each file reopened by a reader of its format, and by LibreOffice."""

from __future__ import annotations

import io
import re
import zipfile

import docx as python_docx
import odfdo
import pypdf
import pytest
from docx.oxml.ns import qn

from resources.agreements import agreement_outline
from tests.documents import libreoffice
from tests.documents.samples import SAMPLES, agreement
from toolkit.documents import docx, odt, pdf
from toolkit.documents.formats import FORMATS, file_name
from toolkit.documents.languages import words
from toolkit.documents.outline import (
    Blank,
    BulletList,
    Heading,
    LineBreak,
    Link,
    Note,
    Outline,
    PageBreak,
    Paragraph,
    SignatureBlock,
    Table,
    Text,
)
from toolkit.documents.worksheet import (
    Worksheet,
    WorksheetSection,
    WorksheetTable,
    worksheet_outline,
)

LANGUAGES = sorted(SAMPLES)
TAGS = {"ar": "ar-SA", "en": "en-GB", "ru": "ru-RU", "zh": "zh-CN"}

# What each format could take for its own markup, or cannot hold at all.
HOSTILE = (
    '#import "@preview/x:1.0.0": *',
    "$x^2$ ]] [ *b* _i_ `c` @ref <label> \\u{41} // no /* comment */ = title",
    '#panic() #{ sys.inputs } #eval("1")',
    "<w:p/>&amp;&#0;]]><script>alert(1)</script>",
    "nul\x00bell\x07escape\x1bdelete\x7fnext\x85",
    "lone \ud800 surrogate \udfff",
    "\ufffe\uffff noncharacters",
    "'; DROP TABLE x; --  two  spaces ",
    "{{7*7}} ${7*7} %s {0}",
    "\u202eright to left override\u202c \u2028 line",
    "=1+1 emoji \U0001f4da tibetan \u0f40 ",
    "",
    "x" * 5000,
)
KEPT = ('#import "@preview/x:1.0.0": *', "<w:p/>&amp;&#0;]]><script>", "{{7*7}} ${7*7} %s {0}")


def hostile_outline() -> Outline:
    blocks = []
    for text in HOSTILE:
        blocks += [
            Heading(2, text),
            Paragraph(
                (
                    Text(text, bold=True, italic=True),
                    LineBreak(),
                    Link(text, text),
                    Link(text, f"https://example.org/{text}"),
                    Blank(text),
                )
            ),
            BulletList(((Paragraph((Text(text),)), BulletList(((),))),)),
            Table(((Text(text),),), (((Blank(text),), (Text(text),)),)),
            Note("watch_out", text, (Paragraph((Text(text),)),)),
            SignatureBlock(((Text(text),),)),
            PageBreak(),
        ]
    return Outline(
        title=HOSTILE[3],
        subtitle=HOSTILE[1],
        author=HOSTILE[2],
        licence=HOSTILE[4],
        source_url='https://example.org/?"<>',
        language="en",
        blocks=(Heading(1, HOSTILE[0]), Table((), ()), *blocks),
    )


@pytest.fixture(scope="module")
def outlines():
    return {language: agreement_outline(agreement(language)) for language in LANGUAGES}


@pytest.fixture(scope="module")
def files(outlines):
    return {
        (language, code): FORMATS[code].write(outline)
        for language, outline in outlines.items()
        for code in FORMATS
    }


def xml(file: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return archive.read(part).decode()


def expected_headings(outline: Outline) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in outline.blocks if isinstance(block, Heading)]


@pytest.mark.parametrize("language", LANGUAGES)
class TestWord:
    @pytest.fixture
    def document(self, files, language):
        return python_docx.Document(io.BytesIO(files[language, "docx"]))

    def test_headings_are_headings(self, document, outlines, language):
        found = [
            (int(paragraph.style.name.split()[-1]), paragraph.text)
            for paragraph in document.paragraphs
            if paragraph.style.name.startswith("Heading")
        ]
        assert found == expected_headings(outlines[language])
        assert document.paragraphs[0].style.name == "Title"

    def test_blanks_have_their_style_and_colour(self, document, language):
        blanks = [
            run.text
            for paragraph in document.paragraphs
            for run in paragraph.runs
            if run.style.name == "Blank"
        ]
        assert f"[{SAMPLES[language].first}]" in blanks
        assert document.styles["Blank"].element.rPr.find(qn("w:shd")) is not None

    def test_language_stands_in_the_defaults_and_the_properties(self, document, language):
        lang = document.styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:lang"))
        assert lang.get(qn("w:val")) == TAGS[language]
        assert lang.get(qn("w:bidi")) == "ar-SA"
        assert lang.get(qn("w:eastAsia")) == "zh-CN"
        assert document.core_properties.language == TAGS[language]

    def test_direction_is_set_in_section_paragraphs_runs_and_tables(self, document, language):
        rtl = language == "ar"
        body = document.element.body
        assert (document.sections[0]._sectPr.find(qn("w:bidi")) is not None) is rtl
        for paragraph in body.iter(qn("w:p")):
            assert (paragraph.pPr.find(qn("w:bidi")) is not None) is rtl
        for table in document.tables:
            assert (table._tbl.tblPr.find(qn("w:bidiVisual")) is not None) is rtl
        runs = [run for run in body.iter(qn("w:r")) if re.search("[\u0600-\u06ff]", run.text)]
        assert bool(runs) is rtl
        assert all(run.rPr.find(qn("w:rtl")) is not None for run in runs)

    def test_lists_tables_and_links_are_real(self, document, language):
        assert document.element.body.findall(".//" + qn("w:numPr"))
        header = document.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader"))
        assert header is not None
        targets = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
        assert "https://www.example.org/aims?a=1&b=2" in targets

    def test_page_numbers_stand_in_the_footer(self, document, language):
        footer = document.sections[0].footer._element
        fields = [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))]
        assert sorted(fields) == ["NUMPAGES", "PAGE"]

    def test_properties_carry_title_author_and_licence(self, document, language):
        properties = document.core_properties
        assert properties.title == SAMPLES[language].title
        assert properties.author == "Collaboration Toolkit"
        assert "CC BY 4.0" in properties.comments

    def test_properties_of_paragraphs_stand_in_the_order_of_the_standard(self, document, language):
        for root in (document.element, document.styles.element):
            for properties in root.iter(qn("w:pPr")):
                order = [docx._PARAGRAPH_ORDER[child.tag] for child in properties]
                assert order == sorted(order)


@pytest.mark.parametrize("language", LANGUAGES)
class TestOpenDocument:
    @pytest.fixture
    def document(self, files, language):
        return odfdo.Document(io.BytesIO(files[language, "odt"]))

    def test_headings_are_headings(self, document, outlines, language):
        found = [(int(header.level), header.inner_text) for header in document.body.headers]
        assert found == expected_headings(outlines[language])

    def test_blanks_have_their_style_and_colour(self, document, language):
        blanks = [
            span.inner_text
            for span in document.body.get_elements("//text:span")
            if span.get_attribute("text:style-name") == "Blank"
        ]
        assert f"[{SAMPLES[language].first}]" in blanks
        style = document.get_style("text", "Blank")
        assert style.get_properties()["fo:background-color"]

    def test_language_is_set(self, document, files, language):
        styles = xml(files[language, "odt"], "styles.xml")
        code, country = TAGS[language].split("-")
        assert f'fo:language="{code}" fo:country="{country}"' in styles
        assert ('fo:script="Hans"' in styles) is (language == "zh")
        assert 'style:language-complex="ar"' in styles
        assert document.meta.language == TAGS[language]

    def test_direction_is_set(self, files, language):
        modes = set(
            re.findall('style:writing-mode="([^"]*)"', xml(files[language, "odt"], "styles.xml"))
        )
        assert modes == ({"rl-tb"} if language == "ar" else {"lr-tb"})

    def test_lists_tables_and_links_are_real(self, document, language):
        assert document.body.get_elements("//text:list")
        assert document.body.get_elements("//table:table-header-rows")
        links = [link.url for link in document.body.get_links()]
        assert "https://www.example.org/aims?a=1&b=2" in links

    def test_properties_carry_title_author_and_licence(self, document, language):
        assert document.meta.title == SAMPLES[language].title
        assert document.meta.initial_creator == "Collaboration Toolkit"
        assert document.meta.user_defined_metadata["Licence"] == "CC BY 4.0"


@pytest.mark.parametrize("language", LANGUAGES)
class TestPdf:
    @pytest.fixture
    def reader(self, files, language):
        return pypdf.PdfReader(io.BytesIO(files[language, "pdf"]))

    def test_it_is_tagged_and_says_its_language_and_title(self, reader, language):
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == TAGS[language]
        assert reader.metadata.title == SAMPLES[language].title
        assert reader.metadata.author == "Collaboration Toolkit"
        assert "CC BY 4.0" in reader.metadata.subject

    def test_it_promises_pdf_ua(self, files, language):
        assert b"pdfuaid:part" in files[language, "pdf"]

    def test_headings_are_its_outline(self, reader, outlines, language):
        assert flat(reader.outline) == [text for _, text in expected_headings(outlines[language])]

    def test_every_letter_has_a_glyph_of_a_font_that_comes_along(self, reader, language):
        fonts = {
            str(font.get_object()["/BaseFont"]).split("+")[-1]
            for page in reader.pages
            for font in page["/Resources"]["/Font"].values()
        }
        expected = {"ar": "NotoNaskhArabic", "zh": "NotoSerifCJKsc"}.get(language, "Libertinus")
        assert any(name.startswith(expected) for name in fonts)
        text = "".join(page.extract_text() for page in reader.pages)
        assert "\ufffd" not in text
        if language != "ar":  # pypdf gives Arabic in the order of the page, not of reading
            assert SAMPLES[language].first in text

    def test_right_to_left_is_declared_to_the_viewer(self, reader, language):
        preferences = reader.trailer["/Root"].get("/ViewerPreferences", {})
        assert preferences.get("/Direction", "/L2R") == ("/R2L" if language == "ar" else "/L2R")


def flat(outline) -> list[str]:
    titles: list[str] = []
    for item in outline:
        titles += flat(item) if isinstance(item, list) else [item.title]
    return titles


class TestHostileText:
    def test_word_shows_it_as_text(self):
        document = python_docx.Document(io.BytesIO(docx.write(hostile_outline())))
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        assert all(kept in text for kept in KEPT)
        assert "nulbellescapedelete" in text

    def test_opendocument_shows_it_as_text(self):
        document = odfdo.Document(io.BytesIO(odt.write(hostile_outline())))
        text = document.body.inner_text
        assert all(kept in text for kept in KEPT)

    def test_pdf_shows_it_as_text(self):
        reader = pypdf.PdfReader(io.BytesIO(pdf.write(hostile_outline())))
        text = "".join(page.extract_text() for page in reader.pages)
        assert '#import "@preview/x:1.0.0"' in text
        assert "#panic()" in text
        assert reader.metadata.title == HOSTILE[3]
        assert reader.metadata.author == HOSTILE[2]

    def test_a_letter_without_a_font_does_not_stop_the_pdf(self):
        outline = Outline(title="\u0f40", language="en", blocks=(Heading(1, "\U00012000"),))
        assert pdf.write(outline).startswith(b"%PDF")


class TestEmptyOutline:
    @pytest.mark.parametrize("code", FORMATS)
    def test_a_document_of_nothing_is_still_a_file(self, code):
        assert FORMATS[code].write(Outline(title="", language="xx", blocks=()))


class TestWorksheet:
    @pytest.fixture
    def outline(self):
        table = WorksheetTable(columns=("Who", "When"), rows=(("Board", "May"),), blank_rows=3)
        return worksheet_outline(
            Worksheet(
                title="Advocacy plan",
                language="en",
                sections=(
                    WorksheetSection(heading="Steps", text="<p>Three at most.</p>", table=table),
                ),
            )
        )

    def test_word_has_room_to_write(self, outline):
        document = python_docx.Document(io.BytesIO(docx.write(outline)))
        rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
        assert rows == [["Who", "When"], ["Board", "May"], ["", ""], ["", ""], ["", ""]]
        styles = [paragraph.style.name for paragraph in document.paragraphs]
        assert styles[:3] == ["Title", "Heading 1", "Body Text"]

    def test_opendocument_has_room_to_write(self, outline):
        document = odfdo.Document(io.BytesIO(odt.write(outline)))
        (table,) = document.body.tables
        assert len(table.rows) == 5
        assert [header.inner_text for header in document.body.headers] == ["Steps"]


class TestFileNames:
    def test_a_name_says_work_language_and_format(self):
        assert file_name("library-ngo", "ar", "docx") == "library-ngo.ar.docx"

    @pytest.mark.parametrize("slug", ["../../etc/passwd", 'a"b\r\nX: y', "مذكرة", "", "x" * 500])
    def test_a_name_is_safe_whatever_the_slug(self, slug):
        assert re.fullmatch(r"[a-z0-9-]{1,100}\.zh\.pdf", file_name(slug, "zh", "pdf"))

    def test_an_unknown_format_is_refused(self):
        with pytest.raises(KeyError):
            file_name("a", "en", "exe")


class TestLibreOffice:
    def test_it_opens_every_file_with_headings_and_language(self, files, outlines, tmp_path):
        paths = []
        for (language, code), content in files.items():
            if code != "pdf":
                path = tmp_path / f"{language}-{code}.{code}"
                path.write_bytes(content)
                paths.append(path)
        for code, write in (("docx", docx.write), ("odt", odt.write)):
            path = tmp_path / f"hostile-{code}.{code}"
            path.write_bytes(write(hostile_outline()))
            paths.append(path)
        printed = libreoffice.as_pdf(paths, folder=tmp_path)
        for path in paths:
            reader = pypdf.PdfReader(printed[path.name])
            language = path.stem.split("-")[0]
            if language == "hostile":
                text = "".join(page.extract_text() for page in reader.pages)
                assert "{{7*7}} ${7*7}" in text, path.name
                continue
            assert reader.trailer["/Root"]["/Lang"] == TAGS[language], path.name
            assert reader.metadata.title == SAMPLES[language].title, path.name
            text = "".join(page.extract_text() for page in reader.pages)
            if language != "ar":
                assert words(language).signatures in text, path.name
                assert f"[{SAMPLES[language].first}]" in text.replace("\n", " "), path.name
