"""``manage.py search evaluate``: what it measures, on collections worked out by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from search import evaluation
from search.evaluation import JudgedQuery, Ranking

pytestmark = pytest.mark.django_db


def collection_in(directory: Path) -> Path:
    documents = {"boats": "a library boat on a river", "vans": "a library van", "law": "copyright"}
    queries = {"q1": "boat library", "q2": "copyright", "q3": "vans and boats of nobody"}
    (directory / "docs.jsonl").write_text(
        "\n".join(json.dumps({"id": k, "title": k, "text": t}) for k, t in documents.items())
    )
    (directory / "queries.jsonl").write_text(
        "\n".join(json.dumps({"id": k, "text": t}) for k, t in queries.items())
    )
    (directory / "qrels.tsv").write_text("q1\tboats\t1\nq2\tlaw\t1\n")
    return directory


def evaluated(directory: Path, *arguments: str) -> list[list[str]]:
    out = io.StringIO()
    call_command("search", "evaluate", str(directory), *arguments, stdout=out)
    return [line.strip("| ").split(" | ") for line in out.getvalue().splitlines()]


class TestCollections:
    @pytest.mark.parametrize("engine", ["embedded", "elasticsearch"])
    def test_are_asked_as_a_reader_asks(self, tmp_path, engine, settings, request) -> None:
        if engine == "elasticsearch":
            settings.ELASTICSEARCH_URL = request.getfixturevalue("elasticsearch_url")
        heading, _line, row = evaluated(collection_in(tmp_path), "--engine", engine)
        assert dict(zip(heading, row, strict=True)) == {
            "language": "en",
            "queries": "2",  # nobody judged the third
            "nDCG@5": "1.000",
            "nDCG@10": "1.000",
            "MAP": "1.000",
            "R@100": "1.000",
            "P@5": "0.200",
            "first": "1.000",
            "absent": "0.000",
        }

    def test_are_of_the_language_that_their_folder_is_called_after(self, tmp_path) -> None:
        folder = tmp_path / "questions-fr"
        folder.mkdir()
        assert evaluated(collection_in(folder))[-1][0] == "fr"

    def test_that_are_none_are_named(self, tmp_path) -> None:
        with pytest.raises(CommandError, match=r"neither judged\.tsv nor docs\.jsonl"):
            evaluated(tmp_path)
        collection_in(tmp_path)
        (tmp_path / "docs.jsonl").write_text("{")
        with pytest.raises(CommandError, match=r"docs\.jsonl, line 1"):
            evaluated(tmp_path)
        collection_in(tmp_path)
        (tmp_path / "qrels.tsv").write_text("q1 boats 1\n")
        with pytest.raises(CommandError, match="is not a row of three columns"):
            evaluated(tmp_path)


class TestJudgedQueries:
    def test_name_entries_by_their_addresses(self, tmp_path, collection) -> None:
        (tmp_path / "judged.tsv").write_text(
            "en\tmemorandum\tmemorandum=2\nfr\tprotocole\tmemorandum=2\n", "utf-8"
        )
        rows = evaluated(tmp_path)
        assert [row[0] for row in rows[2:]] == ["en", "fr", "all"]
        assert rows[-1][1] == "2"

    def test_that_name_no_entry_say_so(self, tmp_path, collection) -> None:
        (tmp_path / "judged.tsv").write_text("en\tboat\tlibrary-boat=2\n")
        with pytest.raises(CommandError, match="names library-boat, which is no entry"):
            evaluated(tmp_path)


class TestMeasures:
    def test_are_means_over_all_queries_also_those_without_results(self) -> None:
        """Catches: a query that finds nothing and is left out of the mean."""
        asked = JudgedQuery("a", "a", "en", {"x": 2, "y": 1})
        lost = JudgedQuery("b", "b", "en", {"x": 2})
        found = evaluation.measures([Ranking(asked, ("y", "x")), Ranking(lost, ())])
        assert found["first"] == 0
        assert found["absent"] == 0.5
        assert found["R@100"] == 0.5
        assert found["nDCG@10"] == pytest.approx(0.43, abs=0.005)
