"""What is private stays private: who × what × in which state, seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import translation
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    BaseViewRestriction,
    Collection,
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
)

from search.catalogue import indexing
from search.engines import engines
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    ExercisePageFactory,
    PlainPageFactory,
    ResourcePageFactory,
    SectionPageFactory,
    make_site,
    translated,
)
from tests.factories.people import RANKS, as_, make_people
from tests.factories.standing import Ground, Stood, found_again
from toolkit.attached.models import FileText
from toolkit.core.short_keys import short_key
from toolkit.lists.kept import COOKIE
from toolkit.taxonomy.works import Attachment

pytestmark = pytest.mark.django_db

OPEN, SIGN_IN, PASSWORD, MISSING = "open", "sign in", "password", "not there"
EVERYBODY = dict.fromkeys(RANKS, OPEN)
NOBODY = dict.fromkeys(RANKS, MISSING)
SIGNED_IN = {**EVERYBODY, "anonymous": SIGN_IN}
WITH_PASSWORD = dict.fromkeys(RANKS, PASSWORD)
MODERATORS = {**dict.fromkeys(RANKS, SIGN_IN), "moderator": OPEN, "administrator": OPEN}

PAGES = {
    "open": EVERYBODY,
    "draft": NOBODY,
    "unpublished": NOBODY,
    "login": SIGNED_IN,
    "password": WITH_PASSWORD,
    "groups": MODERATORS,
    "below a private page": SIGNED_IN,
}
COLLECTIONS = {
    "open": EVERYBODY,
    "login": SIGNED_IN,
    "password": WITH_PASSWORD,
    "groups": MODERATORS,
    "below a private collection": SIGNED_IN,
}


def seen(client: Client, address: str) -> str:
    response = client.get(address)
    if response.status_code == 302:
        assert "/sign-in/?next=" in response["Location"], response["Location"]
        return SIGN_IN
    if response.status_code == 404:
        return MISSING
    if response.templates and response.templates[0].name == "people/password_required.html":
        return PASSWORD
    assert response.status_code == 200, (address, response.status_code)
    return OPEN


def restricted(model: Any, kind: str, **about: Any) -> None:
    made = model.objects.create(restriction_type=kind, password="sesame", **about)
    if kind == BaseViewRestriction.GROUPS:
        made.groups.add(Group.objects.get(name="Moderators"))


def make_home() -> Page:
    home = make_site()
    make_people(home)
    return home


@pytest.fixture(scope="module")
def standing_home(ground: Ground) -> Iterator[Stood[Page]]:
    with ground.standing(make_home) as stood:
        yield stood


@pytest.fixture
def home(standing_home: Stood[Page], db: None, tmp_path: Path, settings: Any) -> Page:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path
    cache.clear()  # it knows the renditions of an earlier test's images
    return found_again(standing_home.made)


class TestPages:
    @pytest.fixture(scope="class")
    @classmethod
    def standing_pages(
        cls, standing_home: Stood[Page], ground: Ground
    ) -> Iterator[Stood[dict[str, Page]]]:
        with ground.standing(lambda: cls.make_pages(found_again(standing_home.made))) as stood:
            yield stood

    @pytest.fixture
    def pages(
        self, standing_pages: Stood[dict[str, Page]], home: Page, own_index: None
    ) -> dict[str, Page]:
        """A work in two languages in every state, and beside it all that might tell of it."""
        standing_pages.use_copy_of_index()
        return {state: found_again(page) for state, page in standing_pages.made.items()}

    @classmethod
    def make_pages(cls, home: Page) -> dict[str, Page]:
        section = SectionPageFactory(
            parent=home, slug="section", kinds="mou exercise", show_in_menus=True
        )
        closed = SectionPageFactory(
            parent=home, slug="closed", title="Zebra section", show_in_menus=True
        )
        restricted(PageViewRestriction, "login", page=closed)
        pages = {}
        for number, state in enumerate(PAGES):
            page = AgreementPageFactory(
                parent=closed if state == "below a private page" else section,
                title=f"Zebra {state}",
                slug=f"zebra-{number}",
                partner_types=["ngos"],
                tags=["stripes" if state == "open" else "herd"],
                live=state != "draft",
            )
            if state != "open":
                translated(page, "fr", title=f"Zèbre {state}")
            if state == "draft":
                Page.objects.filter(translation_key=page.translation_key).update(live=False)
            elif state == "unpublished":
                for version in page.get_translations(inclusive=True):
                    version.specific.unpublish()
            elif state in {"login", "password", "groups"}:
                for version in page.get_translations(inclusive=True):
                    restricted(PageViewRestriction, state, page=version)
            elif state == "below a private page":
                french = page.get_translations().get().get_parent()
                restricted(PageViewRestriction, "login", page=french)
            pages[state] = page
        indexing.rebuild(engines()[0])
        return pages

    def test_and_what_they_compose_open_to_whom_they_are_meant_for(
        self, pages: dict[str, Page]
    ) -> None:
        wrong = {}
        for rank in RANKS:
            client = as_(rank)
            for state, expected in PAGES.items():
                page = pages[state]
                for address in (page.url, f"{page.url}download/docx/"):
                    if (found := seen(client, address)) != expected[rank]:
                        wrong[rank, state, address] = found
        assert wrong == {}

    def test_have_a_picture_for_everybody_or_for_nobody(self, pages: dict[str, Page]) -> None:
        """Machines of others ask for it, and keep it."""
        for state, page in pages.items():
            for rank in ("anonymous", "administrator"):
                found = seen(as_(rank), f"/og/{page.translation_key}-en.png")
                assert found == (OPEN if state == "open" else MISSING), (state, rank)

    def test_are_cited_by_everybody_or_by_nobody(self, pages: dict[str, Page]) -> None:
        """A reference goes on to others; a page that some may read offers none."""
        for state, page in pages.items():
            for rank in ("anonymous", "administrator"):
                address = f"/en/cite/{page.translation_key}."
                for form in ("ris", "bib", "csl.json"):
                    found = seen(as_(rank), f"{address}{form}")
                    assert found == (OPEN if state == "open" else MISSING), (state, rank, form)
        for state, is_offered in (("open", True), ("login", False)):
            text = as_("administrator").get(pages[state].url).content.decode()
            assert ("/cite/" in text) == is_offered, state

    def test_are_told_of_by_nothing_else(self, pages: dict[str, Page], home: Page) -> None:
        """Results, suggestions, sitemap, menus, lists, related entries, links of editors to
        what is not published: the same for everybody, whatever their rank."""
        exercises = [
            ExercisePageFactory(parent=home, title=f"Zebra exercise {n}", number=n, slug=f"ex{n}")
            for n in (1, 2, 3)
        ]
        restricted(PageViewRestriction, "login", page=exercises[1])
        linking = CaseStudyPageFactory(
            parent=home,
            title="Neighbour",
            slug="linking",
            partner_types=["ngos"],
            tags=["herd"],
            successes="".join(
                f'<p><a linktype="page" id="{pages[state].pk}">word</a></p>'
                for state in ("draft", "unpublished")
            ),
        )
        indexing.rebuild(engines()[0])
        every_work = ".".join(short_key(page.translation_key) for page in pages.values())
        addresses = [
            "/en/",
            "/fr/",
            f"/fr/search/list/?works={every_work}",
            f"/en/search/list.json?works={every_work}",
            "/en/search/list/",
            "/en/section/",
            "/en/search/?q=zebra",
            "/fr/search/?q=z%C3%A8bre",
            "/en/search/results.atom?q=zebra",
            "/fr/search/results.json?q=z%C3%A8bre",
            "/api/v1/search?q=zebra&lang=en",
            "/api/v1/suggest?q=zeb&lang=en",
            "/api/v1/suggest?q=zeb&lang=en&format=opensearch",
            "/sitemap-en.xml",
            "/sitemap-fr.xml",
            "/en/browse/partner/ngos/",
            exercises[0].url,
            linking.url,
        ]
        told = {}
        for rank in ("anonymous", "administrator"):
            client = as_(rank)
            client.cookies[COOKIE] = every_work
            for address in addresses:
                text = client.get(address, follow=True).content.decode().casefold()
                for state, page in pages.items():
                    words = [page.title.casefold(), f"/{page.slug}/", f"zèbre {state}"]
                    if state != "open" and any(word in text for word in words):
                        told[rank, address, state] = True
                if "zebra section" in text or "zebra exercise 2" in text:
                    told[rank, address, "section or neighbour"] = True
        assert told == {}

    def test_behind_a_password_keep_their_title_to_themselves(self, pages: dict[str, Page]) -> None:
        text = Client().get(pages["password"].url).content.decode()
        assert "Zebra" not in text
        assert str(pages["password"].translation_key) not in text

    def test_are_kept_by_no_cache_once_private(self, pages: dict[str, Page]) -> None:
        for state in ("login", "groups"):
            answer = as_("administrator").get(pages[state].url)
            assert "no-store" in answer["Cache-Control"], state


class TestFiles:
    @pytest.fixture
    def collections(self, home: Page) -> dict[str, Collection]:
        root = Collection.get_first_root_node() or Collection.add_root(name="Root")
        below = "below a private collection"
        made = {}
        for state in COLLECTIONS:
            made[state] = (made["login"] if state == below else root).add_child(name=state)
            root.refresh_from_db()
        for state in ("login", "password", "groups"):
            restricted(CollectionViewRestriction, state, collection=made[state])
        return made

    def document(self, collection: Collection) -> Document:
        document = Document(title="Zebra budget", collection=collection)
        document.file.save("zebra-budget.txt", ContentFile(b"figures"))
        document.save()
        return document

    def image(self, collection: Collection) -> Image:
        return Image.objects.create(
            title="Zebra", file=get_test_image_file("zebra.png"), collection=collection
        )

    def test_are_handed_to_whom_their_collection_is_open_to(
        self, collections: dict[str, Collection]
    ) -> None:
        """Documents, and the address of a document that does not name it."""
        wrong = {}
        for state, expected in COLLECTIONS.items():
            document = self.document(collections[state])
            for rank in RANKS:
                client = as_(rank)
                if (found := seen(client, document.url)) != expected[rank]:
                    wrong[rank, state] = found
                answer = client.get(f"/documents/{document.pk}/")
                leads_there = answer.get("Location", "") == document.url
                if leads_there != (expected[rank] == OPEN):
                    wrong[rank, state, "by its number"] = answer.get("Location", "")
                assert seen(client, f"/media/{document.file.name}") == MISSING
        assert wrong == {}

    def test_that_are_images_exist_for_them_and_for_those_who_work_with_them(
        self, collections: dict[str, Collection]
    ) -> None:
        wrong = {}
        for state, expected in COLLECTIONS.items():
            image = self.image(collections[state])
            rendition = image.get_rendition("width-20")
            for rank in RANKS:
                works_here = rank in {"editor", "moderator", "administrator"}
                right = OPEN if expected[rank] == OPEN or works_here else MISSING
                if (found := seen(as_(rank), rendition.url)) != right:
                    wrong[rank, state] = found
                assert seen(as_(rank), f"/media/{image.file.name}") == MISSING
        assert wrong == {}

    def test_are_kept_long_where_they_are_everybodys_and_by_nobody_else(
        self, collections: dict[str, Collection]
    ) -> None:
        public = Client().get(self.image(collections["open"]).get_rendition("width-20").url)
        assert "public" in public["Cache-Control"]
        assert "max-age=2592000" in public["Cache-Control"]
        again = Client().get(
            public.wsgi_request.path, HTTP_IF_MODIFIED_SINCE=public["Last-Modified"]
        )
        assert again.status_code == 304
        private = as_("member").get(self.image(collections["login"]).get_rendition("width-20").url)
        assert "no-store" in private["Cache-Control"]
        assert "public" not in private["Cache-Control"]

    def test_leave_the_public_when_their_collection_does(
        self, collections: dict[str, Collection]
    ) -> None:
        """Whether the collection is made private or the image moved into a private one."""
        address = (image := self.image(collections["open"])).get_rendition("width-20").url
        assert seen(Client(), address) == OPEN
        image.collection = collections["login"]
        image.save()
        assert seen(Client(), address) == MISSING
        image.collection = collections["open"]
        image.save()
        restricted(CollectionViewRestriction, "login", collection=collections["open"])
        assert seen(Client(), address) == MISSING

    def test_are_found_by_their_words_by_everybody_or_by_nobody(
        self, home: Page, collections: dict[str, Collection], own_index: None
    ) -> None:
        """What is found is the same for every rank: nothing in a private collection, nothing that
        hangs on an entry which is not public."""
        root = Collection.get_first_root_node()
        for number, (state, collection) in enumerate(collections.items()):
            page = ResourcePageFactory(parent=home, title=f"Planning {number}", slug=f"p{number}")
            self.filed(page, self.document(collection), f"okapi{number} of {state}")
        for state in ("login", "draft"):
            page = ResourcePageFactory(
                parent=home, title=state, slug=f"page-{state}", live=state != "draft"
            )
            self.filed(page, self.document(root), f"okapi of {state}")
            if state == "login":
                restricted(PageViewRestriction, "login", page=page)
        indexing.rebuild(engines()[0])
        for rank in RANKS:
            client = as_(rank)
            for number, state in enumerate(collections):
                for address in ("/en/search/", "/en/search/results.json", "/api/v1/search"):
                    text = client.get(f"{address}?q=okapi{number}").content.decode()
                    told = f"Planning {number}" in text and "zebra-budget" in text
                    is_told = (
                        told if "results.json" not in address else f"Planning {number}" in text
                    )
                    assert is_told == (state == "open"), (rank, state, address)
            text = client.get("/en/search/?q=okapi").content.decode()
            assert "zebra-budget" not in text, rank

    def filed(self, page: Page, document: Document, text: str) -> None:
        FileText.objects.create(document=document, file=document.file.name, state="read", text=text)
        page.attachments = [Attachment(document=document)]
        page.save()

    @pytest.fixture
    def naming(self, home: Page, collections: dict[str, Collection]) -> Iterator[list[Page]]:
        """Public pages that name a private file and show a private image in every way."""
        document = self.document(collections["login"])
        image = self.image(collections["login"])
        body = [
            {"type": "file", "value": {"document": document.pk}},
            {"type": "image", "value": {"image": image.pk, "alt": "A zebra", "caption": "Zebra"}},
            {
                "type": "text",
                "value": f'<p><a linktype="document" id="{document.pk}">the paper</a></p>',
            },
        ]
        resource = ResourcePageFactory(parent=home, title="Planning", slug="planning")
        Attachment.objects.create(page=resource, document=document)
        plain = PlainPageFactory(parent=home, title="About", slug="about")
        for page in (resource, plain):
            page.body = page._meta.get_field("body").stream_block.to_python(body)
            page.save_revision().publish()
        with translation.override("en"):
            yield [resource, plain]

    def test_are_named_by_a_page_to_those_alone_who_may_have_them(self, naming: list[Page]) -> None:
        for page in naming:
            text = Client().get(page.url).content.decode()
            assert "zebra" not in text.casefold(), page
            assert "the paper" in text
            member = as_("member").get(page.url)
            assert "zebra-budget.txt" in member.content.decode()
            assert 'src="/media/images/zebra' in member.content.decode()
            assert "Cookie" in member["Vary"]

    def test_are_linked_from_a_text_without_their_name(self, naming: list[Page]) -> None:
        address = f"/documents/{Document.objects.get().pk}/"
        for page in naming:
            assert f'href="{address}"' in Client().get(page.url).content.decode()
