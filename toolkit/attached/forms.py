"""The form of a document, which tells an editor where its file could not be read."""

from __future__ import annotations

from typing import Any

from toolkit.attached.models import trouble_with
from toolkit.attached.reports import told
from toolkit.core import uploads


class DocumentForm(uploads.DocumentForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "file" in self.fields and (trouble := trouble_with(self.instance)):
            self.fields["file"].help_text = told(trouble)
