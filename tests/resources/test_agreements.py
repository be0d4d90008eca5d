"""An agreement as an entry, and as something that an editor can get wrong."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from resources.blanks import codes_in, pieces
from resources.models import AgreementPage
from tests.factories.pages import AgreementPageFactory, make_site

pytestmark = pytest.mark.django_db


class TestBlanks:
    def test_are_the_codes_in_braces_however_they_are_typed(self) -> None:
        text = "<p>{first_party} and {Second_Party}, { party B }, {{x}} {сторона} {0} {}</p>"
        assert codes_in(text) == ["first_party", "second_party", "party_b", "x", "сторона"]

    def test_in_the_address_of_a_link_are_none(self) -> None:
        assert codes_in('<a href="/{place}">here</a>') == []

    def test_cut_a_text_as_they_are_counted(self) -> None:
        text = "{a}, made by {B c} and others"
        assert list(pieces(text)) == [
            ("", "a"), (", made by ", ""), ("", "b_c"), (" and others", ""),
        ]  # fmt: skip
        assert [code for _text, code in pieces(text) if code] == codes_in(text)


class TestSearchText:
    def test_has_no_markers_for_readers_to_stumble_over(self) -> None:
        text = AgreementPageFactory(parent=make_site()).search_text()
        assert "This agreement is made by [Name of the first party]." in text
        assert "{" not in text


class TestTheSameBlankEverywhere:
    """A marker that passed the form stood raw on the page and in the file."""

    CLAUSE = {
        "code": "a",
        "heading": "The {Party_B}",
        "required": True,
        "text": "<p>{Party B} signs with {first_party}.</p>",
        "why": "<p>{nobody}</p>",
        "watch_out": "",
        "variants": [],
    }

    @pytest.fixture
    def page(self) -> AgreementPage:
        page = AgreementPageFactory(parent=make_site())
        page.clauses = [{"type": "clause", "value": self.CLAUSE}]
        page.save(clean=False)  # as one that was published before there was a rule
        return AgreementPage.objects.get(pk=page.pk)

    def test_is_refused_where_nobody_declared_it(self, page: AgreementPage) -> None:
        with pytest.raises(ValidationError, match=r"\{nobody\}, \{party_b\}"):
            page.clean_to_publish()

    def test_is_no_brace_on_the_page_in_the_index_or_in_the_file(
        self, client: Client, page: AgreementPage, settings: Any, tmp_path: Path
    ) -> None:
        settings.DATA_DIR = tmp_path
        html = client.get(page.url).content.decode()
        assert "{" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
        assert "party b</span>" in html
        assert "{" not in page.search_text()
        answer = client.get(f"{page.url}download/docx/?guidance=1")
        text = "\n".join(
            paragraph.text for paragraph in docx.Document(BytesIO(answer.getvalue())).paragraphs
        )
        assert "{" not in text
        assert "party b" in text


class TestCleaning:
    def test_names_the_blanks_that_nobody_declared(self) -> None:
        page = AgreementPageFactory(parent=make_site())
        page.placeholders = page.placeholders.stream_block.to_python([])
        with pytest.raises(ValidationError, match=r"\{first_party\}"):
            page.full_clean()
