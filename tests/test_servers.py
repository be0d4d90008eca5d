"""A missing server skips on a laptop, with the way to start it, and fails under CI."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.servers import (
    require_chromium,
    require_elasticsearch,
    require_postgresql,
    require_soffice,
)

CLOSED = "127.0.0.1:9"

MISSING = [
    pytest.param(require_elasticsearch, "docker compose up -d elasticsearch", id="elasticsearch"),
    pytest.param(require_postgresql, "postgresql start", id="postgresql"),
    pytest.param(require_chromium, "install chromium", id="chromium"),
    pytest.param(require_soffice, "install libreoffice", id="soffice"),
]


@pytest.fixture
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELASTICSEARCH_URL", f"http://{CLOSED}")
    monkeypatch.setenv("POSTGRES_URL", f"postgres://user:secret@{CLOSED}/name")
    monkeypatch.setenv("PATH", "")
    for name in ("CHROMIUM", "SOFFICE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("nothing_there")
@pytest.mark.parametrize(("require", "how"), MISSING)
class TestAServerThatIsMissing:
    def test_skips_and_says_how_to_start_it(
        self, require: Callable[[], str], how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("CI", raising=False)
        with pytest.raises(pytest.skip.Exception, match=how):
            require()

    def test_fails_under_ci(
        self, require: Callable[[], str], how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CI", "true")
        with pytest.raises(pytest.fail.Exception, match=how) as failure:
            require()
        assert "secret" not in str(failure.value)
