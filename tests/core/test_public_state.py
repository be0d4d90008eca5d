"""The state of the site after commits; the tests have transactions of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.core.test_page_cache import undone
from toolkit.core import public_state
from toolkit.core.models import SiteChange

pytestmark = pytest.mark.django_db(transaction=True)


class TestAfterACommit:
    def test_the_process_of_the_change_knows_at_once(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(public_state, "LOOKS_EVERY", 60)
        before = public_state.public_state()
        undone(public_state.public_content_changed)
        assert public_state.public_state() == before
        with transaction.atomic():
            undone(public_state.public_content_changed)
            public_state.public_content_changed()  # what was noted first is gone
        after = public_state.public_state()
        assert before != after

    def test_old_rows_go_and_the_state_is_never_one_that_was(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(public_state, "LOOKS_EVERY", 0)
        monkeypatch.setattr(public_state, "_PRUNED_EVERY", 5)
        monkeypatch.setattr(public_state, "_PRUNED_AFTER", public_state.datetime.timedelta(0))
        states = []
        for _ in range(23):
            public_state.public_content_changed()
            states.append(public_state.public_state())
        assert SiteChange.objects.count() < 10
        assert len({state.text for state in states if state}) == 23
