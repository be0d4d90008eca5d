"""Whether the deliberate faults still fit the project: ``make mutations`` runs them, this reads."""

from __future__ import annotations

from tests.mutations import ROOT, Mutation, mutations
from tests.rules import for_each


class TestMutations:
    @for_each(mutations(), named=lambda fault: fault.name)
    def test_have_their_place_and_their_tests(self, fault: Mutation) -> None:
        text = (ROOT / fault.file).read_text(encoding="utf-8")
        assert text.count(fault.old) == 1, f"its place stands {text.count(fault.old)} times"
        assert fault.old != fault.new
        for test in fault.tests.split():
            assert (ROOT / test.split("::")[0]).exists(), test

    def test_have_names_of_their_own(self) -> None:
        assert len({fault.name for fault in mutations()}) == len(mutations())
