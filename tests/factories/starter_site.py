"""A site with the whole starter collection: made once for all workers of a run, then copied."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.operation.sites import SiteInFolder


@dataclass(frozen=True)
class StarterSite:
    """``data`` is its folder, which nobody changes; ``said`` is what ``set_up`` said."""

    data: Path
    said: str


def starter_site(tmp_path_factory: pytest.TempPathFactory) -> StarterSite:
    """Whoever asks first makes it, while the others wait."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    data, said = place / "starter-site", place / "starter-site.txt"
    with (place / "starter-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            text = SiteInFolder(data).does("set_up")
            said.write_text(text)
    return StarterSite(data, said.read_text())
