"""What the benches write, and what they say where there is nothing to measure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks import bench_relevance
from tests.benchmarks.bench_search import INTRODUCTION, with_section


class TestSections:
    def test_stand_by_size_and_are_replaced_alone(self) -> None:
        text = with_section("", 100_000, "| large |")
        text = with_section(text, 10_000, "| small |")
        text = with_section(text, 100_000, "| larger |")
        assert text == (
            f"{INTRODUCTION}\n## 10,000 entries\n\n| small |\n\n## 100,000 entries\n\n| larger |\n"
        )


class TestRelevance:
    def test_says_so_where_there_are_no_collections(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("RELEVANCE_DIR", str(tmp_path / "nowhere"))
        monkeypatch.setattr(sys, "argv", ["bench_relevance"])
        bench_relevance.main()
        assert str(tmp_path / "nowhere") in capsys.readouterr().out

    def test_reads_collections_of_both_shapes_and_nothing_else(self, tmp_path: Path) -> None:
        for name, file in (("b", "judged.tsv"), ("a", "qrels.tsv"), ("notes", "README")):
            (tmp_path / name).mkdir()
            (tmp_path / name / file).touch()
        assert [found.name for found in bench_relevance.collections(tmp_path)] == ["a", "b"]
