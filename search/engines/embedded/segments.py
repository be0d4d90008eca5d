"""The segments of an index: changed without a merge, merged apart from any change.

tantivy merges segments by itself, inside a commit, as soon as eight are of a size, and its
Python package has no setting for that. On an index of 100,000 entries a save then costs seconds.
So a change is committed in a *stage*, a folder that has (as hard links) only the segments with
the entries in question, too few to be merged. What comes out is linked back, and the index's
``meta.json`` is replaced, which is the step by which tantivy publishes a commit too. Files that
no segment needs any more stay where they are until ``merge``, which works on a copy.

What is known of the format of ``meta.json`` stands here and nowhere else.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import tantivy

from search.engines.base import EngineUnavailable
from search.engines.embedded import schema as schemas

#: How long to wait for another process that writes.
PATIENCE = 5.0
_HEAP = 15_000_000  # the least that tantivy accepts for a thread
_REBUILD_HEAP = 50_000_000

_META = "meta.json"
_STAGE = "stage"
#: tantivy's LogMergePolicy merges so many segments of a size; up to this number of entries
#: (with a margin) all count as of one size.
_RIPE, _OF_ONE_SIZE = 8, 15_000
#: So many segments at most are changed at once: with a new one they are fewer than are merged.
_STAGED = _RIPE - 2
#: An index with more segments, or files that segments left behind, is worth merging.
_MANY_SEGMENTS, _MANY_FILES = 24, 600
#: Characters of text that surely make a single segment, and that a part of a build has at most.
_ONE_SEGMENT, _ONE_PART = 5_000_000, 80_000_000


def open_index(folder: Path) -> tantivy.Index:
    """The index in a folder, ready to be read and written."""
    index = tantivy.Index.open(str(folder))
    schemas.register_tokenizers(index)
    return index


@contextlib.contextmanager
def _writing(index: tantivy.Index, heap: int) -> Iterator[tantivy.IndexWriter]:
    """A writer that commits at the end and lets go of the index in any case."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            writer = index.writer(heap, 1)
            break
        except ValueError as error:
            if "LockBusy" not in str(error) and "lock" not in str(error).lower():
                raise
            if time.monotonic() >= deadline:
                raise EngineUnavailable("The search index is busy.") from error
            time.sleep(0.02)
    try:
        yield writer
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    finally:
        with contextlib.suppress(ValueError):
            writer.wait_merging_threads()
        del writer


# --- changing ---------------------------------------------------------------------------------


def change(
    folder: Path, *, keys: Collection[str], documents: Sequence[tantivy.Document] = ()
) -> None:
    """Remove the entries with these keys and add documents, in one commit. No segment is
    merged, whatever their number. The caller sees to it that nobody else writes."""
    meta = _read_meta(folder)
    holding = _holding(folder, meta, keys)
    if not holding and not documents:
        return
    stage = folder / _STAGE
    shutil.rmtree(stage, ignore_errors=True)  # of one that was killed
    changed: dict[str, Any] = {}
    opstamp = meta["opstamp"]
    try:
        rounds = [holding[i : i + _STAGED] for i in range(0, len(holding), _STAGED)] or [[]]
        for number, ours in enumerate(rounds, 1):
            stage.mkdir()
            _link(folder, stage, ours)
            (stage / _META).write_text(json.dumps({**meta, "segments": ours}), "utf-8")
            with _writing(open_index(stage), _HEAP) as writer:
                for key in keys:
                    writer.delete_documents_by_term("key", key)
                for document in documents if number == len(rounds) else ():
                    writer.add_document(document)
            staged = _read_meta(stage)
            _link(stage, folder, staged["segments"])
            opstamp = max(opstamp, staged["opstamp"])
            changed |= dict.fromkeys(segment["segment_id"] for segment in ours)
            changed |= {segment["segment_id"]: segment for segment in staged["segments"]}
            shutil.rmtree(stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    segments = {segment["segment_id"]: segment for segment in meta["segments"]} | changed
    kept = [segment for segment in segments.values() if segment]  # emptied ones are gone
    _write_meta(folder, {**meta, "segments": kept, "opstamp": opstamp})


def _holding(folder: Path, meta: dict[str, Any], keys: Iterable[str]) -> list[Any]:
    """The segments that have entries with these keys."""
    index = open_index(folder)
    searcher, schema = index.searcher(), index.schema
    places = {
        address.segment_ord
        for key in keys
        for _, address in searcher.search(
            tantivy.Query.term_query(schema, "key", key), _RIPE, count=False
        ).hits
    }
    # A searcher has the segments in the order in which they are written down
    return [meta["segments"][place] for place in sorted(places)]


# --- building and merging -----------------------------------------------------------------------


class _Part:
    """A part of a build: an index of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        index = tantivy.Index(schemas.schema(), path=str(folder))
        schemas.register_tokenizers(index)
        self.folder = folder
        self.size = self.number = 0
        self._closing = contextlib.ExitStack()
        self._writer = self._closing.enter_context(_writing(index, _REBUILD_HEAP))

    def add(self, document: tantivy.Document, size: int) -> None:
        self._writer.add_document(document)
        self.number += 1
        self.size += size

    @property
    def is_full(self) -> bool:
        return self.number >= _OF_ONE_SIZE or self.size >= _ONE_PART

    def close(self) -> list[Any]:
        """Commit; the segments of it."""
        self._closing.close()
        segments: list[Any] = _read_meta(self.folder)["segments"]
        return segments

    def give_up(self, error: BaseException) -> None:
        self._closing.__exit__(type(error), error, error.__traceback__)


def build(folder: Path, documents: Iterable[tuple[tantivy.Document, int]]) -> None:
    """A new index of documents, each with its number of characters, in a single segment.

    Parts of it are indexed apart, none of them large enough to be of another size for tantivy,
    and merged at once in the end. Where they are fewer than it merges, the last documents make
    a segment each.
    """
    parts = folder / "parts"
    numbers = itertools.count()
    last: deque[tuple[tantivy.Document, int]] = deque()
    segments: list[Any] = []
    part = _Part(parts / str(next(numbers)))

    def finish(part: _Part) -> None:
        closed = part.close()
        _link(part.folder, folder, closed)
        segments.extend(closed)
        if not (folder / _META).exists():
            _write_meta(folder, _read_meta(part.folder))
        shutil.rmtree(part.folder)

    try:
        for document in documents:
            last.append(document)
            if len(last) < _RIPE:
                continue
            if part.is_full:
                finish(part)
                part = _Part(parts / str(next(numbers)))
            part.add(*last.popleft())
        if not segments and part.size <= _ONE_SEGMENT:
            while last:
                part.add(*last.popleft())
        finish(part)
        while last:
            part = _Part(parts / str(next(numbers)))
            part.add(*last.popleft())
            finish(part)
    except BaseException as error:
        with contextlib.suppress(BaseException):
            part.give_up(error)
        raise
    shutil.rmtree(parts)
    _write_meta(folder, {**_read_meta(folder), "segments": segments})
    if len(segments) > 1:
        merge(folder)


def copy(folder: Path, to: Path) -> None:
    """A copy of an index in a new folder: links, so that it costs nothing."""
    to.mkdir()
    meta = _read_meta(folder)
    _link(folder, to, meta["segments"])
    _write_meta(to, meta)


def merge(folder: Path) -> None:
    """Merge the segments of an index that nobody reads, as far as they are of a size, and remove
    what they leave behind."""
    with _writing(open_index(folder), _HEAP):
        pass  # a commit is when tantivy looks what is ripe
    living = set(map(_stem, _read_meta(folder)["segments"]))
    for path in folder.iterdir():
        stem = path.name.partition(".")[0]
        if len(stem) == 32 and stem not in living:
            path.unlink()


def is_worth_merging(folder: Path) -> bool:
    """Whether searches would be quicker, or the folder smaller by much."""
    if len(_read_meta(folder)["segments"]) > _MANY_SEGMENTS:
        return True
    return sum(1 for _ in os.scandir(folder)) > _MANY_FILES


# --- files ------------------------------------------------------------------------------------


def _read_meta(folder: Path) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads((folder / _META).read_bytes())
    return meta


def _write_meta(folder: Path, meta: dict[str, Any]) -> None:
    """Publish a state of the index, once everything that it names is on the disk."""
    _sync(folder)
    beside = folder / f"{_META}.new"
    with open(beside, "w", encoding="utf-8") as file:
        json.dump(meta, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, folder / _META)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(source: Path, target: Path, segments: Iterable[Any]) -> None:
    """The files of segments, in another folder too."""
    deletes = {_stem(segment): segment["deletes"] for segment in segments}
    for path in source.iterdir():
        stem, _, kind = path.name.partition(".")
        if stem not in deletes:
            continue
        deleted = deletes[stem]
        if kind.endswith(".del") and kind != f"{deleted['opstamp'] if deleted else ''}.del":
            continue  # of another state
        there = target / path.name
        if there.exists():
            if there.samefile(path):
                continue
            there.unlink()  # of a change that was killed before it was published
        try:
            os.link(path, there)
        except OSError:
            shutil.copyfile(path, there)  # a file system without links


def _stem(segment: Any) -> str:
    stem: str = segment["segment_id"].replace("-", "")
    return stem
