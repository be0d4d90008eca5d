"""What a running site bears, and how soon a change is found: gunicorn as `make run` starts it.

    python -m tests.benchmarks.bench_load [--data FOLDER] [--short]

A bounded generator asks over loopback: at most so many requests and so many seconds for each
page. Pages a second depend on the machine and on what else it does; CPU milliseconds of the
servers for a page (from /proc) depend on neither.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.bench_pages import set_up
from tests.benchmarks.measuring import record

CONNECTIONS = 16
#: The cheapest of so many bursts counts: what else a server does after its start is no page's.
BURSTS = 3
PAGES = {
    "health": "/healthz",
    "an agreement": "/en/agreements/library-ngo/",
    "results, one word": "/en/search/?q=library",
    "home": "/en/",
}


class Refused(Exception):
    """The server answered with something else than the page."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    requests, seconds = (400, 4.0) if options.short else (4_000, 20.0)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.data or Path(scratch)
        set_up(folder)
        print("| page | answers | pages a second | CPU ms a page | 95 % within, ms |")
        print("|---|---|---|---|---|")
        spent: dict[str, float] = {}
        for cached in (False, True):
            with served(folder, cached=cached) as (port, server):
                for name, address in PAGES.items():
                    label = f"{name}, {'from' if cached else 'without'} the page cache"
                    spent[label] = load(label, port, address, server, requests, seconds)
                if cached:
                    found_after = change_found(port)
        print(f"\nPublished, then found by another process after {found_after:.2f} s.")
        floor = min(
            spent.pop("health, without the page cache"), spent.pop("health, from the page cache")
        )
        record({f"load: {name} / health": value / floor for name, value in spent.items()})


@contextmanager
def served(folder: Path, *, cached: bool) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A site on a free port; ends with its processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "toolkit.settings.dev",
        "PAGE_CACHE": "1" if cached else "0",
    }
    command = [sys.executable, "-m", "gunicorn", "toolkit.wsgi:application"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    command += ["--log-level", "error", "--limit-request-line", "0", "--no-control-socket"]
    server = subprocess.Popen(command, env=environment)
    try:
        for _ in range(600):
            try:
                if ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/healthz"):
                    break
            except OSError:
                time.sleep(0.1)
        yield port, server
    finally:
        server.terminate()
        server.wait(30)


def ask(connection: http.client.HTTPConnection, address: str) -> bytes:
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    if response.status != 200:
        raise Refused(f"{address} answered {response.status}")
    return body


def load(
    label: str,
    port: int,
    address: str,
    server: subprocess.Popen[bytes],
    requests: int,
    seconds: float,
) -> float:
    """Ask for one page from many connections at once; CPU milliseconds of the servers a page."""
    _burst(port, address, requests=6 * CONNECTIONS, seconds=seconds)  # each worker has made it once
    best, waits, took = math.inf, [], 0.0
    for _ in range(BURSTS):
        before, start = cpu_of(server.pid), time.monotonic()
        here = _burst(port, address, requests=requests // BURSTS, seconds=seconds / BURSTS)
        took += time.monotonic() - start
        best = min(best, (cpu_of(server.pid) - before) / len(here))
        waits += here
    slow = statistics.quantiles(waits, n=20)[-1] * 1000
    print(
        f"| {label} | {len(waits)} | {len(waits) / took:.0f} | {best:.2f} | {slow:.0f} |",
        flush=True,
    )
    return best


def _burst(port: int, address: str, *, requests: int, seconds: float) -> list[float]:
    """Ask from many connections at once; how many seconds each answer took."""
    waits: list[float] = []
    failures: list[str] = []
    end = time.monotonic() + seconds
    left = iter(range(requests))
    lock = threading.Lock()

    def reader() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < end:
            with lock:
                if next(left, None) is None:
                    break
            start = time.monotonic()
            try:
                ask(connection, address)
            except (OSError, http.client.HTTPException, Refused) as error:
                failures.append(f"{type(error).__name__} {error}")
                connection.close()
                continue
            waits.append(time.monotonic() - start)
        connection.close()

    readers = [threading.Thread(target=reader) for _ in range(CONNECTIONS)]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} of {address} failed, the first: {failures[0]}")
    return waits


def cpu_of(pid: int) -> float:
    """CPU milliseconds of a process and its children until now, by the scheduler's own clock: a
    burst of small answers costs a few of the ticks that the process's times are counted in."""
    spent = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if pid in (parent, int(stat.parent.name)):
                threads = stat.parent.glob("task/*/schedstat")
                spent += sum(int(thread.read_text().split()[0]) for thread in threads)
    return spent / 1e6


def change_found(port: int) -> float:
    """Seconds from publishing a page here until another process finds it."""
    from resources.models import ResourcePage
    from toolkit.pages.models import HomePage, SectionPage

    home = HomePage.objects.get(locale__language_code="en")
    section = SectionPage.objects.child_of(home).get(slug="guidelines")
    word = f"quokka{time.time_ns() % 10**9:x}q"
    page = ResourcePage(title=word, slug=word, summary="A page", locale=home.locale, live=False)
    section.add_child(instance=page)
    start = time.monotonic()
    page.save_revision().publish()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while page.get_url().encode() not in ask(connection, f"/en/search/?q={word}"):
        if time.monotonic() - start > 30:
            raise SystemExit("a published page was not found within 30 s")
        time.sleep(0.02)
    took = time.monotonic() - start
    page.delete()
    return took


if __name__ == "__main__":
    main()
