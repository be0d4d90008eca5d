"""Where the embedded index lies: generations in folders, one of them served.

    <directory>/current-<schema>   a small file that names the folder served
    <directory>/<schema>-<random>/ a generation: a tantivy index
    <directory>/write.lock         held while a change is written or generations are swapped
    <directory>/rebuild.lock       held while a new generation is built, or a copy merged

Locks are the operating system's (flock): a process that dies releases them. Readers take
none. A generation that is removed while others still read it stays readable for them, as
their files are open; whoever opens just then finds the pointer changed and tries again.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy

from search.engines.base import EngineUnavailable, RebuildRunning
from search.engines.embedded import schema as schemas
from search.engines.embedded import segments, wordlist
from search.engines.embedded.damage import Inspection
from search.entries import SearchEntry
from search.text.spelling import KnownWords

log = logging.getLogger(__name__)

#: How long to wait for another process that writes.
PATIENCE = 5.0
_CACHED_COUNTS = 128
_GENERATION = re.compile(r"[\w.]+-[0-9a-f]{12}")


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Turn what tantivy raises on a damaged index into ``EngineUnavailable``."""
    try:
        yield
    except EngineUnavailable:
        raise
    except Exception as error:
        # Of what is damaged, anything can come: half a number, a letter that is none
        log.exception("the search index cannot be read")
        raise EngineUnavailable(f"The search index cannot be read: {error}") from error
    except BaseException as error:
        # A panic in Rust is no Exception, and its class cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        raise EngineUnavailable(f"The search index is damaged: {error}") from error


@dataclass
class Snapshot:
    """One state of one generation: what a search reads from its first to its last question."""

    folder: Path
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    _counts: OrderedDict[Any, Any] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cached(self, key: Any, make: Any) -> Any:
        """The answer to a question about this state, remembered."""
        with self._lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return self._counts[key]
        value = make()
        with self._lock:
            self._counts[key] = value
            while len(self._counts) > _CACHED_COUNTS:
                self._counts.popitem(last=False)
        return value

    def forget(self) -> None:
        """Drop what is remembered (for measuring)."""
        self._counts.clear()

    def known_words(self) -> KnownWords:
        """The words of the index that one may have meant."""
        return wordlist.read(self.folder)

    def stored(self, address: tantivy.DocAddress) -> schemas.StoredEntry:
        return schemas.StoredEntry(self.searcher.doc(address))


class Generations:
    """The generations in a directory, for reading and writing by any number of processes."""

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)
        self._pointer = self.directory / f"current-{schemas.SCHEMA_VERSION}"
        self._opening = threading.Lock()
        self._inspection = Inspection()
        self._pointer_seen: tuple[int, int] | None = None
        self._meta_seen: tuple[int, int] | None = None
        self._index: tantivy.Index | None = None
        self._snapshot: Snapshot | None = None
        self._links: tempfile.TemporaryDirectory[str] | None = None

    # --- reading

    def snapshot(self) -> Snapshot:
        """The newest committed state. Raises ``EngineUnavailable`` if there is none."""
        with self._opening:
            for attempt in (1, 2, 3):
                try:
                    return self._newest()
                except EngineUnavailable:
                    self._pointer_seen = None
                    # Swapped and removed between reading the pointer and opening?
                    if attempt == 3 or self._served() is None:
                        raise
                    time.sleep(0.02)
        raise AssertionError

    def _newest(self) -> Snapshot:
        pointer = _state(self._pointer)
        if pointer is None:
            self._snapshot = None
            raise EngineUnavailable("There is no search index yet: run `manage.py search rebuild`.")
        if pointer != self._pointer_seen or self._snapshot is None:
            name = self._served() or ""
            self._snapshot = None
            with readable():
                self._index = self._open_to_read(name)
            self._pointer_seen, self._meta_seen = pointer, None
        else:
            name = self._snapshot.folder.name
        meta = _state(self.directory / name / "meta.json")
        if meta is None:
            self._snapshot = None
            raise EngineUnavailable(f"The search index is damaged: {name}/meta.json is missing.")
        if meta != self._meta_seen or self._snapshot is None:
            assert self._index is not None  # noqa: S101
            with readable():
                self._index.reload()
                self._snapshot = Snapshot(
                    self.directory / name, self._index.schema, self._index.searcher()
                )
            self._meta_seen = meta
        return self._snapshot

    def _open_to_read(self, name: str) -> tantivy.Index:
        """Where the folder may only be read, tantivy cannot make the lock that it wants even to
        read: it gets a folder of links, in which it can."""
        path = self.directory / name
        self._links = None
        if path.is_dir() and not os.access(path, os.W_OK):
            self._links = tempfile.TemporaryDirectory(prefix="toolkit-index-")
            for file in path.iterdir():
                if file.suffix != ".lock":
                    os.symlink(file.resolve(), Path(self._links.name) / file.name)
            return self._open(self._links.name)
        return self._open(name)

    def _open(self, name: str) -> tantivy.Index:
        path = self.directory / name
        if not name or not path.is_dir():
            raise OSError(f"the folder {name!r} is missing")
        index = segments.open_index(path)
        # No thread of tantivy's own: snapshot() looks at the file at every search
        index.config_reader("manual")
        return index

    def _served(self) -> str | None:
        try:
            return self._pointer.read_text("ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    # --- writing

    @contextlib.contextmanager
    def _lock(self, name: str, *, patience: float) -> Iterator[None]:
        self.directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.directory / name, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            deadline = time.monotonic() + patience
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise EngineUnavailable(f"The search index is busy ({name}).") from None
                    time.sleep(0.01)
            yield
        finally:
            os.close(handle)  # releases the lock too

    def change(
        self,
        *,
        entries: Iterable[SearchEntry] = (),
        keys: Iterable[str] = (),
        patience: float = PATIENCE,
    ) -> None:
        """Add or replace entries and remove keys, in one commit; the writer is given back at
        once. Raises ``EngineUnavailable`` if others write for longer than ``patience``."""
        documents = {entry.key: schemas.index_document(entry) for entry in entries}
        removed = list(keys)
        if not documents and not removed:
            return
        with self._lock("write.lock", patience=patience):
            name = self._served()
            if name is None:
                raise EngineUnavailable("There is no search index yet.")
            with readable():
                _change(self.directory / name, [*removed, *documents], documents.values())

    def rebuild(self, entries: Iterable[SearchEntry]) -> int:
        """Build a new generation and serve it. What others change meanwhile is carried over.

        Raises ``RebuildRunning`` if another process is at it.
        """
        with self._building():
            return self._replace(lambda path: _build(path, entries), anew=True)

    def tidy(self) -> bool:
        """Merge the segments of the served index, if it is worth it, in a copy that is then
        served; what others change meanwhile is carried over. True if it was done.

        Raises ``RebuildRunning`` if another process builds or tidies.
        """
        with self._building():
            if not self.is_untidy:
                return False
            if found := self.damage():
                # tantivy compares no checksums: merged, what is damaged would look sound
                raise EngineUnavailable(f"The search index is damaged: {found}")
            self._replace(self._merge, anew=False)
            return True

    @property
    def is_untidy(self) -> bool:
        """Whether ``tidy`` has anything to do."""
        name = self._served()
        with readable():
            return bool(name) and segments.is_worth_merging(self.directory / str(name))

    @contextlib.contextmanager
    def _building(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(self._lock("rebuild.lock", patience=0.2))
            except EngineUnavailable:
                raise RebuildRunning("Another rebuild is under way.") from None
            self._remove_all_but(self._served())
            yield

    def _replace(self, make: Callable[[Path], int], *, anew: bool) -> int:
        """Serve the generation that ``make`` makes in a folder; returns what it returns.
        ``anew`` is True where it is made of the database and not of the served one."""
        before = self._prints_served()
        name = f"{schemas.SCHEMA_VERSION}-{secrets.token_hex(6)}"
        path = self.directory / name
        try:
            number = make(path)
            with self._lock("write.lock", patience=PATIENCE):
                # Of a damaged index nothing can be carried over, and a rebuild needs nothing of it
                unless_damaged = (
                    contextlib.suppress(EngineUnavailable) if anew else contextlib.nullcontext()
                )
                with unless_damaged, readable():
                    self._carry_over(before, path)
                self._serve(name)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        self._remove_all_but(name)
        return number

    def _merge(self, path: Path) -> int:
        with self._lock("write.lock", patience=PATIENCE), readable():
            segments.copy(self.directory / str(self._served()), path)
        with readable():
            segments.merge(path)
            wordlist.write(path)
        return 0

    def _prints_served(self) -> dict[str, str]:
        try:
            return fingerprints(self.snapshot())
        except EngineUnavailable:
            return {}

    def _carry_over(self, before: dict[str, str], path: Path) -> None:
        """Repeat in the new generation what was changed in the old one since ``before``."""
        after = self._prints_served()
        if after == before:
            return
        snapshot = self.snapshot()
        changed = [key for key, value in after.items() if before.get(key) != value]
        documents = []
        for key in changed:
            query = tantivy.Query.term_query(snapshot.schema, "key", key)
            for _, address in snapshot.searcher.search(query, 1).hits:
                documents.append(schemas.index_document(snapshot.stored(address).entry()))
        _change(path, [*changed, *(before.keys() - after.keys())], documents)

    def _serve(self, name: str) -> None:
        beside = self._pointer.with_name(f"{self._pointer.name}.new")
        with open(beside, "w", encoding="ascii") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self._pointer)

    def _remove_all_but(self, kept: str | None) -> None:
        """Remove other generations, also those that a crash or an older release left."""
        for path in self.directory.iterdir():
            if path.name != kept and _GENERATION.fullmatch(path.name):
                shutil.rmtree(path, ignore_errors=True)

    def damage(self, *, within: float | None = None) -> str:
        """What of the served generation is damaged, "" if nothing is (``Inspection.damage``)."""
        name = self._served()
        return self._inspection.damage(self.directory / name, within=within) if name else ""

    @property
    def is_rebuilding(self) -> bool:
        """Whether any process is building a generation."""
        if not (self.directory / "rebuild.lock").exists():
            return False
        try:
            with self._lock("rebuild.lock", patience=0):
                return False
        except EngineUnavailable:
            return True
        except OSError:
            return False  # nobody can build where nobody can write


def _state(path: Path) -> tuple[int, int] | None:
    """What differs once a file was replaced: cheap enough to ask at every search."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _build(path: Path, entries: Iterable[SearchEntry]) -> int:
    """A new index of entries in a folder; the number of them."""
    seen: set[str] = set()
    repeated: dict[str, tantivy.Document] = {}

    def documents() -> Iterator[tuple[tantivy.Document, int]]:
        for entry in entries:
            document = schemas.index_document(entry)
            if entry.key in seen:
                repeated[entry.key] = document  # the last one counts
            else:
                seen.add(entry.key)
                yield document, sum(map(len, _texts(entry)))

    segments.build(path, documents())
    wordlist.write(path)
    if repeated:
        _change(path, list(repeated), repeated.values())
    return len(seen)


def _texts(entry: SearchEntry) -> Iterator[str]:
    """What makes an entry long."""
    yield from (version.body for version in entry.versions.values())
    yield from (file.text for file in entry.files)


def _change(folder: Path, keys: Collection[str], documents: Collection[tantivy.Document]) -> None:
    wordlist.add(folder, documents)
    segments.change(folder, keys=keys, documents=list(documents))


def fingerprints(snapshot: Snapshot) -> dict[str, str]:
    """Key → fingerprint of everything in a state."""
    everything = tantivy.Query.all_query()
    found = snapshot.searcher.terms_with_prefix("prints", "", filter_query=everything)
    pairs = (term.split(" ", 1) for term, _ in found)
    return {key: value for value, key in pairs}
