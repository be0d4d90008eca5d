"""What administrators are told of the server on their first page."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from laces.components import Component
from wagtail import hooks

from toolkit.operation.backup_records import BackupRecord, last_backup
from toolkit.operation.writing import Cause, hindrance

#: A nightly backup that is older has been missed twice.
OLD = datetime.timedelta(hours=50)


class ServerState(Component):
    """When the last backup was made, and what keeps the site from writing, if anything does."""

    order = 10  # above the index's own
    template_name = "operation/admin/server-state.html"

    def __init__(self, cause: Cause | None, backup: BackupRecord | None) -> None:
        self._cause = cause
        self._backup = backup

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        old = self._backup is None or timezone.now() - self._backup.at > OLD
        return {"cause": self._cause, "backup": self._backup, "is_old": old}


@hooks.register("construct_homepage_panels")
def tell_of_the_server(request: HttpRequest, panels: list[Any]) -> None:
    """Tell those who can do something about it."""
    if request.user.is_superuser:  # type: ignore[union-attr]
        panels.append(ServerState(hindrance(), last_backup()))
