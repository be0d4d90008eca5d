"""LibreOffice, which opens what the writers wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def require() -> str:
    """The path of soffice. Without it a test is skipped, under CI it fails."""
    soffice = shutil.which("soffice")
    if soffice is None:
        reason = "LibreOffice is missing: apt-get install libreoffice-writer-nogui"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return soffice


def as_pdf(files: list[Path], *, folder: Path) -> dict[str, Path]:
    """Each file opened and printed to PDF, by its name, in one start of LibreOffice."""
    soffice = require()
    target = folder / "printed"
    # A profile of its own: two starts on one profile refuse each other.
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(target),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {file.name: target / f"{file.stem}.pdf" for file in files}
