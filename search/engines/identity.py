"""Which database an index belongs to: an index of another one must never be served."""

from __future__ import annotations

import uuid

from search.models import DatabaseIdentity


def identity() -> str:
    """The name of this database, given to it when it is first asked for."""
    row, _made = DatabaseIdentity.objects.get_or_create(pk=1)
    return str(row.value.hex[:12])


def new_identity() -> str:
    """Name the database anew, because it is another than its indexes were made from."""
    DatabaseIdentity.objects.update_or_create(pk=1, defaults={"value": uuid.uuid4()})
    return identity()
