"""SQLite that can be read when nothing can be written.

With a write-ahead log even a reader makes two small files beside the database, and where the disk
is full or the folder read-only it fails. Then, and only while no log with changes lies there, the
database is opened as a file that nobody writes: pages are read, a change is refused with "attempt
to write a readonly database". Each new connection tries the usual way first, so the site writes
again as soon as it can.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

log = logging.getLogger(__name__)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        tried: list[sqlite3.Connection] = []

        def remembered(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            tried.append(sqlite3.Connection(*args, **kwargs))
            return tried[-1]

        try:
            opened = super().get_new_connection({**conn_params, "factory": remembered})
        except sqlite3.OperationalError as error:
            # At once: in the error's traceback it would wait, open, for the garbage collector
            for connection in tried:
                connection.close()
            path = Path(conn_params["database"])
            if not path.is_file() or _has_a_log(path):
                raise  # what stands in the log alone would be missing
            _told(f"the database can only be read: {error}")
        else:
            _told("")
            return opened
        # A change then fails where it is made, and not where a transaction begins to read.
        self.transaction_mode = None
        self.init_commands: list[str] = []
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        return super().get_new_connection({**conn_params, "database": address})


_last_told = ""


def _told(what: str) -> None:
    """Say once what every connection finds anew, and once that it is over."""
    global _last_told
    if what != _last_told:
        log.warning(what or "the database can be written again")
        _last_told = what


def _has_a_log(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False
