"""The tables as the migrations left them, for who comes after a test that commits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction


@dataclass(frozen=True)
class Tables:
    """What each table held, row by row; a table that is not named was empty."""

    rows: dict[str, list[tuple[Any, ...]]]

    @classmethod
    def as_they_are(cls) -> Tables:
        return cls({table: rows for table in _tables() if (rows := _rows(table))})

    @contextlib.contextmanager
    def put_back_after_each_test(self) -> Iterator[None]:
        """Within the block a test with transactions of its own leaves these."""
        _left_by_tests.append(self)
        try:
            yield
        finally:
            _left_by_tests.remove(self)

    def put_back(self) -> None:
        """Empty what was filled since, and fill anew what has changed; the other tables are left
        alone."""
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA defer_foreign_keys = ON")
            for table in _tables():
                before = self.rows.get(table, [])
                if _rows(table) == before:
                    continue
                name = connection.ops.quote_name(table)
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - Django's own names
                if before:
                    places = ", ".join(["%s"] * len(before[0]))
                    cursor.executemany(f"INSERT INTO {name} VALUES ({places})", before)  # noqa: S608


_left_by_tests: list[Tables] = []


def put_back_after_a_test() -> None:
    _left_by_tests[-1].put_back()


def _tables() -> list[str]:
    return sorted(
        connection.introspection.django_table_names(only_existing=True, include_views=False)
    )


def _rows(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608
        return cursor.fetchall()
