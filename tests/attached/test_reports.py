"""Editors are told of files that could not be read: in a list, at the file and at the entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import Collection, GroupCollectionPermission
from wagtail.users.models import UserProfile

from tests.attached.files import attach
from tests.factories.pages import ResourcePageFactory, make_site
from tests.factories.people import as_, make_people
from toolkit.attached.models import FileText
from toolkit.attached.reasons import Reason
from toolkit.pages.models import HomePage
from toolkit.taxonomy.works import Attachment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks_at_once")]

LIST = "/admin/reports/files/"


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> HomePage:
    settings.MEDIA_ROOT = tmp_path
    home = make_site()
    make_people(home)
    return home


def broken(title: str, reason: str = Reason.ENCRYPTED, **more: Any) -> Document:
    document = attach(b"\x00", "a.pdf", title=title, **more)
    FileText.objects.create(
        document=document, file=document.file.name, state=FileText.State.FAILED, reason=reason
    )
    return document


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(BeautifulSoup(answer.content.decode(), "html.parser").get_text(" ").split())


class TestTheList:
    def test_says_which_files_why_and_what_to_do(self, home: HomePage) -> None:
        document = broken("Budget <i>2026</i>")
        told = text(as_("editor"), LIST)
        assert "Budget <i>2026</i>" in told
        assert "It is protected by a password, or of an old format. Save it without" in told
        page = as_("editor").get(LIST).content.decode()
        assert reverse("wagtaildocs:edit", args=[document.pk]) in page
        assert reverse("unread_files") in as_("editor").get("/admin/").content.decode()

    def test_has_the_files_alone_that_an_editor_may_change(self, home: HomePage) -> None:
        root = Collection.get_first_root_node()
        theirs = root.add_child(name="Theirs")
        broken("Seen by moderators", collection=theirs)
        broken("Seen by administrators")
        change = Permission.objects.get(codename="change_document")
        GroupCollectionPermission.objects.filter(permission=change).delete()
        group = Group.objects.get(name="Moderators")
        GroupCollectionPermission.objects.create(group=group, collection=theirs, permission=change)
        told = text(as_("moderator"), LIST)
        assert "Seen by moderators" in told
        assert "Seen by administrators" not in told
        assert "The words in 1 file cannot be found." in text(as_("moderator"), "/admin/")
        assert "The words in 2 files cannot be found." in text(as_("administrator"), "/admin/")

    def test_leaves_out_what_was_replaced(self, home: HomePage) -> None:
        document = broken("Budget")
        Document.objects.filter(pk=document.pk).update(file="documents/other.pdf")
        assert "Budget" not in text(as_("administrator"), LIST)

    def test_is_a_table_in_which_nothing_is_a_formula(self, home: HomePage) -> None:
        broken("=1+1")
        table = as_("administrator").get(f"{LIST}?export=csv").getvalue().decode()
        assert "'=1+1" in table
        assert "Save it without a password" in table

    def test_is_in_the_language_of_the_editor(self, home: HomePage) -> None:
        broken("Budget")
        editor = User.objects.get(username="editor")
        UserProfile.objects.create(user=editor, preferred_language="ar")
        told = text(as_("editor"), LIST)
        assert "It is protected" not in told
        assert "الملف محمي بكلمة مرور" in told


class TestTheFile:
    def test_says_at_its_form_why_it_cannot_be_found(self, home: HomePage) -> None:
        document = broken("Budget", Reason.WORDLESS)
        told = text(as_("editor"), reverse("wagtaildocs:edit", args=[document.pk]))
        assert "The words in this file cannot be found. There is no text in it." in told
        sound = attach(b"Toner", "a.txt")
        told = text(as_("editor"), reverse("wagtaildocs:edit", args=[sound.pk]))
        assert "cannot be found" not in told

    def test_is_named_where_its_entry_is_edited(self, home: HomePage) -> None:
        entry = ResourcePageFactory(parent=home, title="A plan")
        document = broken("Budget <i>2026</i>", Reason.DAMAGED)
        entry.attachments = [Attachment(document=document)]
        entry.save()
        told = text(as_("editor"), reverse("wagtailadmin_pages:edit", args=[entry.pk]))
        assert "Budget <i>2026</i>: The words in this file cannot be found. It is damaged" in told
