"""Which kinds of files have words for us, and how each is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from toolkit.attached.parsing import office, pdf, plain
from toolkit.attached.parsing.words import Enough, Unreadable, Words

#: By the extension of a file's name.
READERS: dict[str, Callable[[BinaryIO, Words], None]] = {
    "csv": plain.read_plain,
    "docx": office.read_docx,
    "md": plain.read_plain,
    "odp": office.read_opendocument,
    "ods": office.read_opendocument,
    "odt": office.read_opendocument,
    "pdf": pdf.read_pdf,
    "pptx": office.read_pptx,
    "txt": plain.read_plain,
    "xlsx": office.read_xlsx,
}


def words_of(file: BinaryIO, kind: str) -> dict[str, object]:
    """``text`` and whether it ``is_cut``; or ``reason``, why there is none."""
    words, is_cut = Words(), False
    try:
        READERS[kind](file, words)
    except Enough:
        is_cut = True
    except Unreadable as error:
        return {"reason": error.args[0]}
    except MemoryError:
        return {"reason": "memory"}
    except RecursionError:
        return {"reason": "hostile"}
    if not words:
        return {"reason": "wordless"}
    return {"text": str(words), "is_cut": is_cut}
