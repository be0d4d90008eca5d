"""Which entries stand on a page, in an order that is total and outlives a rebuild."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import tantivy
from tantivy import Order, Query

from search.engines.embedded.generations import Snapshot

#: How many more hits than needed are looked at to see where a tie ends.
_MARGIN = 64

Address = tantivy.DocAddress


def by_field(
    snapshot: Snapshot, query: Query, *, field: str, offset: int, limit: int
) -> list[Address]:
    """Hits in the order of a field that no two entries share."""
    found = snapshot.searcher.search(
        query, limit, count=False, order_by_field=field, offset=offset, order=Order.Asc
    )
    return [address for _, address in found.hits]


def by_score(snapshot: Snapshot, query: Query, *, offset: int, limit: int) -> list[Address]:
    """Hits with the best score first, equal ones by key.

    tantivy leaves ties in the order of its segments, which changes with every merge. So keys
    raise a score by up to a thousandth (``tie``), which parts almost all equal ones, and a few
    more hits are fetched until the score at the end of the page is left behind: all of them,
    if everything scores the same.
    """
    last = offset + limit
    window = last + _MARGIN
    found = snapshot.searcher.search(query, window, weight_by_field="tie")
    hits: list[tuple[float, Address]] = found.hits
    total: int = found.count  # type: ignore[attr-defined]
    if total > window and hits[last - 1][0] == hits[-1][0]:
        hits = snapshot.searcher.search(query, total, count=False, weight_by_field="tie").hits
    if len(hits) > last:
        boundary = hits[last - 1][0]
        hits = [hit for hit in hits if hit[0] >= boundary]
    return [address for _, address in _by_key(snapshot, hits)[offset:last]]


def _by_key(snapshot: Snapshot, hits: list[tuple[float, Address]]) -> list[tuple[float, Address]]:
    scores = [score for score, _ in hits]
    if len(set(scores)) == len(scores):
        return hits
    addresses = [address for _, address in hits]
    heads = snapshot.searcher.fast_field_values("head", addresses)
    tails = snapshot.searcher.fast_field_values("tail", addresses)
    order = [
        ((-score, head or 0, tail or 0), place)
        for place, (score, head, tail) in enumerate(zip(scores, heads, tails, strict=True))
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
