"""Words of a PDF, page by page."""

from __future__ import annotations

import re
import time
from typing import BinaryIO

from toolkit.attached.parsing.words import Enough, Unreadable, Words

#: Pages that are looked at, and seconds of CPU after which what was read is taken for enough.
MOST_PAGES, LONGEST = 2_000, 8.0

_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010]\n(?=[^\W\d_])")


def read_pdf(file: BinaryIO, words: Words) -> None:
    """The text of the pages. One that cannot be read keeps no other from being read; of a file
    none of whose pages can, the first one's fault is told."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

    if b"%PDF-" not in file.read(1024):
        raise Unreadable("other")
    file.seek(0)
    try:
        reader = PdfReader(file)
        # Many are protected against changes alone: whoever opens them needs no password
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        pages = iter(reader.pages)
        fault: Exception | None = None
        number_read = 0
        for _number in range(MOST_PAGES):
            try:
                page = next(pages)
            except StopIteration:
                break
            try:
                text = page.extract_text()
                number_read += 1
            except (MemoryError, LimitReachedError):
                raise
            except Exception as error:
                fault = fault or error
                continue
            words.add(_HYPHENATED.sub("", text))
            if time.process_time() > LONGEST:
                raise Enough
        else:
            raise Enough
        if fault and not number_read:
            raise fault
    except (Unreadable, Enough, MemoryError):
        raise
    except (DependencyError, FileNotDecryptedError) as error:
        raise Unreadable("encrypted") from error
    except LimitReachedError as error:
        raise Unreadable("large") from error
    except RecursionError as error:
        raise Unreadable("hostile") from error
    except Exception as error:  # a damaged file raises dozens of things
        raise Unreadable("damaged") from error
