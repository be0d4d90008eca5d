"""Sites in folders of their own, worked on by commands as an administrator works on them."""

from __future__ import annotations

import functools
import http.client
import http.cookiejar
import json
import os
import secrets
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = {"DATABASE_URL", "SEARCH_ENGINE", "CACHE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"}
PASSWORD = "books and boats 2026"

#: Before each script that a test runs inside a site.
SETUP = """
import django
django.setup()
from toolkit.pages.models import HomePage
from casestudies.models import CaseStudyPage
from tests.factories.pages import CaseStudyPageFactory, make_site
from search.answers import answer
from search.requests import SearchRequest
def found(text):
    return sorted(hit.title for hit in answer(SearchRequest.of(text, language="en")).hits)
"""


@dataclass(frozen=True)
class SiteInFolder:
    """A site whose data lie in ``data``; ``more`` are settings beside that."""

    data: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return {
            **kept,
            "DATA_DIR": str(self.data),
            "DJANGO_SETTINGS_MODULE": "toolkit.settings.dev",
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "ERROR",
            **self.more,
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What ``manage.py …`` says; it may fail."""
        return self._run("manage.py", *arguments)

    def does(self, *arguments: str) -> str:
        """What ``manage.py …`` says; it must not fail."""
        done = self.manage(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def script(self, text: str) -> str:
        """What a script says that runs inside the site."""
        done = self._run("-c", SETUP + text)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def contents(self) -> dict[str, bytes]:
        """Every file that matters, by its path: what a refused restore must leave as it is."""
        left_out = {"in-use.lock", "db.sqlite3-shm"}
        return {
            str(path.relative_to(self.data)): path.read_bytes()
            for path in sorted(self.data.rglob("*"))
            if path.is_file() and path.name not in left_out
        }


@dataclass(frozen=True)
class Shown:
    """What a browser got: ``address`` is where redirects led."""

    status: int
    address: str
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def form(self, selector: str = "form[method=post], form[method=POST]") -> dict[str, str]:
        """The fields of a form with what they hold, as a browser would send them."""
        form = BeautifulSoup(self.text, "html.parser").select_one(selector)
        assert form is not None, self.text[:3000]
        fields: dict[str, str] = {}
        for item in form.select("input[name], textarea[name], select[name]"):
            name, kind = str(item["name"]), item.get("type")
            if item.name == "textarea":
                fields[name] = item.get_text().removeprefix("\n")
            elif item.name == "select":
                chosen = item.select_one("option[selected]") or item.select_one("option")
                fields[name] = str(chosen.get("value", "")) if chosen else ""
            elif kind in {"checkbox", "radio"}:
                if item.has_attr("checked"):
                    fields[name] = str(item.get("value", "on"))
            elif kind not in {"file", "submit"}:
                fields[name] = str(item.get("value", ""))
        return fields


class _FromAddress(urllib.request.HTTPSHandler):
    """HTTPS from one of this machine's addresses."""

    def __init__(self, tls: ssl.SSLContext, address: str) -> None:
        super().__init__(context=tls)
        self._connection = functools.partial(
            http.client.HTTPSConnection, context=tls, source_address=(address, 0)
        )

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)  # type: ignore[arg-type]


class Browser:
    """Asks a site as a browser does: keeps cookies, follows redirects, says where it came from.

    ``as_host`` is the name that it asks for, where the address has another one; ``address`` is
    its own, as far as this machine has several.
    """

    def __init__(
        self,
        url: str,
        *,
        as_host: str = "",
        tls: ssl.SSLContext | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        self.url = url
        self._host = as_host
        jar = http.cookiejar.CookieJar(
            http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
        )
        handlers = [_FromAddress(tls, address)] if tls else []
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(jar), *handlers
        )

    @property
    def _origin(self) -> str:
        return f"{self.url.partition('://')[0]}://{self._host}" if self._host else self.url

    def get(self, path: str, **headers: str) -> Shown:
        return self._ask(path, None, headers)

    def post(
        self,
        path: str,
        fields: dict[str, str],
        *,
        files: dict[str, tuple[str, bytes]] | None = None,
        **headers: str,
    ) -> Shown:
        boundary = secrets.token_hex(16)
        begins = f'--{boundary}\r\nContent-Disposition: form-data; name="'
        parts = [f'{begins}{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        for name, (file, content) in (files or {}).items():
            head = f'{begins}{name}"; filename="{file}"\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self._ask(
            path, body, {"Content-Type": kind, "Referer": self._origin + path, **headers}
        )

    def sign_in(self, name: str = "editor", password: str = PASSWORD) -> Shown:
        fields = self.get("/admin/login/").form()
        return self.post("/admin/login/", {**fields, "username": name, "password": password})

    def _ask(self, path: str, body: bytes | None, headers: dict[str, str]) -> Shown:
        request = urllib.request.Request(urllib.parse.urljoin(self.url, path), body)  # noqa: S310
        for name, value in {"Accept": "text/html,*/*", "Host": self._host, **headers}.items():
            if value:
                request.add_header(name.replace("_", "-"), value)
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Shown(answer.status, answer.url, answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            with error:
                return Shown(error.code, error.url or "", error.read().decode("utf-8", "replace"))
