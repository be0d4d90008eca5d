"""How often Python looks for circles of objects that nobody holds.

By default after every 700 new ones, and at last through all there are, of which hardly one is ever
free: this site's code, models and translations stay. What that costs is in
docs/decisions/0016-the-house.md.
"""

from __future__ import annotations

import gc

SELDOM = (50_000, 20, 100)


def collect_seldom() -> None:
    """Look seldom. At the beginning of a process, before it imports much."""
    gc.set_threshold(*SELDOM)
