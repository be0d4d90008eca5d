"""All rows of a SQLite file into the site's own database: the move to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.models import Model

SOURCE = "copied-from"
#: Made anew from the rows, in a form of each database's own.
NOT_COPIED = {"wagtailsearch"}
ROWS = 500


def copy_rows(source: Path) -> None:
    """Put the rows of a database with the same tables in the place of ours, in one transaction."""
    connections.databases[SOURCE] = {
        **connections.databases["default"],
        "ENGINE": "toolkit.core.sqlite",
        "NAME": str(source),
        "OPTIONS": {},
    }
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    try:
        with transaction.atomic():
            _empty(models)
            for model in models:
                if model._meta.app_label not in NOT_COPIED:
                    _copy(model)
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), models):
                    cursor.execute(statement)
    finally:
        connections[SOURCE].close()
        del connections[SOURCE], connections.databases[SOURCE]


def _empty(models: Iterable[type[Model]]) -> None:
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(
            no_style(), tables, reset_sequences=True, allow_cascade=True
        ):
            cursor.execute(statement)


def _copy(model: type[Model]) -> None:
    """Row by row as they stand: nothing is computed, nothing is told of it."""
    fields: list[Any] = [
        field
        for field in model._meta.local_concrete_fields
        if not getattr(field, "generated", False)
    ]
    names = [field.attname for field in fields]
    rows = model._base_manager.using(SOURCE).order_by().values_list(*names).iterator(ROWS)
    for some in _in_parts(rows):
        # No instances: a page that is made looks for its content type, and makes it
        objects = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in some]
        model._base_manager.using("default").all()._insert(  # type: ignore[attr-defined]
            objects, fields=fields, using="default", raw=True
        )


def _in_parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while part := list(islice(remaining, ROWS)):
        yield part
