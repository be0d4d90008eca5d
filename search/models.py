"""What the indexes still have to learn."""

from __future__ import annotations

import uuid

from django.db import models


class PendingChange(models.Model):
    """A work that changed and that an engine does not know of yet.

    Written in the transaction of the change itself and removed once the engine has it: a
    change is never lost, whatever dies in between.
    """

    engine = models.CharField(max_length=40)
    key = models.CharField(max_length=36)
    at = models.DateTimeField(auto_now_add=True)

    seen_by_readers = False

    class Meta:
        indexes = [models.Index(fields=["engine", "id"], name="pending_by_engine")]

    def __str__(self) -> str:
        return f"{self.key} → {self.engine}"


class IndexState(models.Model):
    """What an engine could not do of late.

    ``attempts`` to build its index anew that did not end well, in a row; ``attempted_at`` is
    when the last of them began and ``error`` what became of it. ``refused`` is why it takes no
    changes, "" once it took one.
    """

    engine = models.CharField(max_length=40, primary_key=True)
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    refused = models.TextField(blank=True)

    seen_by_readers = False

    def __str__(self) -> str:
        return self.engine


class DatabaseIdentity(models.Model):
    """One row: a name that no other database has. Indexes carry it (``search.engines``)."""

    value = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.value)
