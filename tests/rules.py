"""One test a rule, whatever the number of things that must keep it; and how things are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml


def for_each(
    items: Iterable[Any], *, named: Callable[[Any], str] = str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a test of one thing (its last argument) a test of all of them.

    It goes through all before it fails, and names each that breaks the rule and how. A rule
    with nothing to hold fails, too: then it guards nothing.
    """
    things = list(items)

    def folded(test: Callable[..., None]) -> Callable[..., None]:
        def for_all(*instance: Any) -> None:
            assert things, "there is nothing that this rule could hold for"
            broken = []
            for thing in things:
                try:
                    test(*instance, thing)
                except AssertionError as error:
                    broken.append(f"{named(thing)}: {error}")
            assert not broken, f"{len(broken)} of {len(things)} break the rule:\n" + "\n".join(
                broken[:20]
            )

        def method(self: Any) -> None:
            for_all(self)

        method.__name__, method.__doc__ = test.__name__, test.__doc__
        return method

    return folded


def read_yaml(path: Path) -> Any:
    """What a file of ours says, read by the parser in C: the collection's are many."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
