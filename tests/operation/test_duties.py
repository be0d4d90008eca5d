"""What the worker does for the indexes besides telling them of changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.engines.base import EngineUnavailable
from search.engines.embedded import EmbeddedEngine, segments
from tests.search.engines.engine_contract import ask, entry
from toolkit.operation import duties

pytestmark = pytest.mark.standalone


class TestTidying:
    def test_merges_what_many_saves_left(self, tmp_path: Path, monkeypatch) -> None:
        """No save merges, so somebody has to: else every search asks more and more segments."""
        engine = EmbeddedEngine(tmp_path / "index")
        monkeypatch.setattr(duties, "engines", lambda: (engine,))
        monkeypatch.setattr(segments, "_MANY_SEGMENTS", 8)
        engine.rebuild([entry("a")])
        for number in range(9):
            engine.upsert([entry(f"b{number}")])
        duties.tidy_indexes()
        assert engine.generations.snapshot().searcher.num_segments == 1
        assert engine.search(ask()).total == 10

    def test_leaves_a_damaged_index_to_the_repair(self, tmp_path: Path, monkeypatch) -> None:
        """Merged, what is damaged would get a checksum that says it is sound."""
        engine = EmbeddedEngine(tmp_path / "index")
        monkeypatch.setattr(duties, "engines", lambda: (engine,))
        monkeypatch.setattr(segments, "_MANY_SEGMENTS", 0)
        engine.rebuild([entry("a")])
        folder = engine.generations.snapshot().folder
        (stored,) = folder.glob("*.store")
        content = bytearray(stored.read_bytes())
        content[10] ^= 1
        stored.write_bytes(content)
        duties.tidy_indexes()
        assert engine.generations.snapshot().folder == folder
        with pytest.raises(EngineUnavailable, match="damaged"):
            engine.tidy()
