"""Wagtail's search in its admin, asked nothing that the database takes for an order.

Its backend for SQLite writes the words into a question of quoted words: a ``"`` among them ended
the page explorer and every chooser in a 500, and so did words of nothing but white space.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wagtail.search.backends import database


def SearchBackend(params: dict[str, Any]) -> Any:  # the name that Wagtail looks for
    """Wagtail's own backend for the database in use, whose words are made plain first."""
    backend = database.SearchBackend(params)
    backend.search = _of_plain_words(backend.search)
    backend.autocomplete = _of_plain_words(backend.autocomplete)
    return backend


def _of_plain_words(ask: Callable[..., Any]) -> Callable[..., Any]:
    def asked(query: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(query, str):
            query = " ".join(query.replace('"', " ").replace("\x00", " ").split())
        return ask(query, *args, **kwargs)

    return asked
