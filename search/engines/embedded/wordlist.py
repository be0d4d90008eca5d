"""The words of an index in a file beside it, so that nobody reads through its dictionary to
find the one that was meant: on a large index that takes most of a second.

Written when an index is built, the most frequent words first; new words are added with the
entries that bring them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import tantivy

from search.engines.embedded import segments
from search.text.spelling import KnownWords, can_be_misspelt

_FILE = "words.txt"
#: So many of the most frequent words are compared with one that is unknown.
_MOST_KNOWN = 50_000


def write(folder: Path) -> None:
    """Write the list of the words of an index."""
    (folder / _FILE).write_text("\n".join([*_frequent(folder), ""]), "utf-8")


def add(folder: Path, documents: Iterable[tantivy.Document]) -> None:
    """Add what is new in documents that are about to be added to an index."""
    texts = [str(document.get_first("words") or "") for document in documents]
    words = {word for text in texts for word in text.split(" ")}
    known = segments.open_index(folder).searcher().doc_freq
    new = [word for word in sorted(words) if can_be_misspelt(word) and not known("words", word)]
    if new:
        with (folder / _FILE).open("a", encoding="utf-8") as file:
            file.write("\n".join([*new, ""]))


def read(folder: Path) -> KnownWords:
    """The words of an index."""
    try:
        state = (folder / _FILE).stat()
    except OSError:
        return KnownWords(_frequent(folder))  # slow, but right
    return _read(folder, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=2)
def _read(folder: Path, *_state: int) -> KnownWords:
    return KnownWords((folder / _FILE).read_text("utf-8").splitlines())


def _frequent(folder: Path) -> list[str]:
    searcher = segments.open_index(folder).searcher()
    # Far from all words can be misspelt: numbers and Chinese stand among them
    found = searcher.terms_with_prefix("words", "", limit=3 * _MOST_KNOWN)
    return [word for word, _number in found if can_be_misspelt(word)][:_MOST_KNOWN]
