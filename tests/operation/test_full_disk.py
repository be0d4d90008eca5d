"""A site whose disk is full, or may only be read, from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wagtail.fields import StreamField

from casestudies.models import CaseStudyPage
from tests.journeys.server import serving
from tests.operation.sites import Browser, SiteInFolder

ROOM = 8_000_000
BLOCKS = [
    field.name for field in CaseStudyPage._meta.get_fields() if isinstance(field, StreamField)
]


@pytest.fixture
def small(made: tuple[SiteInFolder, Path], tmp_path: Path) -> Iterator[SiteInFolder]:
    """The site on a file system of its own, in memory, with a few megabytes to spare."""
    size = sum(path.stat().st_size for path in made[0].data.rglob("*") if path.is_file()) + ROOM
    disk = tmp_path / "data"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        shutil.copytree(made[0].data, disk, dirs_exist_ok=True)
        yield SiteInFolder(disk)
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


def fill(folder: Path) -> Path:
    """A file that takes all the room that is left."""
    path = folder / "too-much"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        while True:
            os.write(descriptor, bytes(4096))
    except OSError:
        return path
    finally:
        os.close(descriptor)


def edit_address(site: SiteInFolder) -> str:
    number = site.script("print(CaseStudyPage.objects.get(slug='mobile').pk)")
    return f"/admin/pages/{number}/edit/"


def editing(editor: Browser, address: str) -> dict[str, str]:
    """What the editor's form holds; of the blocks that scripts draw, none."""
    form = editor.get(address).form("#page-edit-form, form.w-edit-form, form[action*=edit]")
    assert form["title"] == "Mobile libraries"
    return {**form, **{f"{name}-count": "0" for name in BLOCKS}}


class TestAFullDisk:
    def test_stops_writing_and_not_reading_and_loses_nothing_typed(
        self, small: SiteInFolder
    ) -> None:
        """Catches: every page a 500 because SQLite cannot make its log; a save that ends in
        "something went wrong", with an hour's work gone; a site that needs a restart."""
        edit = edit_address(small)
        with serving(small.data) as running:
            editor, reader = Browser(running.url), Browser(running.url)
            editor.sign_in()
            form = editing(editor, edit)
            too_much = fill(small.data)

            pages = ("/en/", "/en/search/?q=libraries", "/en/mobile/", "/api/v1/search?q=mobile")
            for page in pages:
                assert reader.get(page).status == 200, page
            assert editor.get("/admin/").status == 200
            ready = reader.get("/readyz")
            assert (ready.status, ready.json["status"]) == (200, "degraded")
            assert ready.json["storage"]["detail"].startswith("no space left: ")

            refused = editor.post(edit, {**form, "title": "Boats & <b>buses</b>"})
            assert refused.status == 503
            assert "There is no space left" in refused.text
            assert refused.form()["title"] == "Boats & <b>buses</b>"
            # Autosave stays on the page and shows the words
            quiet = editor.post(edit, {**form, "title": "Boats"}, Accept="application/json")
            assert quiet.status == 503
            assert "no space left" in quiet.json["error_message"]
            signing = reader.sign_in()
            assert signing.status == 503
            assert "There is no space left" in signing.text
            assert "books and boats" not in signing.text

            too_much.unlink()
            assert reader.get("/readyz").json["status"] == "ok"
            assert editor.post(edit, refused.form()).status == 200
        saved = (
            "print(CaseStudyPage.objects.get(slug='mobile').get_latest_revision_as_object().title)"
        )
        assert small.script(saved) == "Boats & <b>buses</b>"

    def test_refuses_an_upload_with_the_cause(self, small: SiteInFolder) -> None:
        """Catches: a number instead of words beside the file that could not be kept."""
        with serving(small.data) as running:
            editor = Browser(running.url)
            editor.sign_in()
            form = editor.get("/admin/documents/multiple/add/").form(
                "form#fileupload, form[enctype]"
            )
            fill(small.data)
            answer = editor.post(
                "/admin/documents/multiple/add/",
                {**form, "title": "Plan"},
                files={"files[]": ("plan.txt", b"x" * 3_000_000)},
                X_Requested_With="XMLHttpRequest",
            )
            assert "no space left" in answer.json["error_message"]

    def test_lets_a_site_start(self, small: SiteInFolder) -> None:
        """Catches: a restart, the first thing that anybody tries, that makes it worse."""
        fill(small.data)
        with serving(small.data) as running:
            for page in ("/en/", "/en/search/?q=libraries", "/en/mobile/"):
                assert Browser(running.url).get(page).status == 200


class TestAFileSystemThatMayOnlyBeRead:
    def test_stops_writing_and_not_reading(self, small: SiteInFolder) -> None:
        """Catches: pages that fail because the disk was mounted read-only after a fault."""
        edit = edit_address(small)
        with serving(small.data) as running:
            editor = Browser(running.url)
            editor.sign_in()
            form = editing(editor, edit)
            editor.get("/en/")  # Wagtail makes the editor's profile with her first page
        mount(small.data, "remount,ro")
        with serving(small.data) as running:
            editor.url = running.url
            for page in ("/en/", "/en/search/?q=libraries", "/en/mobile/", "/admin/"):
                assert editor.get(page).status == 200, page
            refused = editor.post(edit, {**form, "title": "Boats"})
            assert (refused.status, "can only be read" in refused.text) == (503, True)
            assert "read-only" in editor.get("/readyz").json["storage"]["detail"]
            mount(small.data, "remount,rw")
            end = time.monotonic() + 10  # a request that is not quite over still holds it as it was
            while (sent := editor.post(edit, refused.form())).status == 503:
                assert time.monotonic() < end
                refused = sent
                time.sleep(0.2)
            assert sent.status == 200


def mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", options, str(folder)], check=True)
