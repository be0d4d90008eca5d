"""The deployment guide, typed line by line: what it says gives a site that works.

Every ``sh`` block of ``deploy/README.md`` is run as root in a folder that stands for ``/``, and the
services run as an account made for the test. What is put in the place of what the guide says:

- paths: ``/srv/toolkit``, ``/etc/…``, ``/var/…`` lie below the test's folder, and so they do in the
  unit files; the account is called otherwise; ports are free ones;
- ``apt-get``, ``adduser``, ``certbot`` and PostgreSQL's ``runuser`` do nothing (the test made the
  account, the certificate and the database), ``git`` copies this working tree (of the collection's
  long series an entry or two),
  ``make install`` uses the packages that the tests run with;
- ``systemctl`` is ``tests/operation/systemctl.py``; of ``nginx`` it starts this test's own.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.operation.sites import ROOT, Browser
from tests.servers import missing, require_postgresql, require_program

GUIDE = ROOT / "deploy" / "README.md"
ACCOUNT = "toolkit-walk"
#: Of the collection's works those that begin like this stay away: the guide is the same for a few.
MANY = tuple(
    f"toolkit/starter/collection/{folder}/{beginning}"
    for folder, beginnings in {
        "agreements": ("a", "library"),
        "exercises": "abcdefghijklmnopqrs",
        "templates": "abcdefghijklmnopqr",
        "case-studies": "abcdefghijklmnopqrstu",
    }.items()
    for beginning in beginnings
)
NAME = "toolkit.example.org"
SHIMS = {
    "apt-get": "exit 0",
    "adduser": "exit 0",
    "certbot": "exit 0",
    "git": 'case "$1" in clone) exec cp -r "$WALK/checkout" "$3";; esac',
    "make": "exit 0",
    "runuser": 'case "$2" in postgres) exit 0;; esac; exec /usr/sbin/runuser "$@"',
    "systemctl": 'case "$*" in "reload nginx") exec "$WALK/bin/start-nginx";; esac; '
    'exec "$PYTHON" "$SYSTEMCTL" "$@"',
}


def blocks(heading: str) -> list[str]:
    """The commands under a heading of the guide, block by block."""
    text = GUIDE.read_text("utf-8")
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert section, heading
    return re.findall(r"^```sh\n(.*?)^```", section[1], re.DOTALL | re.MULTILINE)


NEWEST = "/admin/documents/?ordering=-created_at"  # the starter's documents fill several pages


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Server:
    """A machine that is not there: a folder for ``/``, an account, ports."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.port, self.https = free_port(), free_port()
        self.database = ""
        for name in ("bin", "run", "etc/systemd/system", "etc/nginx/conf.d", "srv", "var/lib",
                     "var/backups"):  # fmt: skip
            (folder / name).mkdir(parents=True)
        for name, script in SHIMS.items():
            self._program(name, script)
        self._checkout()
        self._certificate()

    def _program(self, name: str, script: str) -> None:
        path = self.root / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def _checkout(self) -> None:
        """What ``git clone`` gives, and ``make install`` makes of it."""
        target = self.root / "checkout"
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
        for name in listed:
            if (ROOT / name).is_file() and not name.startswith(("tests/", *MANY)):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, target / name)
        for catalogue in (ROOT / "locale").rglob("*.mo"):
            shutil.copy(catalogue, target / catalogue.relative_to(ROOT))
        for path in (target / "deploy").iterdir():
            path.write_text(self.here(path.read_text("utf-8")))
        python = interpreter()
        subprocess.run([python, "-m", "venv", "--without-pip", target / ".venv"], check=True)
        (packages,) = (target / ".venv/lib").glob("python*/site-packages")
        (packages / "tests.pth").write_text("\n".join(readable_packages()))
        gunicorn = target / ".venv/bin/gunicorn"
        gunicorn.write_text(
            f'#!/bin/sh\nexec {self.root}/srv/toolkit/.venv/bin/python -m gunicorn "$@"\n'
        )
        gunicorn.chmod(0o755)

    def _certificate(self) -> None:
        folder = self.root / "etc/letsencrypt/live" / NAME
        folder.mkdir(parents=True)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", f"/CN={NAME}", "-keyout", folder / "privkey.pem",
             "-out", folder / "fullchain.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        os.chown(folder / "privkey.pem", pwd.getpwnam(ACCOUNT).pw_uid, -1)
        conf = self.root / "etc/nginx/nginx.conf"
        places = "".join(
            f"  {kind}_temp_path {self.root}/run/nginx-{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        conf.write_text(
            f"pid {self.root}/run/nginx.pid;\nerror_log {self.root}/run/nginx.log;\n"
            f"events {{}}\nhttp {{\n  access_log off;\n{places}"
            f"  include {self.root}/etc/nginx/conf.d/*.conf;\n}}\n"
        )
        self._program(
            "start-nginx",
            f"exec runuser -u {ACCOUNT} -- "
            f"{require_program('nginx', 'apt-get install nginx-light')} -c {conf} "
            f"-e {self.root}/run/nginx.log",
        )
        # A server's nginx is started by root and gives its rights away; this one has none
        os.chmod(self.root / "run", 0o777)  # noqa: S103

    def here(self, text: str) -> str:
        """What the guide or a unit file says, for this folder, account and ports."""
        text = re.sub(r"(?<![\w/.-])/(srv|etc|var)/", rf"{self.root}/\1/", text)
        text = re.sub(r"(-[oug] |User=|Group=|= |-u )toolkit\b", rf"\1{ACCOUNT}", text)
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        text = re.sub(r"listen \[::\].*\n", "", text).replace(
            "listen 443", f"listen 127.0.0.1:{self.https}"
        )
        text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
        if self.database:
            text = re.sub(r"postgres://toolkit:choose-another@[^|]*", self.database, text)
        return text

    def follow(self, heading: str) -> str:
        """Type what stands under a heading; returns what was said. A command that fails ends it."""
        said = ""
        for block in blocks(heading):
            done = subprocess.run(
                ["/bin/bash", "-euo", "pipefail", "-c", self.here(block)],
                cwd=self.root,
                env={
                    "PATH": f"{self.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "WALK": str(self.root),
                    "PYTHON": sys.executable,
                    "SYSTEMCTL": str(ROOT / "tests/operation/systemctl.py"),
                },
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}\n{self.log()}"
            said += done.stdout
        return said

    def log(self) -> str:
        return "\n".join(path.read_text() for path in (self.root / "run").glob("*.log"))[-5000:]

    def as_root(self, *arguments: str) -> None:
        subprocess.run(
            [self.root / "srv/toolkit/.venv/bin/python", "manage.py", *arguments],
            cwd=self.root / "srv/toolkit",
            env={
                "PATH": "/usr/bin:/bin",
                "DJANGO_SETTINGS_MODULE": "toolkit.settings.production",
                "TOOLKIT_ENVIRONMENT": str(self.root / "etc/toolkit/environment"),
            },
            check=True,
        )

    def systemctl(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, ROOT / "tests/operation/systemctl.py", *arguments],
            env={**os.environ, "WALK": str(self.root)},
            check=True,
        )

    def browser(self, address: str = "127.0.0.1") -> Browser:
        """Through nginx, over TLS, by the site's own name."""
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        return Browser(
            f"https://127.0.0.1:{self.https}", as_host=NAME, tls=trusting, address=address
        )

    def wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.3)
        raise AssertionError(f"The site did not start:\n{self.log()}")

    def down(self) -> None:
        self.systemctl("stop", "toolkit.service", "toolkit-worker.service")
        pid = self.root / "run/nginx.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), 15)


def interpreter() -> str:
    """A Python that other accounts may run, too: root's own may lie in a folder closed to them."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for path in (
        os.path.realpath(sys.executable),
        f"/usr/bin/{version}",
        f"/usr/local/bin/{version}",
    ):
        if Path(path).exists() and not _as_account([path, "-c", "import venv, sqlite3"]).returncode:
            return path
    return missing(f"there is no {version} that another account may run")


def readable_packages() -> list[str]:
    return [path for path in sys.path if path.endswith("site-packages")]


def _as_account(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["runuser", "-u", ACCOUNT, "--", *command],
        cwd="/", capture_output=True, check=False,
    )  # fmt: skip


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if os.geteuid() != 0:
        pytest.skip("the guide is typed by root, and its services run as another account")
    # Below /tmp itself: pytest's folders are closed to other accounts
    folder = Path("/tmp") / f"toolkit-walk-{secrets.token_hex(4)}"  # noqa: S108
    folder.mkdir(mode=0o755)
    subprocess.run(["useradd", "--system", "--user-group", ACCOUNT], check=False)
    machine = Server(folder)
    try:
        yield machine
    finally:
        machine.down()
        subprocess.run(["userdel", ACCOUNT], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database() -> Iterator[str]:
    url = require_postgresql().replace("postgresql://", "postgres://", 1)
    name = f"test_walk_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as postgresql:
        postgresql.execute(f"CREATE DATABASE {name}")
    yield urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as postgresql:
        postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


class TestTheGuide:
    def test_gives_a_site_that_works_is_upgraded_backed_up_restored_and_moved(
        self, server: Server, database: str
    ) -> None:
        """Catches: data that belong to root under a service that does not; two databases made on
        the way; an empty secret; an upload that the proxy refuses; steps that nobody ever tried."""
        said = server.follow("Install")
        server.wait()
        name, password = re.findall(r"“(.*?)”", said)[:2]

        reader = server.browser()
        for page in ("/", "/en/", "/ar/", "/en/search/?q=library", "/admin/login/"):
            shown = reader.get(page)
            assert shown.status == 200, (page, server.log())
        long = "%E5%9B%BE" * 1000  # as many characters as the box takes
        assert reader.get(f"/zh/search/?q={long}").status == 200, server.log()
        home = reader.get("/en/").text
        style = re.search(r'href="(/static/[^"]+\.css)"', home)
        assert style, home
        assert reader.get(style[1]).status == 200
        assert f"https://{NAME}/" in reader.get("/sitemap.xml").text
        assert f"https://{NAME}/en/" in home

        # Each visitor counts for herself, or one who guesses passwords shuts out everybody
        server.browser("127.0.0.2").sign_in("somebody", "a guess")
        assert "account 'somebody' from 127.0.0.2" in server.log()

        admin = server.browser()
        assert "Dashboard" in admin.sign_in(name, password).text
        form = admin.get("/admin/documents/add/").form("form[enctype]")
        plan = admin.post("/admin/documents/add/", {**form, "title": "The plan"},
                          files={"file": ("plan.txt", b"p" * 2_000_000)})  # fmt: skip
        assert plan.status == 200
        assert "The plan" in plan.text

        data = server.root / "var/lib/toolkit"
        assert not (server.root / "srv/toolkit/var").exists()
        assert not data.stat().st_mode & 0o007

        # A command that root types without the account's script, as everybody does one day
        server.as_root("search", "check")
        owners = {path.owner() for path in [data, *data.rglob("*")]}
        assert owners == {ACCOUNT}
        server.follow("Upgrade")
        server.wait()
        assert "The plan" in admin.get(NEWEST).text
        server.follow("Back up")
        form = admin.get("/admin/documents/add/").form("form[enctype]")
        admin.post("/admin/documents/add/", {**form, "title": "Too late"},
                   files={"file": ("late.txt", b"late")})  # fmt: skip
        server.follow("Restore")
        server.wait()
        listed = admin.get(NEWEST).text
        assert ("The plan" in listed, "Too late" in listed) == (True, False)
        assert reader.get("/en/search/?q=library").status == 200

        server.database = database
        server.follow("Move to PostgreSQL")
        server.wait()
        ready = server.browser().get("/readyz").json
        assert ready["database"] == {"status": "ok"}
        listed = admin.get(NEWEST).text
        assert ("The plan" in listed, "Too late" in listed) == (True, False)
        with psycopg.connect(database) as postgresql:
            row = postgresql.execute("SELECT count(*) FROM wagtaildocs_document").fetchone()
            assert row
            assert row[0] > 0
        assert reader.get("/en/search/?q=library").status == 200


class TestUnitFiles:
    def test_are_understood_by_systemd(self) -> None:
        """Catches: a setting that systemd does not know, and therefore ignores."""
        program = shutil.which("systemd-analyze")
        if program is None:
            missing("systemd-analyze is not installed")
        units = sorted(path for path in (ROOT / "deploy").glob("toolkit*"))
        done = subprocess.run(
            [program, "verify", *units], capture_output=True, text=True, check=False
        )
        wrong = [line for line in done.stderr.splitlines() if "is not executable" not in line]
        assert [line for line in wrong if "toolkit" in line] == []
