"""What administrators are told of the search index on their first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from laces.components import Component
from wagtail import hooks

from search.catalogue.readiness import Behind, behind


class IndexWarning(Component):
    """That changes wait, or that the index cannot be built, and why."""

    order = 20  # above the figures, below nothing
    template_name = "search/admin/index-warning.html"

    def __init__(self, found: Behind) -> None:
        self._found = found

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"behind": self._found}


@hooks.register("construct_homepage_panels")
def warn_of_the_index(request: HttpRequest, panels: list[Any]) -> None:
    """Tell those who can do something about it."""
    if request.user.is_superuser:  # type: ignore[union-attr]
        found = behind()
        if found.status != "ok":
            panels.append(IndexWarning(found))
