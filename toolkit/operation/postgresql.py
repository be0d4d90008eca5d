"""A PostgreSQL database out into a file and back, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from toolkit.operation.presence import InUse

#: What was there goes and what was saved comes in one transaction: all of it or nothing. The
#: tables are dropped by name, because a newer release may have made some that the backup lacks.
_EMPTIED = """
DO $$ DECLARE it record; BEGIN
  FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', it.tablename);
  END LOOP;
END $$;
"""


class PostgresqlFailed(Exception):
    """A program of PostgreSQL is missing or failed; the message says which and why."""


def dump(database: dict[str, Any], target: Path) -> None:
    """Write the whole database to a file, as it is at one moment."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
         f"--file={target}", database=database)  # fmt: skip


def load(database: dict[str, Any], source: Path) -> None:
    """Put what ``dump`` wrote in the place of all tables, in one transaction."""
    script = source.with_suffix(".sql")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    emptied = source.with_name("emptied.sql")
    emptied.write_text(_EMPTIED)
    _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
         f"--file={emptied}", f"--file={script}", database=database)  # fmt: skip


def refuse_company(connection: Any) -> None:
    """Raise ``InUse`` while others are connected to the database, from whatever machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if cursor.fetchone()[0]:
            raise InUse([])


def _run(program: str, *arguments: str, database: dict[str, Any] | None = None) -> None:
    path = shutil.which(program)
    if path is None:
        raise PostgresqlFailed(
            f"{program} is not installed: it comes with the package postgresql-client"
        )
    environment = {**os.environ, **(_login(database) if database else {})}
    done = subprocess.run(  # noqa: S603
        [path, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PostgresqlFailed(f"{program} failed: {done.stderr.strip()[-1000:]}")


def _login(database: dict[str, Any]) -> dict[str, str]:
    """In the environment and not on the command line, which everybody on the machine can read."""
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD",
             "HOST": "PGHOST", "PORT": "PGPORT"}  # fmt: skip
    return {name: str(database[key]) for key, name in names.items() if database.get(key)}
