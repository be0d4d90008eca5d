"""Which entries stand on a page, in an order that is total and outlives a rebuild."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import tantivy
from tantivy import Order, Query

from search.engines.embedded.generations import Snapshot

#: How many more hits than needed are looked at to see where a tie ends.
_MARGIN = 64

Address = tantivy.DocAddress
Scored = tuple[float, Address]


def by_title(
    snapshot: Snapshot, query: Query, *, language: str, offset: int, limit: int
) -> list[Address]:
    """Hits by their title in a language; no two entries share the string they are ordered by."""
    field = f"sort_{language}"
    found = snapshot.searcher.search(
        query, limit, count=False, order_by_field=field, offset=offset, order=Order.Asc
    )
    return [address for _, address in found.hits]


def newest(snapshot: Snapshot, query: Query, *, offset: int, limit: int) -> list[Address]:
    """Hits by day, the latest first, those of one day by key."""

    def first(number: int) -> list[Scored]:
        found = snapshot.searcher.search(
            query, number, count=False, order_by_field="newest", order=Order.Asc
        )
        return found.hits

    return _top(snapshot, first, offset=offset, limit=limit)


def by_score(snapshot: Snapshot, query: Query, *, offset: int, limit: int) -> list[Address]:
    """Hits with the best score first, equal ones by key.

    Keys raise a score by up to a thousandth (``tie``), which parts almost all equal ones.
    """

    def first(number: int) -> list[Scored]:
        found = snapshot.searcher.search(query, number, count=False, weight_by_field="tie")
        return [(-score, address) for score, address in found.hits]

    return _top(snapshot, first, offset=offset, limit=limit)


def _top(
    snapshot: Snapshot, first: Callable[[int], list[Scored]], *, offset: int, limit: int
) -> list[Address]:
    """Hits by a number, the lowest first, those with the same number by key.

    tantivy leaves ties in the order of its segments, which changes with every merge. So a few
    more hits are fetched until the number at the end of the page is left behind, and more and
    more of them while everything has the same.
    """
    last = offset + limit
    window = last + _MARGIN
    hits = first(window)
    while len(hits) == window and hits[last - 1][0] == hits[-1][0]:
        window *= 16
        hits = first(window)
    if len(hits) > last:
        boundary = hits[last - 1][0]
        hits = [hit for hit in hits if hit[0] <= boundary]
    return [address for _, address in _by_key(snapshot, hits)[offset:last]]


def _by_key(snapshot: Snapshot, hits: list[Scored]) -> list[Scored]:
    numbers = [number for number, _ in hits]
    if len(set(numbers)) == len(numbers):
        return hits
    addresses = [address for _, address in hits]
    heads = snapshot.searcher.fast_field_values("head", addresses)
    tails = snapshot.searcher.fast_field_values("tail", addresses)
    order = [
        ((number, head or 0, tail or 0), place)
        for place, (number, head, tail) in enumerate(zip(numbers, heads, tails, strict=True))
    ]
    order.sort()
    if any(a[0] == b[0] for a, b in itertools.pairwise(order)):
        # Keys that share their first 16 bytes
        order = _by_whole_key(snapshot, order, addresses)
    return [hits[place] for _, place in order]


_Ranked = tuple[tuple[float, int | float, int | float], int]


def _by_whole_key(
    snapshot: Snapshot, order: Iterable[_Ranked], addresses: list[Address]
) -> list[_Ranked]:
    groups: dict[tuple[float, int | float, int | float], list[int]] = {}
    for rank, place in order:
        groups.setdefault(rank, []).append(place)
    for places in groups.values():
        if len(places) > 1:
            places.sort(key=lambda place: snapshot.stored(addresses[place]).key)
    return [(rank, place) for rank, places in groups.items() for place in places]
