"""Charts: drawn without script or style, with their figures in a table beside them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.utils.translation import override
from wagtail.blocks import StructBlockValidationError

from toolkit.core.blocks import ChartBlock
from toolkit.core.charts import LONGEST, bar_chart, wrapped

ROWS = [("Other libraries", 46.0), ("Government", 29.0), ("Others", 4.0)]
VALUE: dict[str, Any] = {
    "title": "Who were your best partners?",
    "column": "Partner",
    "unit": "Answers",
    "n": 126,
    "rows": [{"label": label, "value": value} for label, value in ROWS],
    "note": "The sample leans.",
}


def rendered(language: str = "en", **changes: Any) -> Tag:
    block = ChartBlock()
    with override(language):
        html = block.render(block.to_python({**VALUE, **changes}))
    return BeautifulSoup(html, "html.parser")


def texts(tags: list[Tag]) -> list[str]:
    """Without the marks that CLDR puts around a percentage in Arabic."""
    return [re.sub("[\u200e\u200f]", "", tag.get_text(strip=True)) for tag in tags]


class TestBarChart:
    def test_gives_the_largest_the_longest_bar_and_begins_at_zero(self) -> None:
        bars = bar_chart(ROWS, unit="Answers", n=126, from_right=False).bars
        assert bars[0].length == LONGEST
        assert bars[2].length == pytest.approx(LONGEST * 4 / 46, abs=0.01)
        assert {bar.x for bar in bars} == {0.0}

    def test_draws_shares_against_the_whole(self) -> None:
        chart = bar_chart([("Members", 50.0)], unit="%", n=None, from_right=False)
        assert chart.bars[0].length == LONGEST / 2
        assert chart.track == 0

    def test_begins_at_the_right_from_right_to_left(self) -> None:
        bars = bar_chart(ROWS, unit="Answers", n=126, from_right=True).bars
        assert all(bar.x + bar.length == pytest.approx(100) for bar in bars)

    def test_knows_the_share_of_n_and_none_without(self) -> None:
        assert bar_chart(ROWS, unit="Answers", n=126, from_right=False).bars[0].share == 36.5
        assert bar_chart(ROWS, unit="Answers", n=None, from_right=False).bars[0].share is None

    def test_keeps_rows_apart(self) -> None:
        chart = bar_chart([("A long label " * 8, 1.0), ("B", 2.0)], unit="x", n=3, from_right=False)
        first, second = chart.bars
        assert len(first.lines) > 1
        assert first.lines[-1].y < first.y
        assert first.y + chart.bar_height < second.lines[0].y
        assert second.y + chart.bar_height == pytest.approx(chart.height)

    @pytest.mark.parametrize("rows", [[], [("Nothing", 0.0)]])
    def test_of_nothing_is_drawn_too(self, rows: list[tuple[str, float]]) -> None:
        assert all(bar.length == 0 for bar in bar_chart(rows, unit="x", n=5, from_right=False).bars)


class TestWrapped:
    def test_keeps_words_whole_and_loses_none(self) -> None:
        label = "Society of friends of the library and of everybody who reads"
        lines = wrapped(label)
        assert len(lines) == 2
        assert " ".join(lines) == label

    def test_parts_chinese_anywhere_but_before_punctuation(self) -> None:
        lines = wrapped("图书馆与非政府组织，", width=18)
        assert lines == ["图书馆与非政府组", "织，"]


class TestChartBlock:
    def test_says_every_share_with_its_n(self) -> None:
        page = rendered()
        assert texts(page.select("svg .chart-figure")) == ["46 (36.5%)", "29 (23.0%)", "4 (3.2%)"]
        assert texts(page.select(".chart-n")) == ["n = 126"]
        assert texts(page.select("thead th")) == ["Partner", "Answers", "Share of 126"]
        assert texts(page.select("tbody tr")[0].select("th, td")) == [
            "Other libraries",
            "46",
            "36.5%",
        ]

    def test_says_how_the_sample_leans(self) -> None:
        assert "The sample leans." in rendered().get_text()
        with pytest.raises(StructBlockValidationError):
            ChartBlock().clean(ChartBlock().to_python({**VALUE, "note": ""}))

    def test_says_that_n_was_not_published(self) -> None:
        page = rendered(unit="%", n=None, rows=[{"label": "Members", "value": 69.7}])
        assert texts(page.select(".chart-n")) == ["n was not published"]
        assert texts(page.select("tbody td")) == ["69.7%", "not published"]

    def test_can_be_read_without_seeing_it(self) -> None:
        page = rendered()
        drawing = page.select_one("svg[role=img]")
        assert drawing is not None
        assert drawing.title.get_text() == VALUE["title"]
        assert "Government: 29 (23.0%)" in drawing.desc.get_text()
        assert page.table.caption.get_text() == VALUE["title"]

    def test_carries_no_style_that_the_policy_forbids(self) -> None:
        assert not rendered().select("[style], style, script")

    def test_writes_lengths_for_machines_and_figures_for_readers(self) -> None:
        page = rendered("fr")
        assert texts(page.select("svg .chart-figure"))[0].replace("\u202f", " ") in {
            "46 (36,5 %)",
            "46 (36,5\xa0%)",
        }
        assert not [rect for rect in page.select("rect") if "," in str(rect)]

    def test_is_drawn_from_the_right_in_arabic(self) -> None:
        page = rendered("ar")
        for bar in page.select(".chart-bar"):
            ends = float(bar["x"].rstrip("%")) + float(bar["width"].rstrip("%"))
            assert ends == pytest.approx(100)
        assert {text["x"] for text in page.select("svg text:not(.chart-figure)")} == {"100%"}
