"""What a monitor asks: is the process alive, and can it do its work?"""

from __future__ import annotations

import re
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from search.answers import current_engine

# A monitor is told which address does not answer, not the password to it.
_CREDENTIALS = re.compile(r"//[^/@\s]*@")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, search engine and storage: 200 while readers are served ("ok" or
    "degraded"), 503 where one of them is down."""
    health = current_engine().health()
    parts: dict[str, dict[str, object]] = {
        "database": _database(),
        "search": {
            "status": health.status,
            "engine": health.engine,
            "entries": health.entries,
            "detail": _CREDENTIALS.sub("//", health.detail),
        },
        "storage": _storage(),
    }
    states = {part["status"] for part in parts.values()}
    status = "down" if "down" in states else "ok" if states == {"ok"} else "degraded"
    return JsonResponse({"status": status, **parts}, status=503 if status == "down" else 200)


def _database() -> dict[str, object]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"status": "down", "detail": "the database does not answer"}
    return {"status": "ok", "vendor": connection.vendor}


def _storage() -> dict[str, object]:
    try:
        name = default_storage.save(f"health-{uuid.uuid4().hex}", ContentFile(b"ok"))
        default_storage.delete(name)
    except OSError:
        return {"status": "down", "detail": "files cannot be written"}
    return {"status": "ok"}
