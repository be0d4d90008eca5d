"""Tables as the migrations make them: made once for all workers of a run, then copied.

Migrations take ten seconds of a processor, and each worker has a database of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import management
from django.db import connection
from psycopg.sql import SQL, Identifier

TEMPLATE = "test_toolkit_migrated"


@contextlib.contextmanager
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Within the block, whoever is first to call for the migrations of a test's database runs them,
    while the others wait, and have a copy."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield  # nobody else asks
        return
    place = tmp_path_factory.getbasetemp().parent
    run = management.call_command

    def call_command(command: Any, *arguments: Any, **options: Any) -> Any:
        if command != "migrate":
            return run(command, *arguments, **options)
        keep, copy = (
            (_keep_file, _copy_file) if connection.vendor == "sqlite" else (_keep_base, _copy_base)
        )
        made = place / f"migrated-{connection.vendor}"
        with (place / "migrated.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if made.exists():
                copy(made)
            else:
                run(command, *arguments, **options)
                keep(made)
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(management, "call_command", call_command)
        yield


def forget_migrated() -> None:
    """Leave nothing of it on a server."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(TEMPLATE)))


def _keep_file(made: Path) -> None:
    connection.ensure_connection()
    half = made.with_suffix(".half")
    with contextlib.closing(sqlite3.connect(half)) as target:
        connection.connection.backup(target)
    half.rename(made)


def _copy_file(made: Path) -> None:
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(made)) as source:
        source.backup(connection.connection)


def _keep_base(made: Path) -> None:
    connection.close()
    own = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(TEMPLATE)))
        cursor.execute(_copying(own, TEMPLATE))
    made.touch()


def _copy_base(_made: Path) -> None:
    connection.close()
    own = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(SQL("DROP DATABASE {}").format(Identifier(own)))
        cursor.execute(_copying(TEMPLATE, own))


def _copying(source: str, target: str) -> Any:
    return SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(target), Identifier(source))
