"""What `make bench ARGS=--short` calls dearer."""

from __future__ import annotations

import json

from tests.benchmarks.__main__ import RECORDED, compare


class TestComparing:
    def test_fails_above_twice_the_recorded_ratio(self, capsys) -> None:
        assert compare({"a": 1.9, "b": 3.0}, {"a": 1.0, "b": 2.0}) == 0
        assert compare({"a": 2.1, "b": 3.0}, {"a": 1.0, "b": 2.0}) == 1
        assert "DEARER  a: 2.10, recorded 1.00" in capsys.readouterr().out

    def test_lets_what_is_new_or_next_to_nothing_pass(self) -> None:
        assert compare({"new": 9.0, "tiny": 0.5}, {"tiny": 0.01}) == 0

    def test_has_ratios_of_all_that_is_claimed(self) -> None:
        """A bench that records nothing would never fail."""
        recorded = json.loads(RECORDED.read_text("utf-8"))
        for part in ("/ bound", "a save", "an unknown word", "rebuilding", "page: ", "load: "):
            assert any(part in name for name in recorded), part
