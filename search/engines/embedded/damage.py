"""Whether the files of an index are what was written: read to the last byte.

A flipped bit in what is stored shows only to whoever asks for that very entry. Every file of a
segment ends in a footer with the checksum of all before it; tantivy's Python package does not
compare it, so it is done here.

    <content> <footer: JSON with "crc"> <length of the footer> <1337>   (the last two: 32 bits)
"""

from __future__ import annotations

import json
import struct
import threading
import time
import zlib
from pathlib import Path

_TAIL = struct.Struct("<II")
_MAGIC = 1337
_PIECE = 1 << 20
#: A segment has all of these.
_PARTS = ("store", "term", "idx", "pos", "fast", "fieldnorm")
#: Seconds for which a file that has not been touched is taken for what it was.
_TRUSTED = 600.0


class Inspection:
    """The files of one index directory, read again when they were touched or after a while."""

    def __init__(self) -> None:
        self._sound: dict[Path, tuple[tuple[int, int, int], float]] = {}
        self._lock = threading.Lock()

    def damage(self, folder: Path, *, within: float | None = None) -> str:
        """What is wrong with the index in ``folder``; "" if nothing is.

        ``within`` ends the look after so many seconds, for a health check: what was not reached
        is looked at by the next. Without it everything is read, whatever was seen before.
        """
        with self._lock:
            return self._damage(folder, within)

    def _damage(self, folder: Path, within: float | None) -> str:
        end = None if within is None else time.monotonic() + within
        try:
            meta = (folder / "meta.json").read_bytes()
            segments = [
                (segment["segment_id"].replace("-", ""), segment["deletes"])
                for segment in json.loads(meta)["segments"]
            ]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            return f"meta.json: {error}"
        found = ""
        seen: dict[Path, tuple[tuple[int, int, int], float]] = {}
        for name, deletes in segments:
            paths = [folder / f"{name}.{part}" for part in _PARTS]
            if deletes:
                paths.append(folder / f"{name}.{deletes['opstamp']}.del")
            for path in paths:
                known = self._sound.get(path)
                state = _state(path)
                trusted = known and known[0] == state and time.monotonic() - known[1] < _TRUSTED
                if known and state and (trusted or (end and time.monotonic() > end)):
                    if within is not None:
                        seen[path] = known
                        continue
                elif end and time.monotonic() > end:
                    continue
                found = found or _wrong(path)
                if state and not found:
                    seen[path] = (state, time.monotonic())
        if found and _bytes(folder / "meta.json") != meta:
            return ""  # merged and removed while it was being read
        self._sound = seen
        return found


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _wrong(path: Path) -> str:
    """What is wrong with one file, "" if nothing is."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < _TAIL.size:
                return f"{path.name} is cut off"
            file.seek(size - _TAIL.size)
            length, magic = _TAIL.unpack(file.read(_TAIL.size))
            content = size - _TAIL.size - length
            if magic != _MAGIC or content < 0:
                return f"{path.name} has no checksum"
            file.seek(content)
            written = json.loads(file.read(length))["crc"]
            file.seek(0)
            crc, left = 0, content
            while left and (piece := file.read(min(left, _PIECE))):
                crc = zlib.crc32(piece, crc)
                left -= len(piece)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{path.name}: {error}"
    return "" if crc == written else f"{path.name} is not what was written"
