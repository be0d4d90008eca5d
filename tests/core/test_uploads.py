"""Every file that cannot be kept is refused with words at its field, through every form."""

from __future__ import annotations

import errno
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from tests.factories.pages import PlainPageFactory, make_site

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), frames: int = 1) -> bytes:
    out = io.BytesIO()
    # Colours far apart: WebP keeps like frames as one
    drawn = [Pillow.new("RGB", size, (n * 97 % 256, n * 41 % 256, 9)) for n in range(frames)]
    more = {"save_all": True, "append_images": drawn[1:]} if frames > 1 else {}
    drawn[0].save(out, kind, **more)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is as large as this, with next to nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def archive(**entries: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        for name, text in entries.items():
            files.writestr(name.replace("__", "/"), text)
    return out.getvalue()


BAD_PICTURES = {
    "many pixels": ("a.png", bomb(11_000, 11_000), "million pixels"),
    "more pixels than the library opens": ("a.png", bomb(60_000, 60_000), "million pixels"),
    "its end is missing": ("a.png", picture(size=(300, 300))[:-400], "damaged"),
    "half of it is missing": ("a.jpg", picture("JPEG", size=(900, 900))[:6_000], "damaged"),
    "no picture at all": ("a.gif", b"GIF89a and then nothing", "damaged"),
    "too many frames": ("a.gif", picture("GIF", frames=140), "140 frames"),
    "too many frames in WebP": ("a.webp", picture("WEBP", frames=140), "140 frames"),
    "too many frames in AVIF": ("a.avif", picture("AVIF", frames=140), "140 frames"),
    "a kind that no browser needs": ("a.bmp", picture("BMP"), "format"),
    "a kind of several sizes": ("a.ico", picture("ICO"), "format"),
    "a kind of several pages": ("a.tiff", picture("TIFF"), "format"),
    "a kind that phones take": ("a.heic", picture("AVIF"), "format"),
    "another kind than its name": ("a.png", picture("JPEG"), "png"),
    "a drawing with scripts": ("a.svg", b"<svg><script>1</script></svg>", "format"),
}
BAD_FILES = {
    "a program": ("a.pdf", b"\x7fELF" + b"\0" * 99),
    "a page with scripts for a Word file": ("a.docx", b"<html><script>1</script></html>"),
    "an archive for a Word file": ("a.docx", archive(x="1")),
    "a spreadsheet for a text": (
        "a.odt",
        archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    ),
    "a picture for a table": ("a.csv", picture()),
    "half an archive": ("a.zip", archive(x="1" * 999)[:-30]),
}
GOOD_FILES = {
    "a.pdf": b"%PDF-1.7 ...",
    "a.docx": archive(word__document="x"),
    "a.odt": archive(mimetype="application/vnd.oasis.opendocument.text"),
    "a.csv": "slug,título\n".encode(),
    "b.csv": "a\tb".encode("utf-16"),
    "a.zip": archive(x="1"),
}


@pytest.fixture
def editor(client: Client, admin_user: Any) -> Client:
    client.force_login(admin_user)
    return client


def told(client: Client, view: str, name: str, data: bytes, **form: str) -> str:
    """What the admin answers to a file, through its form for one or that for several."""
    file = SimpleUploadedFile(name, data)
    if view.endswith("_multiple"):
        answer = client.post(reverse(view), {"title": "A", "files[]": file, **form})
        assert answer.status_code == 200
        return str(json.loads(answer.content).get("error_message", ""))
    answer = client.post(reverse(view), {"title": "A", "file": file, **form})
    assert answer.status_code in {200, 302}
    return "" if answer.status_code == 302 else str(answer.context["form"].errors["file"])


class TestAPicture:
    @pytest.mark.parametrize("view", ["wagtailimages:add", "wagtailimages:add_multiple"])
    def test_that_cannot_be_drawn_is_refused_with_words(self, editor: Client, view: str) -> None:
        for what, (name, data, words) in BAD_PICTURES.items():
            assert words in told(editor, view, name, data), what
        assert not get_image_model().objects.exists()

    def test_that_can_be_is_kept(self, editor: Client) -> None:
        for kind in ("PNG", "JPEG", "GIF", "WEBP"):
            assert told(editor, "wagtailimages:add", f"a.{kind.lower()}", picture(kind)) == ""
        assert told(editor, "wagtailimages:add_multiple", "b.gif", picture("GIF", frames=9)) == ""
        assert get_image_model().objects.count() == 5

    def test_that_was_stored_damaged_stops_neither_its_page_nor_the_admin(
        self, editor: Client
    ) -> None:
        home = make_site()
        body = []
        for name, data, _words in list(BAD_PICTURES.values())[:4]:
            image = get_image_model().objects.create(
                title="Damaged", file=ContentFile(picture(), name=name)
            )
            Path(image.file.path).write_bytes(data)
            body.append({"type": "image", "value": {"image": image.pk, "alt": "A bus stop"}})
        page = PlainPageFactory(parent=home, body=json.dumps(body))
        assert Client().get(page.get_url()).content.decode().count("A bus stop") == 4
        assert editor.get(reverse("wagtailimages:index")).status_code == 200
        assert editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200

    def test_whose_drawing_cannot_be_kept_leaves_its_words(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Pictures are drawn at the first look: on a full disk the page was a 500."""
        file = ContentFile(picture(), name="a.png")
        image = get_image_model().objects.create(title="A", file=file)
        body = [{"type": "image", "value": {"image": image.pk, "alt": "A bus stop"}}]
        page = PlainPageFactory(parent=make_site(), body=json.dumps(body))

        def full(*args: Any, **kwargs: Any) -> str:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(FileSystemStorage, "save", full)
            answer = Client().get(page.get_url())
        assert answer.status_code == 200
        assert 'alt="A bus stop"' in answer.content.decode()
        assert "No space left" in caplog.text

    def test_that_is_damaged_is_chosen_without_an_error(self, editor: Client) -> None:
        image = get_image_model().objects.create(
            title="Damaged", file=ContentFile(picture(), name="a.png")
        )
        Path(image.file.path).write_bytes(b"\x89PNG\r\n\x1a\n and nothing")
        for address in (
            reverse("wagtailimages_chooser:choose"),
            reverse("wagtailimages_chooser:chosen", args=[image.pk]),
            reverse("wagtailimages_chooser:select_format", args=[image.pk]),
            reverse("wagtailimages:edit", args=[image.pk]),
        ):
            assert editor.get(address).status_code == 200, address


class TestAFile:
    @pytest.mark.parametrize("view", ["wagtaildocs:add", "wagtaildocs:add_multiple"])
    def test_that_is_not_what_it_says_is_refused_with_words(
        self, editor: Client, view: str
    ) -> None:
        for what, (name, data) in BAD_FILES.items():
            assert "is not what" in told(editor, view, name, data), what
        assert "not allowed" in told(editor, view, "a.html", b"<script>1</script>")
        assert not get_document_model().objects.exists()

    def test_that_is_too_large_is_refused_with_words(self, editor: Client, settings: Any) -> None:
        settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 1000
        assert "too big" in told(editor, "wagtaildocs:add", "a.txt", b"x" * 1001)

    def test_that_is_what_it_says_is_kept(self, editor: Client) -> None:
        for name, data in GOOD_FILES.items():
            assert told(editor, "wagtaildocs:add", name, data) == "", name
