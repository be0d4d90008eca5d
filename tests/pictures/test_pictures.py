"""The picture that stands for a page where others link to it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image, ImageChops
from wagtail.models import PageViewRestriction

from tests.factories.pages import ResourcePageFactory, make_site, translated
from toolkit.pages.models import HomePage
from toolkit.pictures.drawing import HEIGHT, WIDTH, Words, draw

HEAVIEST = 60_000  # bytes


def image_of(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "PNG"
        return image.convert("RGB")


def drawn(language: str, title: str, kind: str = "") -> bytes:
    return draw(Words(title=title, kind=kind, site="", language=language))


def inked(image: Image.Image) -> tuple[int, int, int, int]:
    """The box that letters stand in: everything much lighter than the ground, without mark."""
    light = image.crop((0, 0, WIDTH, 460)).convert("L").point(lambda v: 255 if v > 160 else 0)
    box = light.getbbox()
    assert box
    return box


class TestDrawing:
    @pytest.mark.parametrize(
        ("language", "title"),
        [
            ("en", "Memorandum of understanding between two library associations"),
            ("ar", "مذكرة تفاهم بين مكتبة ومنظمة غير حكومية"),
            ("zh", "图书馆与非政府组织之间的谅解备忘录"),
            ("ru", "Меморандум о взаимопонимании " * 8),
            ("de", "Donaudampfschifffahrtsgesellschaftsbibliothekarsverband"),
            ("en", '#set page(fill: red) *$ \\ " </'),
        ],
    )
    def test_has_its_size_and_little_weight(self, language: str, title: str) -> None:
        png = drawn(language, title, "Kind")
        assert image_of(png).size == (WIDTH, HEIGHT) == (1200, 630)
        assert len(png) <= HEAVIEST

    def test_begins_at_the_side_where_the_language_is_read_from(self) -> None:
        left, _top, right, _bottom = inked(image_of(drawn("en", "Library")))
        assert left < 120
        assert right < 700
        left, _top, right, _bottom = inked(image_of(drawn("ar", "مكتبة")))
        assert left > 500
        assert right > 1080

    def test_shows_letters_of_every_script_not_boxes(self) -> None:
        """Two words that differ are drawn differently, as boxes would not be."""
        for language, one, other in (
            ("ar", "كتب", "سلم"),
            ("zh", "图书", "协会"),
            ("ru", "да", "ну"),
        ):
            difference = ImageChops.difference(
                image_of(drawn(language, one)), image_of(drawn(language, other))
            )
            assert difference.getbbox(), language

    def test_keeps_a_long_title_inside(self) -> None:
        image = image_of(drawn("en", "Speaking up for libraries together, year after year. " * 6))
        left, top, right, bottom = inked(image)
        assert left >= 80
        assert top >= 80
        assert right <= WIDTH - 80
        assert bottom <= 470


@pytest.mark.django_db
class TestPicture:
    @pytest.fixture
    def home(self) -> HomePage:
        return make_site()

    def address(self, client, page) -> str:
        soup = BeautifulSoup(client.get(page.get_url()).content, "html.parser")
        tag = soup.find("meta", property="og:image")
        assert tag is not None
        return str(tag["content"]).removeprefix("http://testserver")

    def test_is_named_by_the_page_with_size_and_words(self, client, home) -> None:
        page = ResourcePageFactory(parent=home, title="Plan your advocacy")
        soup = BeautifulSoup(client.get(page.get_url()).content, "html.parser")
        said = {
            tag["property"]: tag["content"]
            for tag in soup.find_all("meta", property=True)
            if tag["property"].startswith("og:image")
        }
        assert said["og:image"] == f"http://testserver/og/{page.translation_key}-en.png"
        assert said["og:image:width"] == "1200"
        assert said["og:image:height"] == "630"
        assert said["og:image:alt"] == "Plan your advocacy"
        assert "og/" not in str(soup.body)  # readers never load it

    def test_is_drawn_for_each_version(self, client, home) -> None:
        page = ResourcePageFactory(parent=home)
        french = translated(page, "fr", title="Un plan")
        one, other = (client.get(self.address(client, version)) for version in (page, french))
        assert one["Content-Type"] == "image/png"
        assert one.content != other.content
        assert image_of(one.content).size == (1200, 630)

    def test_is_there_for_the_home_page_too(self, client, home) -> None:
        assert client.get(self.address(client, home)).status_code == 200

    def test_is_drawn_once_and_anew_for_another_title(
        self, client, home, settings, tmp_path: Path
    ) -> None:
        settings.DATA_DIR = tmp_path
        page = ResourcePageFactory(parent=home, title="One")
        address = self.address(client, page)
        first = client.get(address)
        files = list(tmp_path.glob("files/*/*.png"))
        assert len(files) == 1
        assert client.get(address).content == first.content
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
        page.title = "Two"
        page.save()
        assert client.get(address).content != first.content
        assert len(list(tmp_path.glob("files/*/*"))) == 2

    def test_is_kept_from_those_who_may_not_read_the_page(self, client, home) -> None:
        draft = ResourcePageFactory(parent=home, live=False)
        private = ResourcePageFactory(parent=home)
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        for page in (draft, private):
            assert client.get(f"/og/{page.translation_key}-en.png").status_code == 404
        assert client.get(f"/og/{home.translation_key}-xx.png").status_code == 404

    def test_needs_few_queries(self, client, home, django_assert_max_num_queries) -> None:
        address = self.address(client, ResourcePageFactory(parent=home))
        with django_assert_max_num_queries(4):
            client.get(address)
