from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories.tables import row, write
from toolkit.importing.csv_rows import COLUMNS, FileRefused, read_table


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "entries.csv"


def write_text(file: Path, text: str) -> Path:
    file.write_bytes(text.encode("utf-8"))
    return file


class TestFile:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_may_be_unicode_of_any_kind(self, file: Path, encoding: str) -> None:
        table = read_table(write(file, row(title="تعاون 合作"), encoding=encoding))
        assert table.rows[0].cells["title"] == "تعاون 合作"

    @pytest.mark.parametrize(
        ("encoding", "title"), [("windows-1252", "Früh"), ("windows-1251", "Сотрудничество")]
    )
    def test_in_an_old_encoding_is_refused_with_advice(
        self, file: Path, encoding: str, title: str
    ) -> None:
        write(file, row(title=title), encoding=encoding)
        with pytest.raises(FileRefused, match=r"byte \d+ \(line 2\).*CSV UTF-8"):
            read_table(file)

    def test_in_an_old_encoding_that_is_named_is_read(self, file: Path) -> None:
        write(file, row(title="Früh"), encoding="windows-1252")
        table = read_table(file, encoding="windows-1252")
        assert table.rows[0].cells["title"] == "Früh"
        with pytest.raises(FileRefused, match="no encoding “klingon”"):
            read_table(file, encoding="klingon")

    def test_may_be_dressed_as_spreadsheets_dress_it(self, file: Path) -> None:
        names = ";".join(COLUMNS)
        cells = ";".join("a" * 14)
        for text in (
            f"\ufeff\ufeff{names}\r\n{cells}\r\n",  # marked twice
            f"\ufeffsep=;\r\n{names}\r\n{cells}\r\n",  # Excel's line about the separator
            f"{names.title().replace('_', ' ')}\n{cells}\n",  # headings made pretty
            f"{names.replace('tags', 'tags' + chr(0x200B))}\n{cells}\n",  # a mark nobody sees
            f"{names};;;\n{cells};;;\n",  # empty columns at the end
            f"{names}\n{cells};;;\n",
            f"{names}\r{cells}\r",  # an old Mac's lines
        ):
            table = read_table(write_text(file, text))
            assert [row.cells["published"] for row in table.rows] == ["a"], text
            assert not table.rows[0].problem, text
            assert table.ignored == (), text

    def test_may_leave_out_empty_cells_at_the_end(self, file: Path) -> None:
        (short,) = read_table(write_text(file, ",".join(COLUMNS) + "\na,b,c\n")).rows
        assert (short.cells["title"], short.cells["published"], short.problem) == ("c", "", "")

    def test_without_a_mark_in_utf_16_is_refused(self, file: Path) -> None:
        write(file, row(), encoding="utf-16-le")
        with pytest.raises(FileRefused, match="zero bytes"):
            read_table(file)

    @pytest.mark.parametrize("text", ["", " \n", "\ufeff"])
    def test_that_is_empty_is_refused(self, file: Path, text: str) -> None:
        file.write_text(text, "utf-8")
        with pytest.raises(FileRefused, match="empty"):
            read_table(file)

    def test_without_rows_is_refused(self, file: Path) -> None:
        with pytest.raises(FileRefused, match="no rows"):
            read_table(write(file))

    def test_without_a_column_names_it(self, file: Path) -> None:
        file.write_text("slug,kind,title\na,guideline,A\n", "utf-8")
        with pytest.raises(FileRefused, match="missing: summary, body"):
            read_table(file)

    def test_with_a_column_twice_names_it(self, file: Path) -> None:
        file.write_text(",".join([*COLUMNS, "title"]) + "\n", "utf-8")
        with pytest.raises(FileRefused, match="twice: title"):
            read_table(file)

    def test_with_an_open_quotation_mark_says_where(self, file: Path) -> None:
        file.write_text(",".join(COLUMNS) + '\n"a,b\n', "utf-8")
        with pytest.raises(FileRefused, match="not closed"):
            read_table(file)

    def test_that_is_not_there_is_said(self, file: Path) -> None:
        with pytest.raises(FileRefused, match="cannot be read"):
            read_table(file)

    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_may_use_another_separator(self, file: Path, separator: str) -> None:
        file.write_text(separator.join(COLUMNS) + "\n" + separator.join("a" * 14), "utf-8")
        assert read_table(file).rows[0].cells["published"] == "a"

    def test_gives_the_line_where_a_row_begins(self, file: Path) -> None:
        rows = read_table(write(file, row(body="a\nb\nc"), row(slug="x"))).rows
        assert [found.line for found in rows] == [2, 5]
