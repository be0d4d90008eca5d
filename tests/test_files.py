"""How documents are handed out: asked for anew each time, and said of them what is true."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction

from tests.factories.pages import make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(tmp_path: Any, settings: Any) -> Document:
    settings.MEDIA_ROOT = tmp_path
    make_site()
    closed = Collection.get_first_root_node().add_child(name="Minutes")
    file = ContentFile(b"what was said", name="minutes.txt")
    return Document.objects.create(title="Minutes", file=file, collection=closed)


def close(document: Document, kind: str, **more: str) -> None:
    CollectionViewRestriction.objects.create(
        collection=document.collection, restriction_type=kind, **more
    )


def test_a_file_is_asked_for_anew_each_time(client: Client, document: Document) -> None:
    """It may be replaced, and its collection be closed; a cache would have gone on."""
    answer = client.get(document.url)
    assert b"".join(answer.streaming_content) == b"what was said"
    assert answer["Cache-Control"] == "no-cache"
    assert "Cookie" in answer["Vary"]
    assert "Content-Encoding" not in answer.headers  # it said "None"
    again = client.get(document.url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    close(document, "login")
    assert client.get(document.url, headers={"if-none-match": answer["ETag"]}).status_code == 302


def test_a_private_file_is_kept_by_no_cache_that_many_share(
    client: Client, document: Document
) -> None:
    close(document, "login")
    client.force_login(User.objects.create_user("member"))
    answer = client.get(document.url)
    assert answer.status_code == 200
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert "Cookie" in answer["Vary"]


def test_a_form_in_the_place_of_a_file_is_no_file(client: Client, document: Document) -> None:
    """A program that fetches saved the form under the file's name."""
    close(document, "password", password="open")
    answer = client.get(document.url)
    assert answer.status_code == 403
    assert 'name="password"' in answer.content.decode()
    assert client.get(f"{document.url}x").status_code == 404
    assert client.get("/documents/999/a.txt").status_code == 404
