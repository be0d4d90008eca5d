"""The site's own WSGI application; every answer also names the process that gave it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from toolkit.wsgi import application as site


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("X-Worker", str(os.getpid()))], *more)

    return site(environ, start)
