"""The files that never change, gathered for a server: under names with their digest, compressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Compresses what pages ask for, once: the names with a digest of what the file holds, and of
    these not what an earlier release had too. On an upgrade that is almost everything."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        asked_for = set(self.hashed_files.values())
        fresh = [path for path in paths if path in asked_for and not self._is_compressed(path)]
        found: Iterator[tuple[str, str]] = super().compress_files(fresh)
        return found

    def _is_compressed(self, path: str) -> bool:
        return Path(f"{self.path(path)}.gz").exists()
