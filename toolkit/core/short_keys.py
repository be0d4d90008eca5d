"""Works' keys in eight characters, for names that people and programs copy by hand.

A key is a UUID; its first six bytes in base64url tell works apart: of 100,000 two share them with a
probability of 1 in 50,000.
"""

from __future__ import annotations

import base64
from uuid import UUID

_BYTES = 6


def short_key(key: UUID | str) -> str:
    """The short form of a work's key."""
    full = key if isinstance(key, UUID) else UUID(key)
    return base64.urlsafe_b64encode(full.bytes[:_BYTES]).decode()
