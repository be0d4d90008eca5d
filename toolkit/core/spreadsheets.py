"""Tables that leave the site."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: a text that begins like one is given an
    apostrophe, as they write it themselves (OWASP, CSV injection)."""
    if isinstance(value, str) and value.lstrip(" \u00a0\u200b\ufeff").startswith(_FORMULA):
        return f"'{value}"
    return value
