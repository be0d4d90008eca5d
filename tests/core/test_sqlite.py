"""SQLite that can be read when nothing can be written."""

from __future__ import annotations

import gc
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connections

from toolkit.core.sqlite.base import DatabaseWrapper


def held_open(database: Path) -> int:
    """How many of this process's files are the database."""
    files = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    return sum(file.exists() and file.samefile(database) for file in files)


def test_a_connection_that_cannot_be_used_is_closed_at_once(tmp_path: Path) -> None:
    """Catches: one that waits for the garbage collector, with the locks it had when nothing
    could be written."""
    database = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(database)) as made:
        made.execute("CREATE TABLE works (title)")
    broken = {"init_command": "PRAGMA nothing(;"}  # fails where a full disk does: after opening
    settings = {**connections["default"].settings_dict, "NAME": str(database), "OPTIONS": broken}
    site = DatabaseWrapper(settings, "site")
    gc.disable()
    try:
        site.get_new_connection(site.get_connection_params()).close()
        assert held_open(database) == 0
    finally:
        gc.enable()
