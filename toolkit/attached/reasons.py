"""Why a file has no words for a search, and what an editor can do about it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """Codes are those of ``toolkit.attached.parsing``; labels say what is the matter."""

    ENCRYPTED = "encrypted", _("It is protected by a password, or of an old format.")
    DAMAGED = "damaged", _("It is damaged or not complete.")
    OTHER = "other", _("It is not of the kind that its name says.")
    LARGE = "large", _("It is too large, or grows too large when it is unpacked.")
    HOSTILE = "hostile", _("It is built in a way in which no office program builds files.")
    WORDLESS = "wordless", _("There is no text in it. Its pages may be pictures (scans).")
    TIME = "time", _("Reading it took too long.")
    MEMORY = "memory", _("Reading it took too much memory.")
    ENDED = "ended", _("The server ended the reading of it, for want of memory or time.")
    CRASHED = "crashed", _("Reading it failed.")
    MISSING = "missing", _("The file itself is not there any more.")


_SAVE_ANEW = _(
    "Open it in the program that made it, save it anew under another name, and put the new file "
    "in the place of this one."
)

REMEDIES = {
    Reason.ENCRYPTED: _(
        "Save it without a password, as DOCX, ODT, XLSX or PDF, and put the new file in the "
        "place of this one."
    ),
    Reason.OTHER: _SAVE_ANEW,
    Reason.DAMAGED: _SAVE_ANEW,
    Reason.LARGE: _("Divide it into smaller files, or leave large pictures out of it."),
    Reason.HOSTILE: _(
        "Do not open it unless you know whom it comes from. Ask for the text in a new file."
    ),
    Reason.WORDLESS: _(
        "Readers who cannot see pictures cannot read it either. Have its text recognised (OCR), "
        "or attach the file that it was printed from."
    ),
    Reason.TIME: _("Divide it into smaller files, or save it anew in a simpler form."),
    Reason.MEMORY: _("Divide it into smaller files, or save it anew in a simpler form."),
    Reason.ENDED: _("Divide it into smaller files, or save it anew in a simpler form."),
    Reason.CRASHED: _SAVE_ANEW,
    Reason.MISSING: _("Upload it again in the place of this one."),
}
