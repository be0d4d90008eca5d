"""What a list holds, whoever wrote it."""

from __future__ import annotations

import uuid

import pytest

from tests.hostile_texts import TEXTS
from toolkit.core.short_keys import is_short_key, keys_between, short_key
from toolkit.lists.kept import MOST, Kept

pytestmark = pytest.mark.standalone

A, B, C = "AAAAAAAA", "BBBB-BBB", "CCCC_CCC"


class TestAList:
    def test_is_read_as_it_is_written(self) -> None:
        kept = Kept.read(f"{A}.{B}.{C}")
        assert kept.codes == (A, B, C)
        assert str(kept) == f"{A}.{B}.{C}"
        assert (kept.unread, kept.left_out) == (0, False)

    def test_takes_nothing_else_from_a_text_of_whatever_kind(self) -> None:
        for text in (*TEXTS.values(), "", ".", "....", f"{A}x", A[:-1], f"{A}\n", "٠١٢٣٤٥٦٧"):
            kept = Kept.read(text)
            assert not kept.codes, text
            assert all(is_short_key(code) for code in Kept.read(f"{text}.{B}.").codes)

    def test_holds_each_once_and_sixty_at_most_and_says_what_it_lacks(self) -> None:
        codes = [f"{number:08}" for number in range(MOST + 1)]
        assert Kept.read(".".join([A, B, A, "<b>"])) == Kept((A, B), unread=1)
        kept = Kept.read(".".join(codes))
        assert kept.codes == tuple(codes[:MOST])
        assert kept.left_out
        full = Kept.read(".".join(codes[:MOST]))
        assert not full.left_out
        assert not full.and_these(codes[:1]).left_out
        assert full.and_these([A]) == Kept(full.codes, left_out=True)

    def test_keeps_its_order_and_can_be_put_into_another(self) -> None:
        kept = Kept((A, B, C))
        assert kept.with_moved(C, -1).codes == (A, C, B)
        assert kept.with_moved(A, 1).codes == (B, A, C)
        for same in (kept.with_moved(A, -1), kept.with_moved(C, 1), kept.with_moved("x", 1)):
            assert same.codes == kept.codes
        assert kept.without([B, "x"]).codes == (A, C)
        assert Kept((B,)).and_these([C, B, A]).codes == (B, C, A)


class TestAShortKey:
    def test_stands_between_the_keys_that_it_may_mean(self) -> None:
        for _ in range(200):
            key = uuid.uuid4()
            first, last = keys_between(short_key(key))
            assert first <= key <= last
            assert short_key(first) == short_key(last) == short_key(key)

    def test_is_eight_letters_that_need_no_quoting(self) -> None:
        for wrong in ("", "AAAAAAA", "AAAAAAAAA", "AAAA+AAA", "AAAA=AAA", "ÄAAAAAAA", "AAAAAAA\n"):
            assert not is_short_key(wrong)
            with pytest.raises(ValueError, match="not a short key"):
                keys_between(wrong)
