"""What every test stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key
from xdist.scheduler import LoadScopeScheduling

from tests.factories.migrated import forget_migrated, migrated_once
from tests.factories.refilling import Tables, put_back_after_a_test
from tests.factories.standing import Ground, Stood
from toolkit.core.garbage import collect_seldom

if TYPE_CHECKING:
    from tests.search.engines.collection import Collection


def pytest_configure() -> None:
    collect_seldom()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches no database: it need not run again on another one."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        marker = item.get_closest_marker("django_db")
        if not marker and not fixtures & {"db", "transactional_db"}:
            item.add_marker("standalone")


@pytest.fixture(scope="session")
def migrated(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with migrated_once(tmp_path_factory):
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        with session.config.stash[blocking_manager_key].unblock():
            forget_migrated()


@pytest.fixture(scope="session")
def django_db_setup(
    migrated: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A test with transactions of its own puts back what the migrations had left, in whatever
    order the tests come."""
    with django_db_blocker.unblock():
        tables = Tables.as_they_are()
    with pytest.MonkeyPatch.context() as patch, tables.put_back_after_each_test():
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda _test: put_back_after_a_test()
        )
        yield


class SharersTogether(LoadScopeScheduling):
    """What shares one running site, or what took longer to make than a test takes, in one worker;
    every other test by itself. The larger groups come first, so that single tests fill up the end:
    what takes longest of all is among them for that.

    pytest-xdist's own groups (``xdist_group``) have no effect under pytest 9.2.
    """

    SHARERS = (
        "tests/journeys/",
        "tests/operation/",
        "tests/starter/test_loaded_pages.py",
        "tests/core/test_kept_parts.py",
        "tests/core/test_page_cache.py",
        "tests/editing/test_every_act.py",
        "tests/interchange/",
        "tests/lists/",
        "tests/search/engines/test_damage.py",
        "tests/search/views/test_results_in_browser.py",
        "tests/taxonomy/test_tags.py",
        "tests/test_new_page_type.py",
        "tests/test_privacy.py",
    )

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in self.SHARERS if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharersTogether | None:
    together = config.getoption("dist") == "loadgroup"
    return SharersTogether(config, log) if together else None


@pytest.fixture(autouse=True)
def own_index(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[None]:
    """Every test has an embedded index of its own, and no engine or vocabulary is kept over."""
    from wagtail.models import Site

    from search.answers import forget_engines
    from search.catalogue import indexing
    from toolkit.core.public_state import forget_state
    from toolkit.taxonomy.vocabularies import forget

    settings.SEARCH_INDEX_DIR = tmp_path / "index"  # type: ignore[attr-defined]
    indexing._refused_at.clear()
    forget_engines()
    forget()
    forget_state()
    Site.clear_site_root_paths_cache()  # of sites that were undone with a transaction
    yield
    forget_engines()
    forget()
    forget_state()


@pytest.fixture
def looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state of the site is looked at by each request, not every half second: how many queries
    a page takes does not depend on the clock."""
    from toolkit.core import public_state

    monkeypatch.setattr(public_state, "LOOKS_EVERY", 0)


@pytest.fixture(autouse=True)
def nobody_reads_yet() -> None:
    """The language of a page that an earlier test asked for is not left active."""
    translation.deactivate()


@pytest.fixture(scope="session")
def ground(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ground:
    return Ground(django_db_blocker, tmp_path_factory)


@pytest.fixture(scope="module")
def standing_collection(ground: Ground) -> Iterator[Stood[Collection]]:
    """The small collection, for a module."""
    from tests.search.engines.collection import make_collection

    with ground.standing(make_collection) as stood:
        yield stood


@pytest.fixture
def collection(standing_collection: Stood[Collection], db: None, own_index: None) -> Collection:
    """The small collection and its index (tests/search/engines/collection.py), each test's own."""
    from tests.search.engines.collection import collection_found

    standing_collection.use_copy_of_index()
    return collection_found()


@pytest.fixture
def tasks_at_once(settings: Settings) -> None:
    """Wagtail's tasks are done where they are asked for, as on a real site."""
    at_once = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
    settings.TASKS = {**settings.TASKS, "default": at_once}
