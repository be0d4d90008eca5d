"""Engines for the tests of search."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.servers import require_elasticsearch

if TYPE_CHECKING:
    from search.engines.elastic import ElasticEngine


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    return require_elasticsearch()


@pytest.fixture(scope="session")
def elastic(elasticsearch_url: str) -> Iterator[ElasticEngine]:
    """A real Elasticsearch engine with indices of its own for this session and worker."""
    from search.engines.elastic import ElasticEngine

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    alias = f"test-{worker}-{secrets.token_hex(3)}"
    engine = ElasticEngine(elasticsearch_url, alias=alias, timeout=20)
    yield engine
    engine.remove()
