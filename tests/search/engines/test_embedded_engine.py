"""The contract on the embedded engine, and what only an index in a folder can get wrong."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.base import EngineUnavailable, SearchEngine
from search.engines.embedded import EmbeddedEngine, generations, segments
from search.engines.embedded.generations import RebuildRunning
from search.entries import SearchEntry
from tests.search.engines.engine_contract import EngineContract, ask, entry, keys


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "embedded"


@pytest.fixture
def engine(directory: Path) -> EmbeddedEngine:
    return EmbeddedEngine(directory)


def folders(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir() if path.is_dir()]


def total(engine: SearchEngine, text: str = "") -> int:
    return engine.search(ask(text)).total


class TestEmbeddedEngine(EngineContract):
    @pytest.fixture
    def engine(self, directory: Path) -> EmbeddedEngine:
        return EmbeddedEngine(directory)


class TestOtherProcesses:
    """Several processes on one index; another engine object stands for another process where
    the operating system makes no difference."""

    def test_see_a_change_with_their_next_search(self, engine, directory) -> None:
        engine.rebuild([entry("a", "apple")])
        other = EmbeddedEngine(directory)
        assert total(other, "banana") == 0
        engine.upsert([entry("b", "banana")])
        assert total(other, "banana") == 1
        engine.delete(["b"])
        assert total(other) == 1

    def test_see_a_rebuild_with_their_next_search(self, engine, directory) -> None:
        engine.rebuild([entry("a")])
        other = EmbeddedEngine(directory)
        assert keys(other.search(ask())) == ["a"]
        engine.rebuild([entry("b")])
        assert keys(other.search(ask())) == ["b"]

    def test_see_the_first_index_as_soon_as_it_is_there(self, engine, directory) -> None:
        other = EmbeddedEngine(directory)
        with pytest.raises(EngineUnavailable):
            other.search(ask())
        engine.rebuild([entry("a")])
        assert total(other) == 1

    def test_take_turns_to_write(self, engine, directory) -> None:
        engine.rebuild([])
        code = (
            "import sys, django; from pathlib import Path; django.setup();"
            "from search.engines.embedded import EmbeddedEngine;"
            "from tests.search.engines.engine_contract import entry;"
            "e = EmbeddedEngine(Path(sys.argv[1]));"
            "[e.upsert([entry(f'{sys.argv[2]}-{n}')]) for n in range(8)]"
        )
        running = [
            subprocess.Popen([sys.executable, "-c", code, str(directory), name])
            for name in ("first", "second", "third")
        ]
        assert [process.wait(60) for process in running] == [0, 0, 0]
        assert total(engine) == 24

    def test_go_on_reading_what_is_removed(self, engine, directory) -> None:
        engine.rebuild([entry(f"old-{n}", "same words") for n in range(50)])
        snapshot = EmbeddedEngine(directory).generations.snapshot()
        engine.rebuild([entry("new")])
        assert len(folders(directory)) == 1
        assert snapshot.searcher.num_docs == 50
        assert len(generations.fingerprints(snapshot)) == 50


class TestWriting:
    def test_gives_the_index_back(self, engine, directory) -> None:
        engine.rebuild([])
        engine.upsert([entry("a")])
        EmbeddedEngine(directory).upsert([entry("b")])
        assert total(engine) == 2

    def test_gives_up_where_another_never_stops(self, engine, directory, monkeypatch) -> None:
        engine.rebuild([entry("a")])
        monkeypatch.setattr(generations, "PATIENCE", 0.1)
        with open(directory / "write.lock", "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with pytest.raises(EngineUnavailable, match="busy"):
                engine.upsert([entry("b")])
            assert total(engine) == 1
        engine.upsert([entry("b")])
        assert total(engine) == 2

    def test_needs_an_index(self, engine) -> None:
        with pytest.raises(EngineUnavailable):
            engine.upsert([entry("a")])

    def test_of_nothing_does_nothing(self, engine) -> None:
        engine.upsert([])
        engine.delete([])

    def test_is_found_by_the_next_search_of_any_process(self, engine, directory) -> None:
        engine.rebuild([entry("old", "same words")])
        another = EmbeddedEngine(directory)
        assert total(another, "banana") == 0
        engine.upsert([entry("new", "banana")])
        assert total(engine, "banana") == total(another, "banana") == 1


class TestRebuild:
    def test_is_served_only_once_it_is_done(self, engine, directory) -> None:
        engine.rebuild([entry("old")])
        seen: list[list[str]] = []

        def entries() -> Iterator[SearchEntry]:
            seen.append(keys(engine.search(ask())))
            yield entry("new")
            seen.append(keys(EmbeddedEngine(directory).search(ask())))

        engine.rebuild(entries())
        assert seen == [["old"], ["old"]]
        assert keys(engine.search(ask())) == ["new"]

    def test_keeps_what_was_changed_meanwhile(self, engine, directory) -> None:
        engine.rebuild([entry("changed", "apple"), entry("removed"), entry("kept")])
        other = EmbeddedEngine(directory)

        def entries() -> Iterator[SearchEntry]:
            yield from (entry("changed", "apple"), entry("removed"), entry("kept"))
            other.upsert(
                [
                    entry("changed", "banana", labels={"ru": ("банан",)}, region=["ke"]),
                    entry("added", "cherry"),
                ]
            )
            other.delete(["removed"])

        engine.rebuild(entries())
        assert set(engine.fingerprints()) == {"changed", "kept", "added"}
        assert total(engine, "банан") == total(engine, "banana") == 1
        assert total(engine, "apple") == 0
        assert engine.search(ask()).counts["region"] == {"ke": 1}

    def test_runs_only_once_at_a_time(self, engine, directory) -> None:
        engine.rebuild([entry("old")])

        def entries() -> Iterator[SearchEntry]:
            with pytest.raises(RebuildRunning):
                EmbeddedEngine(directory).rebuild([entry("other")])
            yield entry("new")

        engine.rebuild(entries())
        assert keys(engine.search(ask())) == ["new"]

    def test_that_fails_leaves_the_old_index(self, engine, directory) -> None:
        engine.rebuild([entry("old")])

        def entries() -> Iterator[SearchEntry]:
            yield entry("new")
            raise RuntimeError("the database went away")

        with pytest.raises(RuntimeError):
            engine.rebuild(entries())
        assert keys(engine.search(ask())) == ["old"]
        assert len(folders(directory)) == 1
        assert engine.rebuild([entry("newer")]) == 1

    def test_that_was_killed_is_swept_away_by_the_next(self, engine, directory) -> None:
        engine.rebuild([entry("old")])
        code = (
            "import os, sys, django; from pathlib import Path; django.setup();"
            "from search.engines.embedded import EmbeddedEngine;"
            "from tests.search.engines.engine_contract import entry;"
            "EmbeddedEngine(Path(sys.argv[1])).rebuild("
            "entry(str(n)) if n < 100 else os._exit(9) for n in range(200))"
        )
        killed = subprocess.run([sys.executable, "-c", code, str(directory)], check=False)
        assert killed.returncode == 9
        assert len(folders(directory)) == 2
        assert keys(engine.search(ask())) == ["old"]
        assert engine.rebuild([entry("new")]) == 1
        assert len(folders(directory)) == 1

    def test_goes_on_under_searches(self, engine) -> None:
        engine.rebuild([entry(f"e{n}", "same") for n in range(20)])
        stop = threading.Event()
        wrong: list[object] = []

        def read() -> None:
            while not stop.is_set():
                try:
                    found = engine.search(ask("same"))
                    if found.total != 20 or len(found.hits) != 20:
                        wrong.append(found.total)
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            engine.rebuild([entry(f"e{n}", "same") for n in range(20)])
        stop.set()
        for thread in threads:
            thread.join()
        assert wrong == []

    def test_says_that_it_is_under_way_where_nothing_is_served(self, engine) -> None:
        states = []

        def entries() -> Iterator[SearchEntry]:
            states.append(engine.health().status)
            yield entry("a")

        assert engine.health().status == "down"
        engine.rebuild(entries())
        assert states == ["rebuilding"]
        assert engine.health().status == "ok"


class TestDamage:
    @pytest.fixture
    def index(self, engine: EmbeddedEngine, directory: Path) -> Path:
        engine.rebuild([entry("a", "apple")])
        (name,) = folders(directory)
        return directory / name

    @pytest.mark.parametrize("name", ["meta.json", "*.store", "*.idx", "*.term", "*.fast"])
    @pytest.mark.parametrize("harm", ["removed", "emptied", "overwritten"])
    def test_is_told(self, index, directory, name, harm) -> None:
        (path,) = index.glob(name)
        if harm == "removed":
            path.unlink()
        else:
            path.write_bytes(b"" if harm == "emptied" else b"\xff" * path.stat().st_size)
        engine = EmbeddedEngine(directory)
        with pytest.raises(EngineUnavailable):
            # One search need not read every file
            [engine.search(request) for request in (ask("apple"), ask(), ask("apple", region="x"))]
        assert engine.rebuild([entry("b", "apple")]) == 1
        assert keys(engine.search(ask("apple"))) == ["b"]

    def test_is_bad_for_the_health(self, engine, index, directory) -> None:
        assert engine.health().status == "ok"
        (path,) = index.glob("*.store")
        path.write_bytes(b"\xff" * path.stat().st_size)
        health = EmbeddedEngine(directory).health()
        assert health.status == "down"
        assert health.detail

    def test_of_the_folder_is_told(self, engine, index) -> None:
        assert total(engine) == 1
        index.rename(index.with_name("elsewhere"))
        with pytest.raises(EngineUnavailable):
            engine.search(ask())
        assert engine.health().status == "down"

    def test_of_the_pointer_is_told(self, engine, index, directory) -> None:
        (pointer,) = directory.glob("current-*")
        pointer.write_bytes(b"\xff\xfe nonsense")
        with pytest.raises(EngineUnavailable):
            engine.search(ask())
        assert engine.rebuild([entry("b")]) == 1
        assert total(engine) == 1

    def test_an_index_of_another_schema_counts_as_missing(
        self, engine, index, directory, monkeypatch
    ) -> None:
        monkeypatch.setattr("search.engines.embedded.schema.SCHEMA_VERSION", "99.1")
        newer = EmbeddedEngine(directory)
        assert newer.health().status == "down"
        newer.rebuild([entry("b")])
        assert keys(newer.search(ask())) == ["b"]


def segments_of(engine: EmbeddedEngine) -> int:
    number: int = engine.generations.snapshot().searcher.num_segments
    return number


class TestSegments:
    """tantivy merges eight segments of a size by itself, which costs seconds of CPU on a large
    index: never in a save, always after a rebuild."""

    def test_are_not_merged_by_changes(self, engine) -> None:
        engine.rebuild([entry("a", "apple")])
        for number in range(20):
            engine.upsert([entry(f"b{number}", "banana")])
        assert segments_of(engine) == 21
        assert total(engine, "banana") == 20

    def test_are_not_merged_by_one_change_in_many_of_them(self, engine) -> None:
        engine.rebuild([])
        for number in range(20):
            engine.upsert([entry(f"a{number}", "apple"), entry(f"b{number}", "banana")])
        engine.upsert([entry(f"a{number}", "cherry") for number in range(20)])
        assert segments_of(engine) == 21
        assert (total(engine, "apple"), total(engine, "banana"), total(engine)) == (0, 20, 40)

    def test_are_all_reached_by_one_change(self, engine) -> None:
        engine.rebuild([])
        for number in range(20):
            engine.upsert([entry(f"b{number}", "banana")])
        engine.upsert([entry(f"b{number}", "cherry") for number in range(0, 20, 2)])
        engine.delete([f"b{number}" for number in range(1, 15, 2)])
        assert (total(engine, "banana"), total(engine, "cherry"), total(engine)) == (3, 10, 13)
        assert len(engine.fingerprints()) == 13

    @pytest.mark.parametrize("number", [0, 1, 7, 8, 9, 40])
    def test_are_one_after_a_rebuild_of_many_parts(self, engine, monkeypatch, number) -> None:
        monkeypatch.setattr(segments, "_OF_ONE_SIZE", 10)
        monkeypatch.setattr(segments, "_ONE_SEGMENT", 0)
        collection = [entry(f"e{n}", "old") for n in range(number)]
        repeated = [entry(e.key, "new") for e in collection[:1]]
        assert engine.rebuild([*collection, *repeated]) == number
        assert segments_of(engine) <= (1 if number < 2 else 2)  # the repeated entry has its own
        assert (total(engine), total(engine, "new")) == (number, min(number, 1))

    def test_are_tidied_in_a_copy_while_changes_go_on(self, engine, directory, monkeypatch) -> None:
        monkeypatch.setattr(segments, "_MANY_SEGMENTS", 10)
        engine.rebuild([entry("a", "apple"), entry("gone")])
        assert not engine.tidy()
        for number in range(12):
            engine.upsert([entry(f"b{number}", "banana")])
        engine.delete(["gone"])
        merge = segments.merge

        def merge_slowly(folder: Path) -> None:
            merge(folder)
            other = EmbeddedEngine(directory)
            other.upsert([entry("late", "octopus")])
            other.delete(["b0"])

        monkeypatch.setattr(segments, "merge", merge_slowly)
        assert engine.tidy()
        assert segments_of(engine) == 2  # merged, and what was written meanwhile
        assert (total(engine, "banana"), total(engine, "octopus"), total(engine)) == (11, 1, 13)
        assert engine.search(ask("octapus")).suggestion == "octopus"
        assert len(folders(directory)) == 1
        merged = {path.name[:32] for path in engine.generations.snapshot().folder.glob("*.store")}
        assert len(merged) == 2

    def test_stay_as_they_were_where_a_change_dies(self, engine, monkeypatch) -> None:
        engine.rebuild([entry("a", "apple"), entry("b", "banana")])
        with monkeypatch.context() as patched:
            patched.setattr(segments.os, "replace", os.link)  # fails: that name is taken
            with pytest.raises(EngineUnavailable):
                engine.upsert([entry("a", "cherry")])
        assert (total(engine, "apple"), total(engine, "cherry")) == (1, 0)
        engine.upsert([entry("a", "cherry")])
        assert (total(engine, "apple"), total(engine, "cherry"), total(engine)) == (0, 1, 2)

    def test_and_without_links_are_copied(self, engine, monkeypatch) -> None:
        def no_links(*_: object) -> None:
            raise OSError("not supported")

        monkeypatch.setattr(segments.os, "link", no_links)
        engine.rebuild([entry("a", "apple")])
        engine.upsert([entry("a", "cherry"), entry("b")])
        assert (total(engine, "apple"), total(engine, "cherry"), total(engine)) == (0, 1, 2)


class TestKnownWords:
    def test_are_read_from_the_index_where_their_list_is_lost(self, engine) -> None:
        engine.rebuild([entry("a", "octopus")])
        (engine.generations.snapshot().folder / "words.txt").unlink()
        assert engine.search(ask("octapus")).suggestion == "octopus"

    def test_are_not_read_from_the_index_otherwise(self, engine, monkeypatch) -> None:
        """Reading through a dictionary takes most of a second on a large index."""
        engine.rebuild([entry("a", "octopus")])
        engine.upsert([entry("b", "lobster")])
        monkeypatch.delattr("search.engines.embedded.wordlist._frequent")
        assert engine.search(ask("octapus")).suggestion == "octopus"
        assert engine.search(ask("lobstar")).suggestion == "lobster"


def test_the_pointer_is_replaced_in_one_step(engine: EmbeddedEngine, directory: Path) -> None:
    engine.rebuild([entry("a")])
    (pointer,) = directory.glob("current-*")
    before = os.stat(pointer).st_ino
    engine.rebuild([entry("b")])
    assert os.stat(pointer).st_ino != before
