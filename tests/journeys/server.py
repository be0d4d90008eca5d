"""The site as it is run, for tests and pictures that look at it from outside.

``running_site`` sets up an empty folder with the starter collection, as ``make run`` does, and
serves it with gunicorn and two worker processes. Nothing here needs Django in this process.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Answer:
    """What a server said: ``sent`` is the body as it came over the line."""

    status: int
    headers: http.client.HTTPMessage
    sent: bytes

    @property
    def body(self) -> bytes:
        if self.headers.get("Content-Encoding") == "gzip":
            return gzip.decompress(self.sent)
        return self.sent

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def worker(self) -> str:
        """The number of the process that answered."""
        return self.headers["X-Worker"]


@dataclass(frozen=True)
class Site:
    """A site that answers at ``url`` and keeps its data in ``data_dir``."""

    url: str
    data_dir: Path

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to one request over a line of its own; redirects are not followed."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request(
                "GET",
                quote(path, safe="/?&=%:+,;@#!~*'()[]$"),
                headers={"Accept-Encoding": "gzip", **(headers or {})},
            )
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def run(self, *arguments: str) -> str:
        """What ``python …`` says with this site's settings and data; raises if it fails."""
        return _run(self.data_dir, *arguments)


@contextlib.contextmanager
def running_site(data_dir: Path) -> Iterator[Site]:
    """A site with the starter collection, served until the block ends."""
    _run(data_dir, "manage.py", "set_up", "--verbosity", "0")
    with serving(data_dir) as site:
        yield site


@contextlib.contextmanager
def serving(data_dir: Path) -> Iterator[Site]:
    """The site whose data lie in ``data_dir``, served until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log_path = data_dir.with_name(f"{data_dir.name}-server.log")
    with log_path.open("wb") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "tests.journeys.application"),
                *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", "4"),
                *("--log-level", "warning", "--limit-request-line", "0", "--no-control-socket"),
            ],
            cwd=ROOT,
            env=_environment(data_dir),
            stdout=log,
            stderr=log,
        )
    site = Site(f"http://127.0.0.1:{port}", data_dir)
    try:
        _wait_for(site, server, log_path)
        yield site
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(site: Site, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if site.get("/readyz").status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"The site did not start:\n{log.read_text()}")


def _run(data_dir: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=_environment(data_dir),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _environment(data_dir: Path) -> dict[str, str]:
    """This process's environment, but a folder and a database of the site's own."""
    foreign = {"DATABASE_URL", "SEARCH_ENGINE", "CACHE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {
        **kept,
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "toolkit.settings.dev",
        "PYTHONPATH": str(ROOT),
    }
