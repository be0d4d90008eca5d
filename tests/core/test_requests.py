"""No request and no text set without a form reaches a database that refuses it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model

from tests.core.test_uploads import picture
from tests.factories.pages import PlainPageFactory, make_site
from tests.hostile_texts import TEXTS
from toolkit.core.sanitising import clean_text

pytestmark = pytest.mark.django_db

CONTROLS = "a\x00b\ud800c\x1bd"


@pytest.fixture
def editor(admin_user: Any) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


def test_control_characters_in_an_address_are_no_error() -> None:
    """On PostgreSQL each of these was a 500: a view, or the search for a redirect, asked."""
    make_site()
    reader = Client()
    for path in ("/%00", "/en/%00/", "/media/images/%00", "/en/browse/theme/%00/", "/en/a%0Ab/"):
        assert reader.get(path).status_code == 404, path
    assert reader.get("/api/v1/suggest?q=%%000").json()["q"] == "% 0"


def test_the_admin_finds_whatever_is_typed(editor: Client, tasks_at_once: None) -> None:
    """A quotation mark or a NUL among the words was a 500 of the explorer and the choosers."""
    home = make_site()
    page = PlainPageFactory(parent=home, title='The 5" disk')
    views = {
        "wagtailadmin_explore_root": "q",
        "wagtailadmin_pages:search": "q",
        "wagtailadmin_choose_page_search": "q",
        "wagtailimages:index": "q",
        "wagtailimages_chooser:choose_results": "q",
        "wagtaildocs:index": "q",
        "wagtailadmin_tag_autocomplete": "term",
    }
    for words in (*map(clean_text, TEXTS.values()), '"', "'\"", 'a"b', "\xa0", "a\x00b"):
        for view, name in views.items():
            assert editor.get(reverse(view), {name: words}).status_code == 200, (view, words)
    found = editor.get(reverse("wagtailadmin_pages:search"), {"q": 'The 5" disk'})
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in found.content.decode()


def test_plain_texts_set_without_a_form_are_kept_clean() -> None:
    """PostgreSQL refuses a NUL, UTF-8 half of a surrogate pair, XML both."""
    page = PlainPageFactory(parent=make_site(), title=CONTROLS, summary=CONTROLS, slug="a")
    page.refresh_from_db()
    assert page.title == page.summary == page.draft_title == "abcd"
    page.title = page.summary = CONTROLS
    content = page.save_revision(clean=False).content
    assert content["title"] == content["summary"] == "abcd"
    image = get_image_model()(title=CONTROLS, file=ContentFile(picture(), name="a.png"))
    image.save()
    image.refresh_from_db()
    assert image.title == "abcd"


def test_more_than_a_form_holds_is_refused_with_words(editor: Client, settings: Any) -> None:
    """It was Django's bare "Bad Request", once all of it had been read."""
    home = make_site()
    address = reverse("wagtailadmin_pages:edit", args=[home.pk])
    too_long = {"title": "a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    many = {f"f{n}": "x" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    for form in (too_long, many):
        answer = editor.post(address, form)
        assert answer.status_code == 413
        assert "still stands in the form" in answer.content.decode()
    settings.TOOLKIT_MAX_REQUEST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    file = SimpleUploadedFile("a.txt", b"x" * settings.TOOLKIT_MAX_REQUEST)
    assert editor.post(reverse("wagtaildocs:add"), {"file": file}).status_code == 413


def test_who_is_not_signed_in_sends_no_files(settings: Any) -> None:
    """They were written to the disk before anybody asked who sent them."""
    make_site()
    read: list[bytes] = []

    class Body:
        def read(self, *size: int) -> bytes:
            read.append(b"")
            return b""

        readline = read

    length = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    answer = Client().generic(
        "POST", "/en/sign-in/", content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(length), "wsgi.input": Body()},
    )  # fmt: skip
    assert answer.status_code == 413
    assert not read
