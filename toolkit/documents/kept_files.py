"""Files that are made when first asked for, then kept under a digest of what they are made of.

A change of what goes in makes a new name, so nothing has to be thrown away in time; the folder
may be emptied whenever an operator likes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings


def digest_of(*parts: Any) -> str:
    """A name for everything that a file is made of; the parts are values that JSON knows."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def kept(digest: str, extension: str, make: Callable[[], bytes]) -> Path:
    """The file of this digest below ``DATA_DIR/files``, made now if it is not there yet.

    It appears whole or not at all, however many processes make it at once.
    """
    path = Path(settings.DATA_DIR) / "files" / digest[:2] / f"{digest}.{extension}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, waiting = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
        Path(waiting).replace(path)
    return path
