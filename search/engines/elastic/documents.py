"""What one entry looks like in Elasticsearch: the mapping, and the document made of an entry.

Text arrives already analysed (``search.analysis``): every analysed field carries ready terms
and is only split at spaces, so that this engine and the embedded one hold the same terms.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Any

from elasticsearch_dsl import (
    Boolean,
    Date,
    Keyword,
    Mapping,
    Object,
    Text,
    analyzer,
    tokenizer,
)

from search.entries import SearchEntry
from search.requests import FACET_NAMES
from search.text import documents, terms
from search.text.terms import LANGUAGES
from toolkit.core import collation

#: Raised with every change of the mapping; with the versions of the analysis and of the collations
#: it is part of the alias, so that code never searches an index of another shape.
VERSION = 5
SCHEMA = f"v{VERSION}.{terms.VERSION}.{collation.VERSION}"

#: Beginnings of words are indexed up to this length; longer ones are looked up among words.
LONGEST_INDEXED_PREFIX = 4

#: What texts are scored by; values of facets keep Lucene's default, BM25.
SIMILARITY = "divergence"

#: One shard, so that word statistics and therefore scores are those of the whole collection.
#: Changes are refreshed explicitly; an interval of its own keeps Elasticsearch from letting an
#: index that nobody searched for a while go stale.
INDEX_SETTINGS = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "30s",
    # Divergence from randomness: how far a word's occurrences in a text are from chance. Better
    # than BM25 on all that was measured (docs/decisions/0026-divergence-and-letters.md).
    "similarity": {
        SIMILARITY: {
            "type": "DFR",
            "basic_model": "ine",
            "after_effect": "b",
            "normalization": "h2",
            "normalization.h2.c": "1.0",
        }
    },
}

_CARRIED = analyzer(
    "carried", tokenizer=tokenizer("spaces", "whitespace", max_token_length=4 * terms.MAX_TERM)
)


def facet_field(name: str) -> str:
    return f"facet_{name}"


def _text(**options: Any) -> Text:
    """A field of carried terms."""
    return Text(analyzer=_CARRIED, similarity=SIMILARITY, **options)


def mapping() -> Mapping:
    """Fields that are searched, counted or sorted by; ``shown`` is only kept."""
    found = Mapping()
    found.meta("dynamic", "strict")
    # What is analysed is never read back: a hit is drawn from ``shown``.
    found.meta("_source", includes=["key", "fingerprint", "shown.*", "attached.*"])
    found.field("key", Keyword())
    found.field("fingerprint", Keyword(index=False))
    found.field("published", Date(format="strict_date"))
    found.field("shown", Object(enabled=False))
    found.field("attached", Object(enabled=False))
    found.field("filed", _text())
    for name in ("words", "titles"):
        prefixes = {"min_chars": 1, "max_chars": LONGEST_INDEXED_PREFIX}
        found.field(name, _text(index_prefixes=prefixes))
    for name in FACET_NAMES:
        # Ordinals are prepared when a change is refreshed, not while a reader waits.
        found.field(facet_field(name), Keyword(eager_global_ordinals=True))
    for language in LANGUAGES:
        found.field(f"text_{language}", _text())
        found.field(f"files_{language}", _text())
        found.field(f"pairs_{language}", _text(index_options="freqs"))
        found.field(f"title_{language}", _text())
        found.field(f"summary_{language}", _text(index_options="freqs"))
        if language in terms.LETTERED:
            found.field(f"letters_{language}", _text(index_options="docs"))
        found.field(f"sort_{language}", Keyword(index=False))
        found.field(f"has_{language}", Boolean())
    return found


def document(entry: SearchEntry) -> dict[str, Any]:
    """The document of an entry, ready for JSON.

    ``shown.original`` is the original version, ``shown.others`` the rest by language: a
    results page asks for the original and the reader's language and leaves the others. It learns
    how many ``shown.files`` there are, and asks for what is in them (``attached``) where it needs
    that.
    """
    versions = {code: asdict(version) for code, version in entry.versions.items()}
    original = versions.pop(entry.original)
    fields: dict[str, Any] = {
        "key": entry.key,
        "fingerprint": entry.fingerprint(),
        "shown": {
            "kind": entry.kind,
            "languages": sorted(entry.versions),
            "facets": {name: sorted(values) for name, values in entry.facets.items()},
            "published": _iso(entry.published),
            "original": original,
            "others": versions,
            "files": len(entry.files),
        },
        "attached": {"files": [asdict(file) for file in entry.files]},
        **documents.document(entry),
    }
    if entry.published:
        fields["published"] = _iso(entry.published)
    for name in FACET_NAMES:
        if values := entry.facets.get(name):
            fields[facet_field(name)] = sorted(values)
    for language in LANGUAGES:
        fields[f"has_{language}"] = language in entry.versions
    return fields


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""
