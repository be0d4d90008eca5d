"""What the indexes still have to learn."""

from __future__ import annotations

from django.db import models


class PendingChange(models.Model):
    """A work that changed and that an engine does not know of yet.

    Written in the transaction of the change itself and removed once the engine has it: a
    change is never lost, whatever dies in between.
    """

    engine = models.CharField(max_length=40)
    key = models.CharField(max_length=36)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["engine", "id"], name="pending_by_engine")]

    def __str__(self) -> str:
        return f"{self.key} → {self.engine}"


class IndexState(models.Model):
    """One row an engine: held by whoever writes to it, and says since when it is being rebuilt."""

    engine = models.CharField(max_length=40, primary_key=True)
    rebuilding_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.engine
