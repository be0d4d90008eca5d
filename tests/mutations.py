"""Deliberate faults, each of which a test must notice: ``python -m tests.mutations [WORD …]``.

Every entry of ``mutations.yaml`` changes one place of a copy of the project and runs the tests
that are there to notice it. A fault that they let live is reported, and so is an entry whose
place is gone. Words choose entries by name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
FAULTS = Path(__file__).with_name("mutations.yaml")
FAILED = 1  # pytest's word for "a test failed"; other numbers say that it could not run


@dataclass(frozen=True)
class Mutation:
    """A fault: ``old`` stands once in ``file`` and becomes ``new``; ``tests`` must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str


def mutations() -> list[Mutation]:
    return [Mutation(**entry) for entry in yaml.safe_load(FAULTS.read_text(encoding="utf-8"))]


def copied(to: Path) -> None:
    """The project as it lies here, without what was installed or built."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in [*listed.stdout.splitlines(), *map(str, ROOT.glob("locale/*/*/*.mo"))]:
        source = ROOT / name
        if source.is_file():
            target = to / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def verdict(fault: Mutation, copy: Path) -> str:
    """ "killed", or what is wrong with the tests or with the entry."""
    place = copy / fault.file
    whole = place.read_text(encoding="utf-8") if place.is_file() else ""
    if whole.count(fault.old) != 1:
        return f"its place stands {whole.count(fault.old)} times in {fault.file}"
    place.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", *fault.tests.split()],
            cwd=copy, capture_output=True, text=True, env={**os.environ, "CI": ""},
        )  # fmt: skip
    finally:
        place.write_text(whole, encoding="utf-8")
    if run.returncode == FAILED:
        return "killed"
    return "LIVES" if run.returncode == 0 else f"pytest could not run:\n{run.stdout[-600:]}"


def main() -> int:
    wanted = [word.lower() for word in sys.argv[1:]]
    chosen = [
        fault for fault in mutations() if not wanted or any(w in fault.name.lower() for w in wanted)
    ]
    alive = 0
    with tempfile.TemporaryDirectory(prefix="toolkit-mutations-") as folder:
        copied(Path(folder))
        for fault in chosen:
            said = verdict(fault, Path(folder))
            alive += said != "killed"
            print(f"{fault.name}: {said}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} faults killed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
