"""What every test stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches no database: it need not run again on another one."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if not item.get_closest_marker("django_db") and not fixtures & {"db", "transactional_db"}:
            item.add_marker("standalone")


@pytest.fixture(autouse=True)
def own_index(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[None]:
    """Every test has an embedded index of its own, and no engine or vocabulary is kept over."""
    from search.answers import forget_engines
    from toolkit.taxonomy.vocabularies import forget

    settings.SEARCH_INDEX_DIR = tmp_path / "index"  # type: ignore[attr-defined]
    forget_engines()
    forget()
    yield
    forget_engines()
    forget()
