"""Texts that were stored before all were NFC, made so: in every table, a few hundred rows at a time
(``docs/decisions/0028-nfc.md``)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from taggit.models import TagBase

from toolkit.core.sanitising import composed

log = logging.getLogger(__name__)

AT_ONCE = 200  # rows: a revision holds a whole page

#: A password is kept as it was made.
_LEFT_ALONE = frozenset({"password"})


def compose_stored_texts() -> int:
    """Write every text of the database in NFC that is not yet: plain texts, rich texts, blocks and
    the contents of revisions. Two tags that are one then become one. A row whose text another one
    must have alone is left as it is, and named in the log. Returns the number of rows written; none
    the second time."""
    written = 0
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in tables and model._meta.managed:
            written += _compose_table(model)
    return written


def _compose_table(model: type[models.Model]) -> int:
    meta = model._meta
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, meta.db_table)
    present = {column.name for column in described}
    columns: dict[str, bool] = {}  # name → whether it holds JSON
    for field in meta.local_concrete_fields:
        name = str(field.column)
        if name in present - _LEFT_ALONE and not field.primary_key and not field.is_relation:
            if field.get_internal_type() == "JSONField":
                columns[name] = True
            elif isinstance(field, models.CharField | models.TextField):
                columns[name] = False
    if not columns or str(meta.pk.column) not in present:
        return 0
    written = 0
    for key, texts in _rows(meta.db_table, str(meta.pk.column), list(columns)):
        changed = {
            name: made
            for (name, is_json), text in zip(columns.items(), texts, strict=True)
            if isinstance(text, str) and (made := _composed(text, is_json)) != text
        }
        if "data" in changed and hasattr(model, "_get_data_hash"):
            # A string to be translated, which is looked for by this
            made = model._get_data_hash(changed["data"])
            hashed: Any = meta.get_field("data_hash")
            changed["data_hash"] = hashed.get_db_prep_value(made, connection)
        if changed:
            written += _write(model, key, changed)
    return written


def _rows(table: str, pk: str, columns: list[str]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The rows of a table in the order of their keys, ``AT_ONCE`` in memory."""
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, [pk, *columns]))
    select = f"SELECT {names} FROM {quote(table)}"  # noqa: S608  names of our own models
    after: list[Any] = []
    while True:
        where = f" WHERE {quote(pk)} > %s" if after else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{select}{where} ORDER BY {quote(pk)} LIMIT {AT_ONCE}", after)
            rows = cursor.fetchall()
        for key, *texts in rows:
            yield key, tuple(texts)
        if len(rows) < AT_ONCE:
            return
        after = [rows[-1][0]]


def _composed(text: str, is_json: bool) -> str:
    """A text in NFC. JSON is read first: it may say a letter by its number."""
    if not is_json:
        return composed(text)
    try:
        said = json.loads(text)
    except ValueError:
        return text  # whoever reads it will say what is wrong with it
    made = _inside(said)
    return text if made == said else json.dumps(made)


def _inside(said: Any) -> Any:
    if isinstance(said, str):
        return composed(said)
    if isinstance(said, list):
        return [_inside(item) for item in said]
    if isinstance(said, dict):
        return {composed(name): _inside(item) for name, item in said.items()}
    return said


def _write(model: type[models.Model], key: Any, changed: dict[str, str]) -> int:
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = %s" for name in changed)
    meta = model._meta
    table, pk = quote(meta.db_table), quote(str(meta.pk.column))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {sets} WHERE {pk} = %s",  # noqa: S608  as above
                [*changed.values(), key],
            )
    except IntegrityError:
        if issubclass(model, TagBase):
            return _merge(model, key, changed)
        log.warning("%s %s is left as it is: another one has the same text in NFC", meta.label, key)
        return 0
    return 1


def _merge(model: type[TagBase], key: Any, changed: dict[str, str]) -> int:
    """What has a tag gets the one that is written as it should be; the other goes."""
    kept = model._base_manager.get(name=changed["name"])
    for relation in model._meta.related_objects:
        name = relation.field.name
        for row in relation.related_model._base_manager.filter(**{name: key}).iterator():
            try:
                with transaction.atomic():
                    relation.related_model._base_manager.filter(pk=row.pk).update(**{name: kept})
            except IntegrityError:
                row.delete()  # it has both
    model._base_manager.filter(pk=key).delete()
    return 1
