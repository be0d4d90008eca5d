"""Works' keys in eight characters, for names that people and programs copy by hand.

A key is a UUID; its first six bytes in base64url tell works apart: of 100,000 two share them with a
probability of 1 in 50,000.
"""

from __future__ import annotations

import base64
import re
from uuid import UUID

_BYTES = 6
_REST = 16 - _BYTES
_SHORT = re.compile(r"[A-Za-z0-9_-]{8}")


def short_key(key: UUID | str) -> str:
    """The short form of a work's key."""
    full = key if isinstance(key, UUID) else UUID(key)
    return base64.urlsafe_b64encode(full.bytes[:_BYTES]).decode()


def is_short_key(text: str) -> bool:
    """Whether a text, whoever wrote it, is the short form of some key."""
    return _SHORT.fullmatch(text) is not None


def keys_between(short: str) -> tuple[UUID, UUID]:
    """The first and the last key that a short form may stand for. Raises ``ValueError`` for what
    is none."""
    if not is_short_key(short):
        raise ValueError(f"not a short key: {short!r}")
    begins = base64.urlsafe_b64decode(short)
    return UUID(bytes=begins + b"\x00" * _REST), UUID(bytes=begins + b"\xff" * _REST)
