"""Runs pytest on PostgreSQL: ``python -m tests.on_postgresql [pytest's arguments]``.

``POSTGRES_URL`` names the server. Where none answers the run is left out with a word about
how to start one; under CI that is a failure.
"""

from __future__ import annotations

import os
import sys

import psycopg
import pytest

DEFAULT = "postgres://toolkit:toolkit@127.0.0.1:5432/toolkit"


def main() -> int:
    url = os.environ.get("POSTGRES_URL", DEFAULT)
    try:
        psycopg.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=3).close()
    except psycopg.OperationalError as error:
        print(
            f"PostgreSQL does not answer ({error}).\n"
            "Start one with `docker compose -f compose.yml up -d postgres`, or set POSTGRES_URL."
        )
        return 1 if os.environ.get("CI") else 0
    print("The same tests on PostgreSQL:", flush=True)
    os.environ["DATABASE_URL"] = url
    return pytest.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
