"""What the parts of a page need to know of lists."""

from __future__ import annotations

from django import template

from toolkit.lists.kept import MOST, REMEMBERED_FOR

register = template.Library()


@register.simple_tag
def list_bounds() -> dict[str, int]:
    """How many entries a list holds, and for how many seconds a device remembers it."""
    return {"most": MOST, "age": REMEMBERED_FOR}
