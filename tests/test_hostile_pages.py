"""No text makes a page a 500: not the page, not its editor, not the list or the file it is in."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    ExercisePageFactory,
    PlainPageFactory,
    ResourcePageFactory,
    SectionPageFactory,
    make_site,
)
from tests.hostile_texts import TEXTS
from toolkit.core.models import BasePage
from toolkit.core.richtext import SanitisedRichTextField, SanitisedStreamField
from toolkit.core.sanitising import clean_html, clean_text

FACTORIES = (
    PlainPageFactory,
    SectionPageFactory,
    ResourcePageFactory,
    AgreementPageFactory,
    CaseStudyPageFactory,
    ExercisePageFactory,
)


def blocks(text: str) -> list[dict[str, Any]]:
    """Every block of a body with a text in all its places, as raw data."""
    row = {"label": text, "value": 1}
    table = {"data": [[text, text], [text, None]], "first_row_is_table_header": True}
    values: dict[str, Any] = {
        "heading": text,
        "text": text,
        "quote": {"text": text, "source": text},
        "steps": [text, text],
        "callout": {"kind": "tip", "text": text},
        "table": {"caption": text, "table": table},
        "chart": {"title": text, "column": text, "unit": text, "rows": [row], "note": text},
        "video": {"title": text, "url": text, "length": text, "size": text, "transcript": text},
        "related": {"heading": text, "entries": []},
    }
    return [{"type": kind, "value": value} for kind, value in values.items()]


def streams(name: str, text: str) -> list[dict[str, Any]]:
    if name in {"body", "introduction"}:
        return blocks(text)
    blank = {"code": "first_party", "type": "text", "label": text, "example": text}
    clause = {"code": "x", "heading": text, "required": True, "text": text, "why": text}
    variant = {"partner_types": [text], "text": text}
    values = {
        "sources": ("source", {"title": text, "url": text}),
        "results": ("result", {"claim": text, "evidence": text}),
        "placeholders": ("placeholder", blank),
        "clauses": ("clause", {**clause, "watch_out": text, "variants": [variant]}),
    }
    kind, value = values[name]
    return [{"type": kind, "value": value}]


def filled(page: Any, texts: list[str]) -> Any:
    """The page with one of the texts in each of its fields, and all of them in its blocks."""
    wagtails = {field.name for field in Page._meta.get_fields()}
    for number, field in enumerate(page._meta.get_fields()):
        text = texts[number % len(texts)]
        if field.name in wagtails - {"title", "seo_title", "search_description"}:
            continue
        if isinstance(field, StreamField):
            raw = [block for each in texts for block in streams(field.name, each)]
            setattr(page, field.name, raw)
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            is_rich = isinstance(field, RichTextField)
            plain = f"<p>words</p>{text}" if is_rich else clean_text(text)
            setattr(page, field.name, plain[: field.max_length or 290] or "x")
    return page


@pytest.mark.django_db
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory._meta.model.__name__)
def test_a_page_of_any_type_opens_whatever_it_says_for_readers_and_editors(
    factory: Any, admin_user: Any
) -> None:
    """Kept as raw data without a form, as imports and translations keep it."""
    reader, editor = Client(), Client()
    editor.force_login(admin_user)
    page = factory(parent=make_site())
    texts = list(TEXTS.values())
    # Many texts on one page: the message names the page, the traceback the text.
    for start in range(0, len(texts), 8):
        filled(page, texts[start : start + 8])
        page.save(clean=False)  # as rows are that were kept before a rule was made
        page.save_revision(clean=False)
        kept = type(page).objects.get(pk=page.pk)
        asked = [(reader, kept.get_url())]
        asked.append((editor, reverse("wagtailadmin_pages:edit", args=[page.pk])))
        if factory is AgreementPageFactory:
            asked += [(reader, f"{kept.get_url()}download/{name}/") for name in ("docx", "odt")]
        for client, path in asked:
            assert client.get(path).status_code == 200, (start, path)


@pytest.mark.django_db
def test_raw_data_of_a_stream_is_kept_clean() -> None:
    """A StreamField writes raw data as it was given; a script in it was stored."""
    page = PlainPageFactory(parent=make_site())
    page.body = blocks("<p>a\x00b</p><script>1</script>")
    page.save(clean=False)
    stored = type(page).objects.get(pk=page.pk).body.raw_data
    raw = {block["type"]: block["value"] for block in stored}
    assert raw["text"] == raw["callout"]["text"] == raw["video"]["transcript"] == "<p>ab</p>"
    assert raw["steps"] == ["<p>ab</p>"] * 2
    assert raw["heading"] == "<p>ab</p><script>1</script>"  # a plain text, shown as it stands
    page.body = blocks("<b onclick='x'>c</b>")
    content = page.save_revision(clean=False).content["body"]
    assert "onclick='x'" in content  # in plain texts
    assert clean_html("<b onclick='x'>c</b>") in content


def test_every_page_type_keeps_its_texts_in_fields_that_clean_them() -> None:
    """A new page type with Wagtail's own fields would store whatever it is given."""
    for model in apps.get_models():
        if issubclass(model, BasePage):
            for field in model._meta.get_fields():
                if isinstance(field, StreamField):
                    assert isinstance(field, SanitisedStreamField), field
                if isinstance(field, RichTextField):
                    assert isinstance(field, SanitisedRichTextField), field
