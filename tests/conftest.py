"""What every test stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


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
