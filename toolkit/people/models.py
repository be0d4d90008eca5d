"""How often something was tried: wrong passwords, mails asked for."""

from __future__ import annotations

from django.db import models


class Tries(models.Model):
    """How often something was tried by or on one subject, and until when that counts.

    The subject is a keyed digest: neither a name nor an address stands in the database.
    """

    subject = models.CharField(max_length=64, unique=True)
    number = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    seen_by_readers = False

    class Meta:
        verbose_name = "tries"
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.number} until {self.until:%Y-%m-%d %H:%M}"
