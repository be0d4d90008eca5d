"""``manage.py search``."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from search.catalogue import indexing
from search.engines import engines
from search.engines.base import EngineUnavailable

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("search", *arguments, stdout=out)
    return out.getvalue()


class TestRebuild:
    def test_builds_the_index_and_says_how_long_it_took(self, collection) -> None:
        out = run("rebuild")
        assert "embedded: reading 5 entries" in out
        assert "embedded: 5 entries in" in out

    def test_of_lost_indexes_leaves_sound_ones_alone(self, collection) -> None:
        assert run("rebuild", "--lost") == ""

    def test_of_lost_indexes_makes_a_missing_one(self, collection, settings, tmp_path) -> None:
        from search.answers import forget_engines

        settings.SEARCH_INDEX_DIR = tmp_path / "elsewhere"
        forget_engines()
        assert "embedded: 5 entries in" in run("rebuild", "--lost")
        assert run("check") == "embedded: equals the database\n"

    def test_of_lost_indexes_makes_one_anew_that_answers_nobody(
        self, collection, monkeypatch
    ) -> None:
        def broken(asked: object) -> None:
            raise EngineUnavailable("a field is not in the schema")

        monkeypatch.setattr(engines()[0], "search", broken)
        assert "embedded: 5 entries in" in run("rebuild", "--lost")


class TestCheck:
    def test_finds_nothing_where_index_and_database_agree(self, collection) -> None:
        assert run("check") == "embedded: equals the database\n"

    def test_names_what_is_missing_and_fails(self, collection) -> None:
        key = str(collection.mou.translation_key)
        engines()[0].delete([key])
        out = io.StringIO()
        with pytest.raises(CommandError, match="embedded differs from the database"):
            call_command("search", "check", stdout=out)
        assert "embedded: 1 missing in the index" in out.getvalue()
        assert key in out.getvalue()

    def test_takes_what_is_changed_meanwhile_for_no_fault(self, collection, monkeypatch) -> None:
        """The worker reads files for minutes after an installation, and somebody publishes."""
        read, changed = indexing.published_entries, []

        def and_changed_before(*keys: Any) -> Any:
            if not changed:
                changed.append(collection.mou)
                collection.mou.title = "Another title"
                collection.mou.save()
            return read(*keys)

        monkeypatch.setattr(indexing, "published_entries", and_changed_before)
        assert run("check") == "embedded: equals the database\n"
        assert changed

    def test_mends_what_differs(self, collection, django_capture_on_commit_callbacks) -> None:
        key = str(collection.mou.translation_key)
        engines()[0].delete([key])
        assert "embedded: mended" in run("check", "--fix")
        assert run("check") == "embedded: equals the database\n"


class TestQuery:
    def test_prints_what_a_reader_would_find(self, collection) -> None:
        out = run("query", "memorandum")
        assert out.startswith("1 entries")
        assert "[mou, en] Memorandum of two libraries" in out
        assert "/en/memorandum/" in out
        assert "region: " in out

    def test_answers_in_the_language_given(self, collection) -> None:
        assert "مذكرة بين مكتبتين" in run("query", "مذكرة", "--lang", "ar")

    def test_says_what_to_do_without_an_index(self, db) -> None:
        with pytest.raises(CommandError, match="search rebuild"):
            run("query", "library")

    def test_refuses_an_unknown_language(self, db) -> None:
        with pytest.raises(CommandError, match="tlh"):
            run("query", "library", "--lang", "tlh")
