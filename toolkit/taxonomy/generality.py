"""What holds for every region is said by a value of its own, never by all the others together.

A work that has all regions says of each no more than of the next, and hides among them what is
about one (docs/decisions/0020-every-region.md). Forms, tables and the upgrade of a site settle what
was chosen by the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.taxonomy.facets import Facet
from toolkit.taxonomy.vocabularies import Vocabulary


class HoldsForAllAndSome(ValueError):
    """Both the value of what holds for all was chosen, and others beside it."""


def settled(facet: Facet, values: Iterable[str], known: Vocabulary) -> list[str]:
    """The codes that a work is classified by, of those that were chosen.

    Every top term together (whatever narrower ones stand beside them) means the value of what
    holds for all. Raises ``HoldsForAllAndSome`` where that was chosen beside some of the others.
    """
    chosen = list(dict.fromkeys(values))
    general = facet.general
    if not general or general not in known:
        return chosen
    others = set(chosen) - {general}
    tops = {term.value for term in known if not term.parent} - {general}
    if len(tops) > 1 and tops <= others:
        return [general]
    if general in chosen and others:
        raise HoldsForAllAndSome(general)
    return chosen
