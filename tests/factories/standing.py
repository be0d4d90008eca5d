"""What many tests of one module stand on: made once for all of them, and gone after the last."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.test import override_settings
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker
from wagtail.models import Site

from tests.factories.refilling import Tables

Made = TypeVar("Made")
Instance = TypeVar("Instance", bound=Model)


@contextlib.contextmanager
def standing(blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Iterator[Made]:
    """What ``make`` puts into the database stays until the block ends: every test within it works
    in a transaction inside this one, and undoes its own. Not for tests with transactions of their
    own (``django_db(transaction=True)``)."""
    outer = transaction.atomic()
    with blocker.unblock():
        outer.__enter__()
        connection.atomic_blocks[-1]._from_testcase = True  # durable blocks are allowed within
    try:
        with blocker.unblock():
            made = make()
        connection.run_on_commit.clear()  # for a test it is a transaction that is over
        yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@contextlib.contextmanager
def committed(blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Iterator[Made]:
    """What ``make`` puts into the database is there for every thread and process until the block
    ends; then the tables are as they were. A test with transactions of its own puts back what was
    made."""
    with blocker.unblock():
        tables = Tables.as_they_are()
        try:
            made = make()
            with Tables.as_they_are().put_back_after_each_test():
                yield made
        finally:
            tables.put_back()


@contextlib.contextmanager
def in_database(blocker: DjangoDbBlocker, file: Path) -> Iterator[None]:
    """The tests within work on another SQLite database, whose file may be changed; the page types
    that only tests know are added to it."""
    own = connection.settings_dict["NAME"]

    def turn_to(name: str) -> None:
        with blocker.unblock():
            connection.close()
            connection.settings_dict["NAME"] = name
            ContentType.objects.clear_cache()
            Site.clear_site_root_paths_cache()

    turn_to(str(file))
    try:
        with blocker.unblock():
            call_command("migrate", verbosity=0)
        yield
    finally:
        turn_to(own)


def in_own_index(folder: Path, make: Callable[[], Made]) -> Made:
    """Do something whose index comes to lie in a folder, to be copied for every test."""
    with override_settings(SEARCH_INDEX_DIR=folder):
        from search.answers import forget_engines

        forget_engines()
        made = make()
        forget_engines()
    return made


def found_again(instance: Instance) -> Instance:
    """What was made, as the database has it: a test may change its own."""
    return type(instance)._default_manager.get(pk=instance.pk)


def use_copy_of_index(folder: Path) -> None:
    shutil.copytree(folder, settings.SEARCH_INDEX_DIR, dirs_exist_ok=True)


@dataclass(frozen=True)
class Stood(Generic[Made]):
    """What was made, and the folder of its index."""

    made: Made
    index: Path

    def use_copy_of_index(self) -> None:
        use_copy_of_index(self.index)


@dataclass(frozen=True)
class Ground:
    """Makes what the tests of a module, or of a class, stand on; every test copies the index."""

    blocker: DjangoDbBlocker
    folders: pytest.TempPathFactory

    @contextlib.contextmanager
    def standing(self, make: Callable[[], Made]) -> Iterator[Stood[Made]]:
        folder = self._folder()
        with standing(self.blocker, lambda: in_own_index(folder, make)) as made:
            yield Stood(made, folder)

    @contextlib.contextmanager
    def committed(self, make: Callable[[], Made]) -> Iterator[Stood[Made]]:
        folder = self._folder()
        with committed(self.blocker, lambda: in_own_index(folder, make)) as made:
            yield Stood(made, folder)

    def _folder(self) -> Path:
        translation.deactivate()  # an earlier test's language
        return self.folders.mktemp("standing") / "index"
