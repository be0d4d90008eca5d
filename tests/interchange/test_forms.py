"""Results and entries in every form, read by other programs than ours."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from casestudies.models import CaseStudyPage
from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    RegionFactory,
    make_site,
    translated,
)
from tests.factories.standing import Ground, Stood
from tests.interchange import parsing
from tests.interchange.parsing import get
from toolkit.interchange import selections, views
from toolkit.interchange.forms import FORMS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.usefixtures("looks_each_time"),
]


@dataclass(frozen=True)
class Library:
    case: Any
    agreement: Any


@pytest.fixture(scope="module")
def standing_library(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stood[Library]]:
    with (
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        ground.standing(make_library) as stood,
    ):
        yield stood


@pytest.fixture
def library(standing_library: Stood[Library], own_index: None) -> Library:
    standing_library.use_copy_of_index()
    return standing_library.made


def make_library() -> Library:
    """Three works: one in two languages, with files of which one is private; one private."""
    home = make_site()
    RegionFactory(code="ke", label_en="Kenya", label_fr="Le Kenya")
    case = CaseStudyPageFactory(
        parent=home,
        title="A campaign",
        slug="campaign",
        attribution="Kenya Library Association",
        licence="CC-BY-SA-4.0",
        regions=["ke"],
        issued_at=datetime.date(2024, 3, 5),
    )
    translated(case, "fr", title="Une campagne")
    agreement = AgreementPageFactory(parent=home, title="An agreement", slug="agreement")
    closed = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    for name, collection in (("open.pdf", None), ("secret.pdf", closed)):
        file = Document(title=name, file=ContentFile(b"%PDF-1.4", name=name))
        if collection:
            file.collection = collection
        file.save()
        case.attachments.create(document=file)
    case.save()
    hidden = CaseStudyPageFactory(parent=home, title="A secret")
    CaseStudyPageFactory(parent=home, title="A draft", live=False)
    indexing.rebuild(engines()[0])
    # The index does not hear of this
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=hidden)])
    return Library(case, agreement)


class TestResults:
    def test_hold_what_is_open_to_all_and_nothing_else(
        self, client: Client, library: Library
    ) -> None:
        for form in FORMS:
            text = get(client, f"/en/search/results.{form}").decode()
            assert "A campaign" in text, form
            assert "An agreement" in text, form
            for kept_back in ("A secret", "A draft", "secret.pdf"):
                assert kept_back not in text, form

    def test_say_author_date_language_licence_and_file_in_every_form(
        self, client: Client, library: Library
    ) -> None:
        address = "/fr/search/results."
        query = "?kind=case-study"
        url = library.case.attachments.get(document__title="open.pdf").document.url

        (row,) = parsing.table(get(client, f"{address}csv{query}"))
        assert row["Titre"] == "Une campagne"
        assert row["Régions"] == "Le Kenya"
        assert row["Publié le"] == "2024-03-05"
        (entry,) = parsing.ris(get(client, f"{address}ris{query}"))
        assert (entry["type_of_reference"], entry["date"]) == ("RPRT", "2024/03/05")
        assert entry["authors"] == ["Kenya Library Association"]
        assert entry["language"] == "fr"
        (bibtex,) = parsing.bibtex(get(client, f"{address}bib{query}"))
        assert bibtex["author"].strip("{}") == "Kenya Library Association"
        assert (bibtex["year"], bibtex["copyright"]) == ("2024", "CC BY-SA 4.0")
        (item,) = json.loads(get(client, f"{address}csl.json{query}"))
        assert item["issued"] == {"date-parts": [[2024, 3, 5]]}
        assert item["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
        (cited,) = parsing.harvard(json.dumps([item]).encode())
        assert cited.startswith("Kenya Library Association (2024) Une campagne")
        (told,) = parsing.atom(get(client, f"{address}atom{query}"))
        assert told.get(parsing.LANGUAGE) == "fr"
        assert told.findtext("a:rights", "", parsing.ATOM) == "CC BY-SA 4.0"
        (plain,) = json.loads(get(client, f"{address}json{query}"))["entries"]
        assert plain["languages"] == ["en", "fr"]

        (entry,) = parsing.ris(get(client, "/en/search/results.ris?kind=case-study"))
        assert entry["file_attachments1"].endswith(url)

    def test_are_all_of_them_up_to_the_bound_and_say_where_it_was_reached(
        self, client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(25):
            CaseStudyPageFactory(parent=library.case.get_parent(), title=f"Case {number}")
        PageViewRestriction.objects.all().delete()
        indexing.rebuild(engines()[0])
        assert len(parsing.table(get(client, "/en/search/results.csv?page=2"))) == 28

        for module in (views, selections):
            monkeypatch.setattr(module, "BOUND", 10)
        monkeypatch.setattr("toolkit.interchange.templatetags.taking.BOUND", 10)
        response = client.get("/en/search/results.csv?q=case&kind=case-study&sort=title")
        assert len(parsing.table(response.content)) == 10
        assert response["Content-Disposition"].endswith('"entries-1-10-of-27.csv"')
        page = get(client, "/en/search/?kind=case-study").decode()
        assert "Files hold the first 10 of 27 entries" in page

    def test_take_the_same_few_queries_whatever_their_number(
        self, client: Client, library: Library
    ) -> None:
        def queries() -> int:
            client.get("/en/search/results.csv")
            with CaptureQueriesContext(
                connection,
            ) as captured:
                client.get("/en/search/results.csv")
            return len(captured.captured_queries)

        few = queries()
        for number in range(12):
            CaseStudyPageFactory(parent=library.case.get_parent(), title=f"Case {number}")
        indexing.rebuild(engines()[0])
        assert queries() == few <= 12

    def test_are_known_to_whoever_has_them(self, client: Client, library: Library) -> None:
        for form in FORMS:
            address = f"/en/search/results.{form}?q=campaign"
            response = client.get(address)
            assert response["X-Robots-Tag"] == "noindex"
            again = client.get(address, headers={"If-None-Match": response["ETag"]})
            assert (again.status_code, again.content) == (304, b""), form
            head = client.head(address)
            assert (head.status_code, head.content) == (200, b""), form
        assert client.post("/en/search/results.csv").status_code == 405
        assert client.get("/en/search/results.exe").status_code == 404

    def test_are_linked_from_the_page_that_shows_them(
        self, client: Client, library: Library
    ) -> None:
        page = BeautifulSoup(get(client, "/en/search/?q=campaign&page=1"), "html.parser")
        heads = [link["href"] for link in page.select("head link[rel=alternate][title]")]
        foot = [link["href"] for link in page.select(".take a[href^='/']")]
        assert heads == foot == [f"/en/search/results.{form}?q=campaign" for form in FORMS]


class TestAnEntry:
    def test_is_had_in_its_language_wherever_it_stands(
        self, client: Client, library: Library
    ) -> None:
        key = library.case.translation_key
        response = client.get(f"/fr/cite/{key}.ris")
        (entry,) = parsing.ris(response.content)
        assert entry["title"] == "Une campagne"
        assert response["Content-Disposition"].endswith('"campaign.fr.ris"')
        (entry,) = parsing.bibtex(get(client, f"/ar/cite/{key}.bib"))  # as it was written
        assert "A campaign" in entry["title"]
        (item,) = json.loads(get(client, f"/en/cite/{library.agreement.translation_key}.csl.json"))
        assert item["type"] == "webpage"

    def test_that_is_not_open_to_all_is_not_there(self, client: Client, library: Library) -> None:
        for title in ("A secret", "A draft"):
            page = CaseStudyPage.objects.get(title=title)
            assert client.get(f"/en/cite/{page.translation_key}.ris").status_code == 404
        assert client.get("/en/cite/00000000-0000-0000-0000-000000000000.ris").status_code == 404

    def test_tells_reference_managers_in_the_head_of_its_page(
        self, client: Client, library: Library
    ) -> None:
        head = BeautifulSoup(get(client, "/fr/campaign/"), "html.parser").head
        assert head is not None
        said = {meta["name"]: meta["content"] for meta in head.select("meta[name]")}
        assert said["citation_title"] == said["DC.title"] == "Une campagne"
        assert said["DC.creator"] == "Kenya Library Association"
        assert said["citation_author"] == "Kenya Library Association,"  # a name in one piece
        assert said["z:itemType"] in {"webpage", "report"}
        assert said["citation_publication_date"] == "2024/03/05"
        assert said["citation_language"] == said["DC.language"] == "fr"
        assert said["DC.rights"].endswith("https://creativecommons.org/licenses/by-sa/4.0/")
        assert "citation_technical_report_institution" in said
        for link in head.select("link[rel=alternate][title]"):
            assert client.get(str(link["href"]))["Content-Type"].startswith(str(link["type"]))

        english = get(client, "/en/campaign/").decode()
        (pdf,) = re.findall(r'name="citation_pdf_url" content="([^"]*)"', english)
        assert pdf.endswith("open.pdf")
        assert "secret" not in english
        agreement = get(client, "/en/agreement/").decode()
        (pdf,) = re.findall(r'name="citation_pdf_url" content="([^"]*)"', agreement)
        assert pdf.endswith("/en/agreement/download/pdf/")
