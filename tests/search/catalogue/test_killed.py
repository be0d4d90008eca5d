"""Processes killed (-9) between a commit and the index: whoever comes next applies what is left."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings
from wagtail.models import Page

from casestudies.models import CaseStudyPage
from search.answers import current_engine
from search.catalogue import in_passing, indexing
from search.engines import engines
from search.models import PendingChange
from search.requests import SearchRequest
from tests.factories.pages import CaseStudyPageFactory, make_site
from tests.factories.standing import Ground, Stood, found_again
from toolkit.core.models import Lease

pytestmark = pytest.mark.django_db(transaction=True)

#: What the process does to the page before it dies.
ACTS = {
    "publish": "page.title = 'Floating'; page.save_revision().publish()",
    "withdraw": "page.unpublish()",
    "make private": (
        "PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)"
    ),
}
#: Who comes next.
NEXT: dict[str, Callable[[], object]] = {
    "the next start": in_passing.apply_at_start,
    "the worker": lambda: call_command("worker", "--once"),
    "a reader's process": lambda: Client().get("/en/search/"),
    "the end of a command": lambda: call_command("search", "check", "--fix", stdout=io.StringIO()),
}

#: Dies where an engine would write: the change is committed, the writer's lease is held.
DYING = """
    import os, signal, django
    django.setup()
    from django.conf import settings
    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
    from pathlib import Path
    settings.SEARCH_INDEX_DIR = Path(os.environ["TEST_INDEX"])
    from search.engines.embedded import EmbeddedEngine
    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)
    EmbeddedEngine.upsert = EmbeddedEngine.delete = die
    from wagtail.models import Page, PageViewRestriction
    page = Page.objects.get(slug="mobile").specific
    {act}
    raise SystemExit("it should have died")
"""


def titles() -> list[str]:
    return sorted(hit.title for hit in current_engine().search(SearchRequest.of("")).hits)


def dies_after(act: str) -> None:
    """Do this to the page in a process that is killed before the index hears of it."""
    name = str(connection.settings_dict["NAME"])
    code = textwrap.dedent(DYING).replace("{act}", ACTS[act])
    process = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "toolkit.settings.test",
            "TEST_DATABASE": name,
            "TEST_INDEX": str(django_settings.SEARCH_INDEX_DIR),
        },
        cwd=django_settings.BASE_DIR,
        check=False,
        capture_output=True,
        text=True,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr


def make_page() -> CaseStudyPage:
    home = make_site()
    indexing.rebuild(engines()[0])
    page: CaseStudyPage = CaseStudyPageFactory(parent=home, title="Mobile", slug="mobile")
    assert titles() == ["Mobile"]
    return page


@pytest.fixture(scope="module")
def standing_page(ground: Ground) -> Iterator[Stood[CaseStudyPage]]:
    with ground.committed(make_page) as stood:
        yield stood


@pytest.fixture
def page(standing_page: Stood[CaseStudyPage], own_index: None) -> Page:
    standing_page.use_copy_of_index()
    return found_again(standing_page.made)


@pytest.mark.parametrize(
    # what differs between acts is the same on every database
    "act",
    [pytest.param(act, marks=[] if act == "withdraw" else [pytest.mark.once]) for act in ACTS],
)
@pytest.mark.parametrize("next_one", NEXT)
def test_a_change_whose_process_was_killed_is_applied_by(
    next_one: str, act: str, page: Page, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of twelve kills left a published page unfound, four of four a withdrawn one listed,
    until somebody saved something else."""
    dies_after(act)
    assert PendingChange.objects.exists()
    assert Lease.objects.get(name="index:embedded").holder, "it died with the lease in hand"
    settings.SEARCH_APPLIED_AFTER_REQUESTS = True
    monkeypatch.setattr(in_passing, "LATE", 0.0)
    monkeypatch.setattr(in_passing, "_looked_at", -10.0)
    NEXT[next_one]()
    assert titles() == (["Floating"] if act == "publish" else [])
    assert not PendingChange.objects.exists()


def test_a_reader_does_not_wait_for_what_is_pending(
    page: Page, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is applied after her answer, at most every two seconds, and only when it is late."""
    settings.SEARCH_APPLIED_AFTER_REQUESTS = True
    applied: list[float] = []
    monkeypatch.setattr(in_passing, "apply_in_passing", lambda within: applied.append(within))
    monkeypatch.setattr(in_passing, "_looked_at", -10.0)
    PendingChange.objects.create(engine="embedded", key="x")
    Client().get("/en/search/")
    assert not applied, "not late yet"
    monkeypatch.setattr(in_passing, "LATE", 0.0)
    Client().get("/en/search/")
    assert not applied, "looked at a moment ago"
    monkeypatch.setattr(in_passing, "_looked_at", -10.0)
    Client().get("/en/search/")
    assert applied


class TestTheWorker:
    def test_beside_another_does_the_work_once(self, page: Page, tmp_path: Path) -> None:
        """Two of them at once, in processes of their own: nothing is lost, nothing fails."""
        keys = [str(page.translation_key), *(str(uuid.uuid4()) for _ in range(300))]
        PendingChange.objects.bulk_create(
            [PendingChange(engine="embedded", key=key) for key in keys]
        )
        Page.objects.filter(pk=page.pk).update(title="Renamed")
        code = textwrap.dedent(DYING).split("from search.engines.embedded")[0]
        code += "from django.core.management import call_command\ncall_command('worker', '--once')"
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", code],
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "toolkit.settings.test",
                    "TEST_DATABASE": str(connection.settings_dict["NAME"]),
                    "TEST_INDEX": str(django_settings.SEARCH_INDEX_DIR),
                },
                cwd=django_settings.BASE_DIR,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for worker in workers:
            _out, said = worker.communicate(timeout=120)
            assert worker.returncode == 0, said
            assert "Traceback" not in said
        assert titles() == ["Renamed"]
        assert not PendingChange.objects.exists()

    def test_ends_with_the_process_that_started_it(self) -> None:
        """`make run` is ended however it is ended: no worker stays behind."""
        code = (
            "import os, subprocess, sys; "
            "command = [sys.executable, 'manage.py', 'worker', '--beside', str(os.getpid())]; "
            "print(subprocess.Popen(command).pid, flush=True); sys.stdin.read()"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "toolkit.settings.test"},
            cwd=django_settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        os.kill(worker, 0)
        parent.kill()
        parent.wait()
        for _ in range(600):
            if not _is_running(worker):
                return
            time.sleep(0.1)
        os.kill(worker, signal.SIGKILL)
        pytest.fail("the worker stayed behind")


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
