"""The embedded engine: tantivy in a folder, no server. The default."""

from __future__ import annotations

from search.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
