"""Files that are composed once, then kept under a digest of what they are made of.

A change of what goes in makes a new name, so no file is ever out of date. The folder holds
``TOOLKIT_FILES_BUDGET`` bytes at most: what was not asked for longest is thrown away first. It
may be emptied whenever an operator likes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)

_HALF_MADE = ".part"
_ABANDONED_AFTER = 3600  # seconds: nothing takes that long to compose
_USED_EVERY = 3600  # seconds: how exactly it is known when a file was asked for last
_THINNED_TO = 0.9  # of the budget, so that not every new file looks for room


def digest_of(*parts: Any) -> str:
    """A name for everything that a file is made of; the parts are values that JSON knows."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def kept(digest: str, extension: str, make: Callable[[], bytes]) -> Path:
    """The file of this digest below ``DATA_DIR/files``, made now if it is not there yet.

    It appears whole or not at all, and however many ask at once, one of them makes it and the
    others wait. Raises ``OSError`` where it cannot be written, and what ``make`` raises.
    """
    path = _path(digest, extension)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(path.parent):
            if not path.exists():
                _write(path, make())
                _thin_out(path)
    _note_use(path)
    return path


def contents(digest: str, extension: str, make: Callable[[], bytes]) -> bytes:
    """The bytes of the file. A full disk, or a folder that may not be written to, costs the time
    to make it anew and nothing else."""
    made: list[bytes] = []

    def once() -> bytes:
        made.append(make())
        return made[0]

    try:
        return kept(digest, extension, once).read_bytes()
    except OSError as error:
        log.warning("a composed file cannot be kept: %s", error)
        return made[0] if made else make()


def size_of(digest: str, extension: str) -> int | None:
    """The size of the file in bytes, None while there is none."""
    try:
        return _path(digest, extension).stat().st_size
    except OSError:
        return None


def _path(digest: str, extension: str) -> Path:
    return _folder() / digest[:2] / f"{digest}.{extension}"


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "files"


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One thread of one process at a time: a lock on the folder leaves no file behind."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=_HALF_MADE)
    half_made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        half_made.replace(path)
    except BaseException:
        half_made.unlink(missing_ok=True)
        raise


def _note_use(path: Path) -> None:
    with contextlib.suppress(OSError):  # a folder that may only be read is read all the same
        if time.time() - path.stat().st_mtime > _USED_EVERY:
            os.utime(path)


def _thin_out(newest: Path) -> None:
    """Make room: throw away what was asked for longest ago, and what a crash left half made."""
    files: list[tuple[float, int, Path]] = []
    for path in _folder().glob("*/*"):
        with contextlib.suppress(OSError):
            found = path.stat()
            if path.suffix == _HALF_MADE:
                if time.time() - found.st_mtime > _ABANDONED_AFTER:
                    path.unlink()
            elif path != newest:
                files.append((found.st_mtime, found.st_size, path))
    size = sum(size for _used, size, _path in files) + newest.stat().st_size
    if size <= settings.TOOLKIT_FILES_BUDGET:
        return
    for _used, freed, path in sorted(files):
        if size <= settings.TOOLKIT_FILES_BUDGET * _THINNED_TO:
            break
        with contextlib.suppress(OSError):
            path.unlink()
            size -= freed
