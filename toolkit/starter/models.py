"""What has been loaded: so that what editors changed or removed stays changed or removed."""

from __future__ import annotations

from django.db import models


class LoadedVersion(models.Model):
    """One version of a work of the starter collection that was put into the site.

    ``text_language`` is the language of the file it was made from: a section without a file
    in its language is made from the English one until there is one. ``revision`` is the
    page's revision that the loading published; a later one is an editor's.
    """

    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8)
    text_language = models.CharField(max_length=8)
    revision = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "language"], name="version_loaded_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
