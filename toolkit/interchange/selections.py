"""What is taken along together: the entries of a search, or a single one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from toolkit.core.templatetags.localise import local_number
from toolkit.interchange.references import Reference

#: So many entries are given at once; what holds more says so.
BOUND = 500


def bound_note(total: int) -> str:
    """That files hold fewer than all entries of a result, in the active language."""
    text = _("Files hold the first %(bound)s of %(total)s entries. Add a filter to have the rest.")
    return text % {"bound": local_number(BOUND), "total": local_number(total)}


@dataclass(frozen=True)
class Selection:
    """``total`` is how many there are, more than ``references`` where ``BOUND`` was reached;
    ``url`` is the page that shows them, ``own_url`` the file itself, both whole addresses;
    ``language`` is the reader's."""

    title: str
    language: str
    publisher: str
    url: str
    own_url: str
    references: Sequence[Reference]
    total: int

    @property
    def note(self) -> str:
        """What is said where the bound was reached, in the active language."""
        return bound_note(self.total)

    @property
    def is_whole(self) -> bool:
        return self.total <= len(self.references)
