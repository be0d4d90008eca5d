"""Whether the site can write, and if not, why: in words that say what to do.

Looking writes nothing. Reasons are English, for logs and monitors; ``Cause`` carries the words
for editors.
"""

from __future__ import annotations

import errno
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Below this many bytes SQLite cannot even begin a change.
LEAST_ROOM = 1_000_000

NO_ROOM = "no space left"
READ_ONLY = "read-only"
NO_PERMISSION = "permission denied"

_TOLD: dict[str, Promise] = {
    NO_ROOM: _("There is no space left on the server’s disk."),
    READ_ONLY: _("The server’s disk can only be read at the moment."),
    NO_PERMISSION: _("The server’s files do not belong to the site: it may not write them."),
}


@dataclass(frozen=True)
class Cause:
    """Why nothing can be written. ``code`` is one of the three above, ``detail`` names the
    place, for the operator."""

    code: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code

    @property
    def told(self) -> str:
        """For editors, in their language."""
        return str(_TOLD[self.code])


def cause_of(error: BaseException) -> Cause | None:
    """What an error that ended a request says about the disk; None if it was something else."""
    seen: BaseException | None = error
    while seen is not None:
        if any(words in str(seen).lower() for words in _VAGUE):
            return hindrance()
        if code := _code(seen):
            return (hindrance() if code != NO_ROOM else None) or Cause(code, str(seen))
        seen = seen.__cause__ or seen.__context__
    return None


_ERRNOS = {
    errno.ENOSPC: NO_ROOM,
    errno.EDQUOT: NO_ROOM,
    errno.EFBIG: NO_ROOM,
    errno.EROFS: READ_ONLY,
    errno.EACCES: NO_PERMISSION,
    errno.EPERM: NO_PERMISSION,
}
_SAID = {
    "database or disk is full": NO_ROOM,
    "no space left on device": NO_ROOM,
    "could not extend file": NO_ROOM,
    "attempt to write a readonly database": READ_ONLY,
    "read-only transaction": READ_ONLY,
}
#: SQLite's words for a disk that is full or read-only, and for many another fault.
_VAGUE = ("disk i/o error", "unable to open database file")


def _code(error: BaseException) -> str | None:
    if isinstance(error, OSError):
        return _ERRNOS.get(error.errno or 0)
    if isinstance(error, DatabaseError):
        said = str(error).lower()
        return next((code for words, code in _SAID.items() if words in said), None)
    return None


def hindrance() -> Cause | None:
    """What keeps the site from writing its database, its files or its index, looked up now."""
    places = [Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT), Path(settings.SEARCH_INDEX_DIR)]
    return next(filter(None, (_hindrance_at(path) for path in (*database_files(), *places))), None)


def database_files() -> list[Path]:
    """The files of a SQLite database that are there, and their folder; none of another one."""
    if connection.vendor != "sqlite":
        return []
    path = Path(connection.settings_dict["NAME"])
    beside = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    return [path.parent, *(file for file in beside if file.exists())]


def _hindrance_at(path: Path) -> Cause | None:
    while not path.exists() and path != path.parent:
        path = path.parent  # it would be made there
    try:
        room = os.statvfs(path)
    except OSError as error:
        return Cause(_code(error) or NO_PERMISSION, f"{path}: {error.strerror}")
    if room.f_flag & os.ST_RDONLY:
        return Cause(READ_ONLY, f"{path} is on a read-only file system")
    if room.f_bavail * room.f_frsize < LEAST_ROOM:
        return Cause(NO_ROOM, f"{room.f_bavail * room.f_frsize} bytes are free at {path}")
    if room.f_files and not room.f_favail:
        return Cause(NO_ROOM, f"no more files can be made at {path}")
    if not path.is_dir() and path not in database_files():
        return Cause(NO_PERMISSION, f"{path} is no folder")
    if not os.access(path, os.W_OK | (os.X_OK if path.is_dir() else 0)):
        return Cause(NO_PERMISSION, f"{path} belongs to {_name(path.stat().st_uid)}, {_we()}")
    return None


def _we() -> str:
    return f"the site runs as {_name(os.geteuid())}"


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
