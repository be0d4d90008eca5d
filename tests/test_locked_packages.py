"""The packages that are locked, by what they say of themselves."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.specifiers import SpecifierSet

from tests.rules import for_each

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked() -> list[str]:
    """Their names; without those that are not for this machine."""
    text = "\n".join((ROOT / lock).read_text() for lock in LOCKS)
    named = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", text, re.MULTILINE))
    here = {re.sub(r"[-_.]+", "-", found.name).lower() for found in metadata.distributions()}
    return sorted(name for name in named if re.sub(r"[-_.]+", "-", name).lower() in here)


class TestLockedPackages:
    @for_each(locked())
    def test_run_on_the_oldest_python_that_is_promised(self, name: str) -> None:
        """Catches: a release that only a newer Python takes, locked on a machine that has one. On a
        server with its system's Python nothing at all was installed."""
        promised = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        oldest = promised["requires-python"].removeprefix(">=") + ".0"
        wanted = metadata.metadata(name).get("Requires-Python") or ""
        assert SpecifierSet(wanted).contains(oldest), wanted
