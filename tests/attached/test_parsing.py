"""The words of files of every kind; and of hostile ones, none."""

from __future__ import annotations

import io
import json

import pytest

from tests.attached import files
from tests.rules import for_each
from toolkit.attached.parsing.kinds import words_of
from toolkit.attached.parsing.words import MOST_CHARACTERS, Enough, Words
from toolkit.attached.reasons import REMEDIES, Reason

ARABIC = "خطة عمل مكتبة المدينة للعام القادم، وميزانيتها التي تتقاسمها الجمعية والوزارة."
RUSSIAN = "План работы городской библиотеки на будущий год и её бюджет."
CHINESE = "图书馆协会的年度工作计划，以及与合作伙伴分担的预算。"
FRENCH = "Le réseau des bibliothèques prête à côté de l’école ; ça coûte très peu."


def read(content: bytes, kind: str) -> str:
    """What is taken of a file, or why nothing is."""
    found = words_of(io.BytesIO(content), kind)
    json.dumps(found).encode()
    return str(found.get("text") or found["reason"])


class TestWords:
    @for_each(["docx", "odt", "pdf"])
    def test_of_documents_are_read_with_their_headings_and_tables(self, kind: str) -> None:
        text = read(files.composed(kind, "Subscriptions of the libraries"), kind)
        assert text.count("Subscriptions of the libraries") == 2, text
        assert "Heading" in text
        assert "Column" in text

    @for_each(["docx", "odt"])
    def test_are_read_in_every_script(self, kind: str) -> None:
        for language, text in (("ar", ARABIC), ("ru", RUSSIAN), ("zh", CHINESE)):
            assert text in read(files.composed(kind, text, language=language), kind)

    def test_of_a_pdf_join_what_was_parted_at_the_end_of_a_line(self) -> None:
        page = b"BT /F1 9 Tf 9 TL (the libra-) Tj T* (ries of the coast) Tj ET"
        assert "libraries of the coast" in read(files.drawn_pdf(page), "pdf")

    def test_of_a_workbook_are_the_texts_of_its_cells(self) -> None:
        assert read(files.workbook("Toner", "Paper & ink"), "xlsx") == "Toner Paper & ink"
        inline = '<worksheet><c t="inlineStr"><is><t>Toner</t></is></c><c><v>3</v></c></worksheet>'
        made = files.archive({"xl/workbook.xml": "<w/>", "xl/worksheets/sheet1.xml": inline})
        assert read(made, "xlsx") == "Toner"

    def test_that_were_deleted_or_remarked_are_nobodys(self) -> None:
        """A tracked change or a remark is not what was handed on."""
        body = (
            "<w:p><w:r><w:t>We pay</w:t><w:tab/><w:t>half</w:t></w:r>"
            "<w:del><w:r><w:delText>everything</w:delText></w:r></w:del></w:p>"
        )
        assert read(files.docx(body), "docx") == "We pay half"
        odt = (
            '<o xmlns:text="t" xmlns:office="o"><text:tracked-changes><text:p>everything</text:p>'
            "</text:tracked-changes><text:p>We pay<text:s/>half<office:annotation><text:p>really?"
            "</text:p></office:annotation></text:p></o>"
        )
        assert read(files.archive({"content.xml": odt}), "odt") == "We pay half"

    def test_of_slides_come_in_their_order(self) -> None:
        slides = {
            f"ppt/slides/slide{n}.xml": f'<p xmlns:a="a"><a:p><a:t>slide {n}</a:t></a:p></p>'
            for n in (10, 2)
        }
        made = files.archive({"ppt/presentation.xml": "<p/>", **slides})
        assert read(made, "pptx") == "slide 2 slide 10"

    @for_each(
        [
            *((text, "utf-8") for text in (ARABIC, RUSSIAN, CHINESE, FRENCH)),
            *((text, "utf-16") for text in (ARABIC, RUSSIAN, CHINESE, FRENCH)),
            (ARABIC, "utf-8-sig"),
            (ARABIC, "windows-1256"),
            (RUSSIAN, "windows-1251"),
            (CHINESE, "gb18030"),
            (FRENCH, "windows-1252"),
            ("plain words, no more", "utf-16-le"),
            ("plain words, no more", "utf-16-be"),
            ("plain words, no more", "ascii"),
        ]
    )  # fmt: skip
    def test_of_a_text_are_read_in_whatever_characters(self, case: tuple[str, str]) -> None:
        text, name = case
        assert read((text * 3).encode(name), "txt") == text * 3, name

    def test_are_without_what_no_page_may_hold(self) -> None:
        body = files.paragraph("co\u00adoperation \u200bof \ufeff<w:t/>").replace("<w:t/>", "")
        assert read(files.docx(body), "docx") == "cooperation of"

    def test_are_kept_up_to_a_bound(self) -> None:
        long = files.docx(files.paragraph("wort " * 30_000) * 3)
        found = words_of(io.BytesIO(long), "docx")
        assert found["is_cut"]
        assert MOST_CHARACTERS - 10 < len(str(found["text"])) <= MOST_CHARACTERS
        kept = Words(most=5)
        kept.add("  a  b ")
        with pytest.raises(Enough):
            kept.add("cd")
        assert str(kept) == "a b c"


class TestAHostileFile:
    @for_each(files.hostile().items(), named=lambda case: case[0])
    def test_gives_a_reason_and_no_words(self, case: tuple[str, tuple[str, bytes, str]]) -> None:
        kind, content, reason = case[1]
        assert words_of(io.BytesIO(content), kind) == {"reason": reason}

    def test_has_a_reason_that_says_what_to_do(self) -> None:
        assert REMEDIES.keys() == set(Reason)
