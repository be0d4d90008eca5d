"""Stored text is NFC, whatever way it comes in; and what was stored before becomes so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import is_normalized, normalize

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Locale, Page, Revision
from wagtail_localize.models import String, StringTranslation, TranslationContext

from resources.models import ResourcePage
from tests.editing.forms import form_data
from tests.factories.pages import (
    PlainPageFactory,
    RegionFactory,
    ResourcePageFactory,
    SectionPageFactory,
    make_site,
)
from tests.factories.tables import row, write
from tests.search.engines.collection import index
from toolkit.core.composing import compose_stored_texts
from toolkit.importing.plans import carry_out, plan_import
from toolkit.taxonomy.terms import EntryTag
from toolkit.wanted.models import Wanted

pytestmark = pytest.mark.django_db

#: Words as keyboards and files of macOS write them: French, Russian (й), Arabic (hamza by itself).
COMPOSED = {"fr": "Bibliothèque", "ru": "Чайковский край", "ar": "مسؤولية أفريقيا"}
APART = {language: normalize("NFD", text) for language, text in COMPOSED.items()}
FRENCH, CAFE = APART["fr"], normalize("NFD", "café")


@pytest.fixture
def editor(admin_user: Any) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


def test_these_words_are_written_apart() -> None:
    assert all(APART[language] != COMPOSED[language] for language in COMPOSED)


class TestWhatIsSaved:
    @pytest.mark.parametrize("language", sorted(COMPOSED))
    def test_is_nfc_without_a_form(self, language: str) -> None:
        apart, composed = APART[language], COMPOSED[language]
        page = ResourcePageFactory(parent=make_site(), title=apart, summary=apart, slug="a")
        page.body = [("text", f"<p>{apart}</p>"), ("heading", apart)]
        page.save()
        revision = page.save_revision()
        found = ResourcePage.objects.get(pk=page.pk)
        assert found.title == found.summary == composed
        stored = json.dumps(found.body.get_prep_value(), ensure_ascii=False)
        assert stored.count(composed) == 2
        assert is_normalized("NFC", stored)
        kept = json.dumps(Revision.objects.get(pk=revision.pk).content, ensure_ascii=False)
        assert composed in kept
        assert is_normalized("NFC", kept)
        region = RegionFactory(code="x", label_en="x", also_known_as_en=apart)
        region.refresh_from_db()
        assert region.also_known_as_en == composed
        document = get_document_model().objects.create(
            title=apart, file=ContentFile(b"x", name="a.txt")
        )
        document.refresh_from_db()
        assert document.title == composed

    def test_of_a_translation_is_nfc(self) -> None:
        make_site()
        english = Locale.objects.get(language_code="en")
        french, _made = Locale.objects.get_or_create(language_code="fr")
        string = String.objects.create(
            locale=english, data="Library", data_hash=String._get_data_hash("Library")
        )
        context = TranslationContext.objects.create(object_id=_translatable(), path="title")
        translation = StringTranslation.objects.create(
            translation_of=string, locale=french, context=context, data=FRENCH
        )
        translation.refresh_from_db()
        assert translation.data == COMPOSED["fr"]

    def test_tags_are_one_however_they_are_written(self) -> None:
        home = make_site()
        one = ResourcePageFactory(parent=home, slug="one", tags=[normalize("NFC", CAFE)])
        other = ResourcePageFactory(parent=home, slug="other", tags=[CAFE])
        assert EntryTag.objects.count() == 1
        assert [t.pk for t in one.tags.all()] == [t.pk for t in other.tags.all()]
        assert EntryTag.objects.get().slug == "café"


def _translatable() -> Any:
    from wagtail_localize.models import TranslatableObject

    page = Page.objects.last()
    assert page is not None
    made, _new = TranslatableObject.objects.get_or_create_from_instance(page)
    return made.pk


class TestWhatIsSent:
    def test_by_a_reader_is_read_in_nfc(self) -> None:
        make_site()
        assert Client().post("/fr/search/missing/", {"text": FRENCH}).status_code == 302
        assert Wanted.objects.get().text == COMPOSED["fr"]

    def test_as_a_filter_is_the_tag_that_is_stored(self) -> None:
        home = make_site()
        ResourcePageFactory(parent=home, tags=["café"])
        index()
        answer = Client().get("/api/v1/search", {"tag": CAFE}).json()
        assert answer["notices"] == []
        assert [tag["value"] for tag in answer["facets"]["tag"] if tag["selected"]] == ["café"]

    def test_by_an_editor_may_be_a_slug(self, editor: Client) -> None:
        """A letter and its accent apart were refused: "enter a valid slug"."""
        page = PlainPageFactory(parent=make_site(), slug="plain")
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        sent = form_data(editor, address, type(page), title=FRENCH, slug=CAFE)
        assert editor.post(address, {**sent, "action-publish": "1"}).status_code == 302
        page.refresh_from_db()
        assert (page.title, page.slug) == (COMPOSED["fr"], "café")

    def test_by_an_editor_is_the_tag_that_is_there(self, editor: Client) -> None:
        make_site()
        EntryTag.objects.create(name="café")
        answer = editor.post(
            reverse(EntryTag.snippet_viewset.get_url_name("add")), {"name": CAFE, "slug": ""}
        )
        assert answer.status_code == 200  # the form again, with what is wrong
        assert EntryTag.objects.count() == 1

    def test_with_a_file_names_it_in_nfc(self, editor: Client) -> None:
        make_site()
        file = SimpleUploadedFile(f"{FRENCH}.txt", b"a text")
        editor.post(reverse("wagtaildocs:add"), {"title": FRENCH, "file": file, "collection": 1})
        document = get_document_model().objects.get()
        assert document.title == COMPOSED["fr"]
        assert is_normalized("NFC", document.filename)

    def test_as_a_password_is_left_as_it_is(self, django_user_model: Any) -> None:
        make_site()
        django_user_model.objects.create_user("anna", password=CAFE)
        for word, status in ((CAFE, 302), ("café", 200)):
            form = {"username": "anna", "password": word}
            assert Client().post("/en/sign-in/", form).status_code == status, word

    def test_in_an_address_leads_to_the_page(self) -> None:
        page = PlainPageFactory(parent=make_site(), slug="café")
        answer = Client().get(f"/en/{CAFE}/?a=%C3%A9")
        assert answer.status_code == 301
        assert answer["Location"] == "/en/caf%C3%A9/?a=%C3%A9"
        assert Client().get(answer["Location"]).context["page"].pk == page.pk
        assert Client().get(f"/en/no-{CAFE}/", follow=True).status_code == 404

    def test_in_an_import_is_read_in_nfc(self, tmp_path: Path) -> None:
        SectionPageFactory(parent=make_site(), slug="guidelines", kinds="guideline")
        RegionFactory(code="ke")
        EntryTag.objects.create(name="café")
        cells = {"slug": "a", "kind": "guideline", "title": FRENCH, "tags": CAFE}
        carry_out(plan_import(write(tmp_path / "entries.csv", row(**cells))))
        page = ResourcePage.objects.get(slug="a")
        assert page.title == COMPOSED["fr"]
        assert [tag.name for tag in page.tags.all()] == ["café"]
        assert EntryTag.objects.count() == 1


class TestWhatWasStored:
    def test_becomes_nfc_once(self) -> None:
        home = make_site()
        page = ResourcePageFactory(parent=home, title="a", slug="a", tags=["café"])
        other = ResourcePageFactory(parent=home, title="b", slug="b", tags=["café"])
        revision = page.save_revision()
        raw = [{"type": "heading", "value": FRENCH, "id": "1"}]
        body, content = json.dumps(raw), json.dumps({**revision.content, "title": FRENCH})
        Page.objects.filter(pk=page.pk).update(title=FRENCH)
        with connection.cursor() as cursor:
            for table, column, value, key, pk in (
                (ResourcePage._meta.db_table, "body", body, "entrypage_ptr_id", page.pk),
                (Revision._meta.db_table, "content", content, "id", revision.pk),
            ):
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [value, pk])  # noqa: S608
        # A tag of its own, as another release stored it, on both entries
        apart = EntryTag.objects.bulk_create([EntryTag(name=CAFE, slug="cafe-2")])[0]
        for entry in (page, other):
            through = entry.tagged_items.model
            through.objects.bulk_create([through(tag=apart, content_object=entry)])
        other.tagged_items.model.objects.filter(tag__name="café", content_object=other).delete()

        assert compose_stored_texts() == 4

        found = ResourcePage.objects.get(pk=page.pk)
        assert found.title == COMPOSED["fr"]
        assert [block.value for block in found.body] == [COMPOSED["fr"]]
        assert Revision.objects.get(pk=revision.pk).content["title"] == COMPOSED["fr"]
        assert EntryTag.objects.count() == 1
        for entry in (page, other):
            kept = ResourcePage.objects.get(pk=entry.pk)
            assert [tag.name for tag in kept.tags.all()] == ["café"]
        assert compose_stored_texts() == 0

    def test_leaves_what_another_row_must_have_alone(self, caplog: Any) -> None:
        make_site()
        texts = ["Library é", normalize("NFD", "Library é")]
        locale = Locale.objects.get(language_code="en")
        made = [
            String(locale=locale, data=text, data_hash=String._get_data_hash(text))
            for text in texts
        ]
        String.objects.bulk_create(made)
        assert compose_stored_texts() == 0
        assert sorted(String.objects.values_list("data", flat=True)) == sorted(texts)
        assert "is left as it is" in caplog.text

    def test_keeps_a_string_for_translation_where_it_is_looked_for(self) -> None:
        make_site()
        locale = Locale.objects.get(language_code="en")
        String.objects.bulk_create(
            [String(locale=locale, data=FRENCH, data_hash=String._get_data_hash(FRENCH))]
        )
        assert compose_stored_texts() == 1
        string = String.objects.get()
        assert string.data == COMPOSED["fr"]
        assert string.data_hash == String._get_data_hash(COMPOSED["fr"])
