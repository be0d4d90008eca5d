"""What is done for the indexes besides telling them of changes, and by whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.catalogue import tidying
from search.engines.base import EngineUnavailable
from search.engines.embedded import EmbeddedEngine, segments
from tests.search.engines.engine_contract import ask, entry

pytestmark = pytest.mark.standalone


class TestTidying:
    def test_merges_what_many_saves_left(self, tmp_path: Path, monkeypatch) -> None:
        """No save merges, so somebody has to: else every search asks more and more segments."""
        engine = EmbeddedEngine(tmp_path / "index")
        monkeypatch.setattr(tidying, "engines", lambda: (engine,))
        monkeypatch.setattr(segments, "_MANY_SEGMENTS", 8)
        engine.rebuild([entry("a")])
        for number in range(9):
            engine.upsert([entry(f"b{number}")])
        tidying.tidy_indexes()
        assert engine.generations.snapshot().searcher.num_segments == 1
        assert engine.search(ask()).total == 10

    def test_leaves_a_damaged_index_to_the_repair(self, tmp_path: Path, monkeypatch) -> None:
        """Merged, what is damaged would get a checksum that says it is sound."""
        engine = EmbeddedEngine(tmp_path / "index")
        monkeypatch.setattr(tidying, "engines", lambda: (engine,))
        monkeypatch.setattr(segments, "_MANY_SEGMENTS", 0)
        engine.rebuild([entry("a")])
        folder = engine.generations.snapshot().folder
        (stored,) = folder.glob("*.store")
        content = bytearray(stored.read_bytes())
        content[10] ^= 1
        stored.write_bytes(content)
        tidying.tidy_indexes()
        assert engine.generations.snapshot().folder == folder
        with pytest.raises(EngineUnavailable, match="damaged"):
            engine.tidy()

    def test_is_left_to_the_worker_for_a_while(self, tmp_path: Path, monkeypatch) -> None:
        """A site without a worker must not end with an index in a thousand pieces."""
        engine = EmbeddedEngine(tmp_path / "index")
        monkeypatch.setattr(tidying, "engines", lambda: (engine,))
        monkeypatch.setattr(tidying, "_untidy_since", None)
        monkeypatch.setattr(segments, "_MANY_SEGMENTS", 1)
        tidying.tidy_in_passing()  # without an index there is nothing to do
        engine.rebuild([entry("a")])
        engine.upsert([entry("b")])
        searcher = engine.generations.snapshot().searcher
        for _ in range(2):
            tidying.tidy_in_passing()
            assert engine.generations.snapshot().searcher is searcher
        monkeypatch.setattr(tidying, "LEFT_TO_THE_WORKER", 0.0)
        tidying.tidy_in_passing()
        assert engine.generations.snapshot().searcher is not searcher
