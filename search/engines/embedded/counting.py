"""How many entries have each value of each facet.

tantivy counts terms in two ways, and which is faster depends on how many entries match: an
aggregation walks through the entries, ``terms_with_prefix`` with a filter walks through the
lists of entries of each value. Both give the same numbers (docs/decisions/0007-embedded-engine.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tantivy import Query

from search.engines.embedded.generations import Snapshot

Counts = Mapping[str, Mapping[str, int]]

# An entry costs an aggregation about this many times what it costs the lists of all facets,
# or of one facet (measured at 100,000 entries with eight facets).
_ENTRY_TO_LISTS = 6
_ENTRY_TO_LIST = 30


def total(snapshot: Snapshot, query: Query) -> int:
    """How many entries match."""
    count: int | None = snapshot.searcher.search(query, 1).count  # type: ignore[attr-defined]
    return count or 0


def counts(
    snapshot: Snapshot, query: Query, *, matches: int, facet: str | None = None
) -> dict[str, dict[str, int]]:
    """Facet → value → entries among the ``matches`` of ``query``; of one facet or of all."""
    if not matches:
        return {}
    weight = _ENTRY_TO_LIST if facet else _ENTRY_TO_LISTS
    if matches * weight > snapshot.searcher.num_docs:
        prefix = f"{facet}=" if facet else ""
        found = snapshot.searcher.terms_with_prefix("facets", prefix, filter_query=query)
    else:
        # Without an explicit size an aggregation gives ten values
        asked = {"values": {"terms": {"field": "facets", "size": 1_000_000}}}
        buckets = snapshot.searcher.aggregate(query, asked)["values"]["buckets"]
        found = [(bucket["key"], bucket["doc_count"]) for bucket in buckets]
    sorted_out: dict[str, dict[str, int]] = defaultdict(dict)
    for term, number in found:
        name, _, value = term.partition("=")
        if number and (facet is None or name == facet):
            sorted_out[name][value] = number
    return dict(sorted_out)
