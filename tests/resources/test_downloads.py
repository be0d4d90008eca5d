"""An agreement downloads whole, in three formats, and only by those who may read its page."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from odfdo import Document
from pypdf import PdfReader
from wagtail.models import PageViewRestriction

from resources import downloads
from resources.downloads import Choice, compose_files, composed_files
from resources.models import AgreementPage
from tests.factories.pages import AgreementPageFactory, PartnerTypeFactory, make_site, translated
from toolkit.documents.formats import Format

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: object) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def agreement() -> AgreementPage:
    PartnerTypeFactory(code="ngos")
    clause = {
        "code": "parties",
        "heading": "Parties",
        "required": True,
        "text": "<p>This agreement is made by {first_party}.</p>",
        "why": "<p>So that it is clear who agrees.</p>",
        "watch_out": "",
        "variants": [
            {"partner_types": ["ngos"], "text": "<p>Between {first_party} and an NGO.</p>"}
        ],
    }
    page: AgreementPage = AgreementPageFactory(
        parent=make_site(), title="With an NGO", slug="with-an-ngo", clauses=[("clause", clause)]
    )
    return page


def download(client: Client, page: AgreementPage, extension: str, query: str = "") -> bytes:
    response = client.get(f"{page.url}download/{extension}/{query}")
    assert response.status_code == 200
    return bytes(response.content)


def docx_text(content: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(content)).paragraphs)


class TestEveryFormat:
    def test_reopens_with_the_clause_and_its_blank(
        self, client: Client, agreement: AgreementPage
    ) -> None:
        texts = {
            "docx": docx_text(download(client, agreement, "docx")),
            "odt": Document(io.BytesIO(download(client, agreement, "odt"))).get_formatted_text(),
            "pdf": "\n".join(
                page.extract_text()
                for page in PdfReader(io.BytesIO(download(client, agreement, "pdf"))).pages
            ),
        }
        for extension, text in texts.items():
            assert "Parties" in text, extension
            assert "Name of the first party" in text, extension
            assert "{first_party}" not in text, extension

    def test_is_listed_with_its_name_size_and_language(
        self, client: Client, agreement: AgreementPage
    ) -> None:
        compose_files.call(agreement.pk)
        files = composed_files(agreement)
        assert [file.format for file in files] == ["DOCX", "ODT", "PDF"]
        for file in files:
            response = client.get(file.url)
            assert f'filename="{file.name}"' in response["Content-Disposition"]
            assert response["Content-Language"] == file.language == "en"
            content = bytes(response.content)
            assert len(content) == file.size_bytes


class TestComposing:
    def test_is_asked_of_the_worker_when_a_page_is_published(
        self, agreement: AgreementPage
    ) -> None:
        agreement.save_revision()
        assert not DBTaskResult.objects.exists()
        agreement.save_revision().publish()
        waiting = DBTaskResult.objects.get()
        assert (waiting.task_path, waiting.args_kwargs["args"]) == (
            "resources.downloads.compose_files",
            [agreement.pk],
        )

    def test_is_never_done_for_a_page_or_a_preview(
        self, client: Client, agreement: AgreementPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_args: object) -> bytes:
            raise AssertionError("composed for a page")

        monkeypatch.setattr(downloads, "_composed", refuse)
        page = client.get(agreement.url)
        assert page.status_code == 200
        assert "Word document" in page.content.decode()
        preview = agreement.make_preview_request(preview_mode=agreement.default_preview_mode)
        assert preview.status_code == 200

    def test_of_one_format_that_fails_keeps_no_other_back(
        self, client: Client, agreement: AgreementPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        composed = downloads._composed

        def fail(recipe: object, item: Format) -> bytes:
            if item.extension == "pdf":
                raise RuntimeError("no fonts")
            return composed(recipe, item)  # type: ignore[arg-type]

        monkeypatch.setattr(downloads, "_composed", fail)
        assert downloads.compose(agreement)
        sizes = [file.size_bytes for file in composed_files(agreement)]
        assert sizes[0]
        assert sizes[1]
        assert sizes[2] is None
        assert client.get(agreement.url).status_code == 200

    def test_is_spared_whoever_has_the_file(
        self, client: Client, agreement: AgreementPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = f"{agreement.url}download/docx/"
        etag = client.get(address)["ETag"]
        monkeypatch.setattr(downloads, "contents", None)
        again = client.get(address, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")


class TestAChoice:
    def test_of_a_partner_type_takes_its_wording(
        self, client: Client, agreement: AgreementPage
    ) -> None:
        assert "and an NGO." not in docx_text(download(client, agreement, "docx"))
        assert "and an NGO." in docx_text(download(client, agreement, "docx", "?partner=ngos"))

    def test_of_an_unknown_partner_type_counts_as_none(self) -> None:
        assert Choice.read({"partner": "martians"}) == Choice()

    def test_of_guidance_keeps_the_reasons_in(
        self, client: Client, agreement: AgreementPage
    ) -> None:
        assert "clear who agrees" not in docx_text(download(client, agreement, "docx"))
        assert "clear who agrees" in docx_text(download(client, agreement, "docx", "?guidance=1"))


class TestAChange:
    def test_of_a_clause_makes_a_new_file(self, client: Client, agreement: AgreementPage) -> None:
        before = docx_text(download(client, agreement, "docx"))
        agreement.clauses[0].value["heading"] = "Who agrees"
        agreement.save()
        after = docx_text(download(client, agreement, "docx"))
        assert ("Who agrees" in before, "Who agrees" in after) == (False, True)


class TestAMarkerThatNobodyDeclared:
    def test_becomes_a_blank_of_its_own_name(
        self, client: Client, agreement: AgreementPage
    ) -> None:
        AgreementPage.objects.filter(pk=agreement.pk).update(placeholders=[])
        assert "first party" in docx_text(download(client, agreement, "docx"))


class TestSearchEngines:
    def test_are_led_to_the_page_and_not_to_the_file(
        self, client: Client, agreement: AgreementPage
    ) -> None:
        response = client.get(f"{agreement.url}download/docx/")
        assert response["X-Robots-Tag"] == "noindex"


class TestPrivacy:
    @pytest.mark.parametrize("extension", ["docx", "odt", "pdf"])
    def test_of_the_page_is_the_privacy_of_its_files(
        self, client: Client, agreement: AgreementPage, extension: str
    ) -> None:
        PageViewRestriction.objects.create(
            page=agreement, restriction_type=PageViewRestriction.LOGIN
        )
        response = client.get(f"{agreement.url}download/{extension}/")
        assert response.status_code == 302
        assert "sign-in" in response["Location"]

    def test_a_draft_has_no_files(self, client: Client, agreement: AgreementPage) -> None:
        agreement.unpublish()
        response = client.get(f"{agreement.url}download/pdf/")
        assert response.status_code == 404


class TestAnotherLanguage:
    def test_has_files_of_its_own(self, client: Client, agreement: AgreementPage) -> None:
        copy = translated(agreement, "ar", title="مع منظمة غير حكومية")
        text = docx_text(download(client, copy, "docx"))
        assert "مع منظمة غير حكومية" in text
        assert composed_files(copy)[0].name.endswith(".ar.docx")
