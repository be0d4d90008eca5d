"""When the last backup was made: a small file beside the data, which monitors and editors see."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

NAME = "last-backup.json"


@dataclass(frozen=True)
class BackupRecord:
    at: datetime.datetime
    file: str
    bytes: int


def last_backup() -> BackupRecord | None:
    """The last backup that was finished; None if there was none or nobody can tell."""
    try:
        kept = json.loads(_path().read_text("utf-8"))
        at = datetime.datetime.fromisoformat(kept["at"])
        return BackupRecord(at=at, file=str(kept["file"]), bytes=int(kept["bytes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record_backup(file: Path) -> Path:
    """Note that a backup was finished just now; returns where that stands."""
    kept = {"at": timezone.now().isoformat(), "file": str(file), "bytes": file.stat().st_size}
    path = _path()
    path.write_text(json.dumps(kept), "utf-8")
    return path


def _path() -> Path:
    return Path(settings.DATA_DIR) / NAME
