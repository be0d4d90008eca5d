"""The words of the documents that editors uploaded, as far as they could be read."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document

from toolkit.attached.reasons import REMEDIES, Reason


class FileTextQuerySet(models.QuerySet["FileText"]):
    def current(self) -> FileTextQuerySet:
        """Those that tell of the file that their document has now."""
        return self.filter(file=F("document__file"))

    def read(self) -> FileTextQuerySet:
        return self.current().filter(state=FileText.State.READ)

    def failed(self) -> FileTextQuerySet:
        return self.current().filter(state=FileText.State.FAILED)


class FileText(models.Model):
    """What is in the file of a document.

    ``file`` is the name under which the storage has it: a replaced file has another one, and
    what was read of the file before is nobody's any more at that moment.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("not read yet")
        READ = "read", _("read")
        FAILED = "failed", _("could not be read")
        LEFT = "left", _("of a kind that is not read")

    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    file = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, db_index=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, blank=True)
    text = models.TextField(blank=True)
    is_cut = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(_("looked at"), default=timezone.now)

    objects = FileTextQuerySet.as_manager()

    #: Readers see words by way of the index, which tells when it has changed.
    seen_by_readers = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("words of a file")
        verbose_name_plural = _("words of files")

    def __str__(self) -> str:
        return self.file

    @property
    def remedy(self) -> Any:
        """What an editor can do about it, "" where there is nothing to be done."""
        return REMEDIES.get(Reason(self.reason), "") if self.reason else ""


def not_read_yet() -> models.QuerySet[Document]:
    """The documents whose file, as it is now, nobody has looked into."""
    waiting = Q(words=None) | ~Q(words__file=F("file")) | Q(words__state=FileText.State.WAITING)
    return Document.objects.filter(waiting)


def trouble_with(document: Document) -> FileText | None:
    """Why the file that a document has now could not be read; None if it could, or may yet be."""
    return FileText.objects.failed().filter(document=document.pk).defer("text").first()
