"""What a monitor asks: is the process alive, and can it do its work?

Both addresses are answered before everything else: a monitor on the machine itself knows neither
the site's name nor https. Asking writes nothing, and an answer comes within ``AT_MOST`` seconds
whatever hangs.
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import logging
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from wagtail.models import Page, Revision

from search.answers import readiness
from search.catalogue.repairing import rebuild_elsewhere
from toolkit.alerts import telling
from toolkit.operation import presence
from toolkit.operation.backup_records import last_backup
from toolkit.operation.writing import cause_of, hindrance

log = logging.getLogger(__name__)

Part = dict[str, Any]

#: Seconds for the whole answer; monitors commonly give up after two to five.
AT_MOST = 1.8
#: Rows read of each table: a database that is damaged mostly shows it in the newest.
ROWS = 20

# A monitor is told which address does not answer, not the password to it.
_CREDENTIALS = re.compile(r"//[^/@\s]*@")
_SIGNS_OF_A_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


class HealthMiddleware:
    """Answers ``/healthz`` and ``/readyz``; stands first, before hosts and https are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = {"/healthz": healthz, "/readyz": readyz}.get(request.path_info)
        if answer is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = answer(request)
        add_never_cache_headers(response)
        # Django would log every 503 as an error, and mail it: a monitor asks every few seconds.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """What works and what does not: 200 while readers are served ("ok" or "degraded"),
    503 where they are not ("down"). What stands behind a word is told to the machine itself and
    its network; from outside there are the words alone."""
    parts = _asked(
        {
            "database": _database,
            "search": _search,
            "storage": _storage,
            "worker": _worker,
            "backup": _backup,
            "mail": _mail,
        }
    )
    states = {part["status"] for part in parts.values()}
    status = "down" if "down" in states else "ok" if states <= {"ok", "none"} else "degraded"
    if not _asked_from_here(request):
        parts = {name: {"status": part["status"]} for name, part in parts.items()}
    return JsonResponse({"status": status, **parts}, status=503 if status == "down" else 200)


def _asked_from_here(request: HttpRequest) -> bool:
    if any(request.META.get(sign) for sign in _SIGNS_OF_A_PROXY):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    except ValueError:
        return False
    return address.is_private or address.is_loopback


# --- asking, with an end ------------------------------------------------------------------

_waiting: dict[str, tuple[float, threading.Thread]] = {}
_starting = threading.Lock()


def _asked(questions: dict[str, Callable[[], Part]]) -> dict[str, Part]:
    """The answers to all questions, asked side by side. Whoever has not answered in time is down,
    and is not asked again before that first question has ended."""
    answers: dict[str, Part] = {}
    end = time.monotonic() + AT_MOST

    def ask(name: str, question: Callable[[], Part]) -> None:
        try:
            answers[name] = question()
        except Exception as error:
            cause = cause_of(error)
            log.warning("%s is not ready: %s", name, error)
            answers[name] = _down(str(cause or f"{type(error).__name__}: {error}"))
        finally:
            with contextlib.suppress(DatabaseError):
                connection.close()  # this thread's own

    with _starting:
        for name, question in questions.items():
            if name in _waiting and _waiting[name][1].is_alive():
                continue
            thread = threading.Thread(
                target=ask, args=(name, question), name=f"readyz {name}", daemon=True
            )
            _waiting[name] = (time.monotonic(), thread)
            thread.start()
        asked = dict(_waiting)
    for name in questions:
        since, thread = asked[name]
        thread.join(max(end - time.monotonic(), 0))
        if name not in answers:
            waited = time.monotonic() - since
            answers[name] = _down(f"no answer for {waited:.1f} seconds")
    return {name: answers[name] for name in questions}


def _down(detail: str) -> Part:
    return {"status": "down", "detail": _CREDENTIALS.sub("//", detail)}


# --- the questions ------------------------------------------------------------------------


def _database() -> Part:
    """Reads real rows, so that a damaged or half-restored file shows itself."""
    for rows in (Page.objects.order_by("path"), Revision.objects.order_by("-pk")):
        list(rows[:ROWS])
    answer: Part = {"status": "ok", "vendor": connection.vendor}
    wrong = _out_of_step()
    if wrong:
        answer |= {"status": "degraded", "detail": wrong}
    return answer


def _out_of_step() -> str:
    """What is wrong between this release and the state of the database, "" where nothing is."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    missing = _newest_migrations() - applied
    if missing:
        names = ", ".join(sorted(".".join(name) for name in missing)[:3])
        return f"the database is older than this release ({names}): run `manage.py set_up`"
    return ""


@functools.cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _search() -> Part:
    """The engine's health and what it does not know of yet. A lost index is rebuilt from here:
    behind a load balancer nobody might ever search a machine that is not ready."""
    health, behind = readiness()
    answer: Part = {
        "status": health.status,
        "engine": health.engine,
        "entries": health.entries,
        "detail": _CREDENTIALS.sub("//", health.detail),
    }
    if health.status == "down" and rebuild_elsewhere():
        answer["detail"] = f"{answer['detail']} A rebuild was started.".strip()
    if behind.pending:
        answer |= {"pending": behind.pending, "pending_since": behind.since}
    for what, why in (("refused", behind.refused), ("failed", behind.failed)):
        if why:
            answer[what] = {engine: _CREDENTIALS.sub("//", text) for engine, text in why.items()}
    if behind.cause:
        answer["cause"] = behind.cause
    if behind.status == "degraded" and health.status == "ok":
        answer["status"] = "degraded"
    return answer


def _storage() -> Part:
    """Whether files can be read, and written: looked up, not tried."""
    if not isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]
        default_storage.exists("health")
        return {"status": "ok"}
    folder = Path(settings.MEDIA_ROOT)
    if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
        return _down(f"permission denied: {folder} cannot be read")
    room = os.statvfs(settings.DATA_DIR)
    answer: Part = {"status": "ok", "free_megabytes": room.f_bavail * room.f_frsize // 1_000_000}
    cause = hindrance()
    if cause:
        answer |= {"status": "degraded", "detail": str(cause)}
    return answer


def _worker() -> Part:
    """Whether a worker runs here: told, no reason to send readers away."""
    if presence.worker_runs():
        return {"status": "ok"}
    return {"status": "none", "detail": "no worker is running here: `manage.py worker`"}


def _backup() -> Part:
    """When the last backup was made: told, never a reason to send readers away."""
    record = last_backup()
    if record is None:
        return {"status": "none", "detail": "no backup has been made: `manage.py backup FILE`"}
    hours = (timezone.now() - record.at).total_seconds() / 3600
    return {"status": "ok", "at": record.at, "hours_ago": round(hours, 1), "file": record.file}


def _mail() -> Part:
    """Whether mails to readers go out: told, never a reason to send readers away."""
    try:
        return telling.state()
    except DatabaseError as error:  # its tables come with `set_up`
        return {"status": "degraded", "detail": _CREDENTIALS.sub("//", str(error))}
