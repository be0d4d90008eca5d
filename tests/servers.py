"""The real servers and programs that tests need: where they are, or why a test cannot run.

Each ``require_…`` returns an address or a path. What is missing skips the test with a reason
that says how to start it; under CI it fails the test, because a suite that skips its real
parts proves nothing.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import threading
import urllib.error
import urllib.request
from typing import NoReturn
from urllib.parse import urlsplit

import pytest

ELASTICSEARCH_URL = "http://127.0.0.1:9200"


def require_elasticsearch() -> str:
    """The address of an Elasticsearch that answers (``ELASTICSEARCH_URL``)."""
    url = os.environ.get("ELASTICSEARCH_URL") or ELASTICSEARCH_URL
    if not _answers_http(url):
        missing(
            f"no Elasticsearch answers at {url}: start one with "
            "`docker compose up -d elasticsearch`, or set ELASTICSEARCH_URL"
        )
    return url


def require_postgresql() -> str:
    """The address of a PostgreSQL that listens (``POSTGRES_URL``, else ``DATABASE_URL``)."""
    url = next(
        (
            value
            for name in ("POSTGRES_URL", "DATABASE_URL")
            if (value := os.environ.get(name, "")).startswith(("postgres:", "postgresql:"))
        ),
        "",
    )
    how = (
        "start one with `docker compose up -d postgres` or `service postgresql start`, and set "
        "POSTGRES_URL=postgres://user:password@127.0.0.1:5432/name"
    )
    if not url:
        missing(f"POSTGRES_URL is not set: {how}")
    if not _listens(urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 5432):
        missing(f"no PostgreSQL listens where POSTGRES_URL points: {how}")
    return url


def require_chromium() -> str:
    """The path of a Chromium to drive (``CHROMIUM``, else the first on the path). The one that is
    built to run without a screen takes a fifth of the time: it draws nothing that nobody looks at.
    """
    return _program(
        "CHROMIUM",
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        "install it with `apt-get install chromium-headless-shell`, or set CHROMIUM to its path",
    )


def require_soffice() -> str:
    """The path of LibreOffice (``SOFFICE``, else the first on the path)."""
    return _program(
        "SOFFICE",
        ("soffice", "libreoffice"),
        "install it with `apt-get install libreoffice-writer`, or set SOFFICE to its path",
    )


def require_program(name: str, how: str) -> str:
    """The path of a program that has no name of its own in the environment."""
    return _program(name.upper(), (name,), f"install it with `{how}`")


def _program(variable: str, names: tuple[str, ...], how: str) -> str:
    found = (shutil.which(name) for name in (os.environ.get(variable, ""), *names) if name)
    path = next(filter(None, found), None)
    if path is None:
        missing(f"{names[0]} is not installed: {how}")
    return path


def missing(reason: str) -> NoReturn:
    """Skip the test that needs what is missing; under CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@functools.cache
def _answers_http(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - set by developers
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code in (401, 403)  # it answers, and the test will say what it refuses
    except OSError:
        return False


@functools.cache
def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=3):
            return True
    except OSError:
        return False


class Line:
    """A line to a real server that can be cut and mended: what a client sees when a server
    dies and comes back, without ending the server that the other tests share.

    ``cut()`` closes every connection and refuses new ones; ``mend()`` listens again on the
    same port.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._port = 0
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        if self._listener is not None:
            # Closing alone would leave accept() waiting, and the port taken with it.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(self._server)
            except OSError:
                return
            self._open |= {client, server}
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._open.discard(end)
