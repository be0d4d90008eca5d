"""What a site on the internet refuses to start with, and what is no mail to its operator."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from logging import LogRecord
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tests.operation.sites import SiteInFolder
from toolkit.operation.error_mails import AGAIN_AFTER, AT_MOST, FewMailsHandler
from toolkit.settings import required

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "toolkit.settings.production",
    "SECRET_KEY": "g00d-secret-" * 6,
    "BASE_URL": "https://toolkit.example",
}
ASK = """
import django, json
from django.conf import settings
django.setup()
print(json.dumps([settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS,
                  settings.TOOLKIT_SITE_ROOT, settings.WAGTAILADMIN_BASE_URL]))
"""


def started_with(
    tmp_path: Path, script: str = ASK, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What a process says that loads the production settings with this environment alone."""
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **GOOD, **environment}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )


class TestACommand:
    def test_runs_under_the_settings_that_it_names(self, tmp_path: Path) -> None:
        """Whoever calls it: root, too, whose rights are given up before settings are named."""
        clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **GOOD}
        del clean["DJANGO_SETTINGS_MODULE"]
        command = ["manage.py", "diffsettings", "--settings", GOOD["DJANGO_SETTINGS_MODULE"]]
        said = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=clean, capture_output=True, text=True
        )
        assert "SECURE_SSL_REDIRECT = True" in said.stdout, said.stderr


class TestProduction:
    def test_needs_a_secret_and_an_address_alone(self, tmp_path: Path) -> None:
        """Catches: hosts and origins that have to be written three times and are forgotten once."""
        done = started_with(tmp_path)
        assert done.stdout.strip() == (
            '[["toolkit.example"], ["https://toolkit.example"], '
            '"https://toolkit.example", "https://toolkit.example"]'
        )

    @pytest.mark.parametrize(
        "faults",
        [
            {"SECRET_KEY": ""},
            {"SECRET_KEY": "short"},
            {"BASE_URL": ""},
            {"BASE_URL": "http://localhost:8000"},
            {"ALLOWED_HOSTS": "*"},
        ],
    )
    def test_refuses_to_start_and_says_what_to_write(
        self, tmp_path: Path, faults: dict[str, str]
    ) -> None:
        """Catches: `SECRET_KEY=` from the example accepted as it stands; links to localhost."""
        done = started_with(tmp_path, **faults)
        assert done.returncode != 0
        (name,) = faults
        assert f"ImproperlyConfigured: {name} " in done.stderr

    def test_knows_what_is_no_address_for_readers(self) -> None:
        """Catches: an address that only the server itself understands, or that is none."""
        for good, kept in {
            "https://toolkit.example/": "https://toolkit.example",
            " HTTPS://Toolkit.Example ": "https://toolkit.example",
            "http://10.1.2.3:8080": "http://10.1.2.3:8080",
            "https://[2001:db8::1]": "https://[2001:db8::1]",
        }.items():
            assert required.site_address(good) == kept
        for bad in [
            *("toolkit.example", "https://", "ftp://toolkit.example", "https://toolkit.example/en"),
            *("http://127.0.0.1:8000", "http://[::1]/", "https://x.localhost", "http://0.0.0.0"),
            *("https://a b.example", "https://u:p@toolkit.example", "https://toolkit.example:x"),
            *("https://toolkit.example?x=1", "https://[::1", "https://-a.example", "…"),
        ]:
            with pytest.raises(ImproperlyConfigured, match=r"BASE_URL=https://toolkit\.example"):
                required.site_address(bad)


def record(line: int = 1, name: str = "django.request") -> LogRecord:
    return LogRecord(name, logging.ERROR, "views.py", line, f"broken in {line}", None, None)


class TestAServer:
    def test_looks_for_garbage_seldom(self, site: SiteInFolder) -> None:
        """Catches: a server that looks through all its code for garbage, again and again."""
        assert site.script("import gc, toolkit.wsgi\nprint(gc.get_threshold()[0])") == "50000"


class TestErrorMails:
    def test_are_few_in_a_storm_and_say_what_was_left_out(self, settings: Settings) -> None:
        """Catches: a thousand mails for a thousand requests that hit one fault."""
        settings.ADMINS = [("Operator", "operator@toolkit.example")]
        now = [0.0]
        handler = FewMailsHandler(clock=lambda: now[0])
        for _request in range(1000):
            handler.emit(record())
        assert len(mail.outbox) == 1
        for line in range(100):
            handler.emit(record(line))
        assert len(mail.outbox) == AT_MOST
        now[0] += AGAIN_AFTER + 1
        handler.emit(record())
        assert "90 more" in mail.outbox[-1].subject

    def test_are_not_for_what_strangers_send(self, site: SiteInFolder) -> None:
        """Catches: a mail for every foreign Host and every path that climbs out of its folder."""
        script = """
import django, logging
django.setup()
from django.conf import settings
from django.test import Client, override_settings
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Nobody has collected any for this process.
override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
client = Client(raise_request_exception=False)
assert client.get("/", headers={"host": "evil.example"}).status_code == 400
assert client.get("/media/images/../../db.sqlite3", secure=True,
                  headers={"host": "toolkit.example"}).status_code in (400, 404)
logging.getLogger("django.security.SuspiciousFileOperation").error("traversal")
logging.getLogger("django.request").error("a fault of ours")
"""
        done = started_with(
            site.data, script, ADMINS="operator@toolkit.example", EMAIL_URL="consolemail://"
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("Subject: ") == 1
        assert "Subject: [Django] ERROR: a fault of ours" in done.stdout
