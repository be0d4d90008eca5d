"""What every test stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from pytest_django.plugin import blocking_manager_key
from xdist.scheduler import LoadScopeScheduling


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches no database: it need not run again on another one."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        marker = item.get_closest_marker("django_db")
        if not marker and not fixtures & {"db", "transactional_db"}:
            item.add_marker("standalone")
        elif marker and marker.kwargs.get("transaction"):
            refilled = {**marker.kwargs, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**refilled), append=False)


_FILLED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, pytestconfig: pytest.Config) -> None:
    """Keeps what the migrations filled the tables with, beside every connection: a browser's
    loop has connections of its own."""
    pytestconfig.stash[_FILLED] = getattr(connection, "_test_serialized_contents", "[]")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with transactions of its own empties every table after it. Who comes next, in
    whatever order, finds again what the migrations had put there."""
    marker = item.get_closest_marker("django_db")
    if nextitem is None or not marker or not marker.kwargs.get("serialized_rollback"):
        yield
        return
    with item.config.stash[blocking_manager_key].unblock():
        connection._test_serialized_contents = item.config.stash[_FILLED]
        yield
        connection.creation.deserialize_db_from_string(item.config.stash[_FILLED])


class SharersTogether(LoadScopeScheduling):
    """What shares one running site, or one loaded collection, in one worker; every other test
    by itself.

    pytest-xdist's own groups (``xdist_group``) have no effect under pytest 9.2.
    """

    SHARERS = ("tests/journeys/", "tests/operation/", "tests/starter/test_loaded_pages.py")

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in self.SHARERS if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharersTogether | None:
    together = config.getoption("dist") == "loadgroup"
    return SharersTogether(config, log) if together else None


@pytest.fixture(autouse=True)
def own_index(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[None]:
    """Every test has an embedded index of its own, and no engine or vocabulary is kept over."""
    from search.answers import forget_engines
    from search.catalogue import indexing
    from toolkit.core.public_state import forget_state
    from toolkit.taxonomy.vocabularies import forget

    settings.SEARCH_INDEX_DIR = tmp_path / "index"  # type: ignore[attr-defined]
    indexing._refused_at.clear()
    forget_engines()
    forget()
    forget_state()
    yield
    forget_engines()
    forget()
    forget_state()


@pytest.fixture(autouse=True)
def nobody_reads_yet() -> None:
    """The language of a page that an earlier test asked for is not left active."""
    translation.deactivate()
