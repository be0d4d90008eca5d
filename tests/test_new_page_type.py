"""README promises a page type in ten lines. ``tests.news`` has them; nothing else knows of it."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from search.answers import current_engine
from search.catalogue import indexing
from search.engines import engines
from search.requests import SearchRequest
from tests.factories.pages import (
    CaseStudyPageFactory,
    DirectionFactory,
    KindFactory,
    RegionFactory,
    SectionPageFactory,
    make_site,
)
from tests.factories.standing import Ground, Stood, found_again
from tests.factories.tables import row, write
from tests.news import models
from tests.news.models import NewsPage
from toolkit.importing.plans import carry_out, plan_import

README = Path(__file__).parents[1] / "README.md"


class TestTheExampleInTheReadme:
    def test_is_the_page_type_tested_here(self) -> None:
        (shown,) = re.findall(r"```python\n(class NewsPage.*?)```", README.read_text(), re.DOTALL)
        assert shown in inspect.getsource(models)

    def test_is_about_as_long_as_it_says(self) -> None:
        lines = inspect.getsource(NewsPage).splitlines()
        assert len([line for line in lines if line.strip(" ])")]) <= 15


@pytest.mark.django_db(transaction=True)
class TestANewPageType:
    @pytest.fixture(scope="class")
    @classmethod
    def standing_news(
        cls, ground: Ground, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Stood[NewsPage]]:
        with ground.committed(lambda: cls.import_news(tmp_path_factory.mktemp("news"))) as stood:
            yield stood

    @pytest.fixture
    def news(self, standing_news: Stood[NewsPage], own_index: None) -> NewsPage:
        """A piece of news that came by an imported table."""
        standing_news.use_copy_of_index()
        return found_again(standing_news.made)

    @classmethod
    def import_news(cls, folder: Path) -> NewsPage:
        home = make_site()
        KindFactory(code="news", label_en="News")
        RegionFactory(code="ke", label_en="Kenya")
        DirectionFactory(number="1", strategy__code="2019-24")
        SectionPageFactory(parent=home, slug="news", title="News", kinds="news")
        indexing.rebuild(engines()[0])
        CaseStudyPageFactory(parent=home, title="Relative", directions=["2019-24.1"])
        cells = row(
            kind="news",
            slug="open-day",
            title="Open day",
            body="Doors open at nine.",
            regions="Kenya",
            partner_types="",
            directions="2019-24.1",
        )
        plan = plan_import(write(folder / "news.csv", cells))
        carry_out(plan)
        assert not plan.of("refuse"), plan.rows
        return NewsPage.objects.get()

    def test_is_imported_into_its_section(self, news: NewsPage) -> None:
        assert news.url_path == "/home/news/open-day/"
        assert "Doors open at nine." in str(news.body)

    def test_is_found_and_counted(self, news: NewsPage) -> None:
        found = current_engine().search(SearchRequest.of("doors"))
        assert [hit.title for hit in found.hits] == ["Open day"]
        assert found.counts["kind"] == {"news": 1}
        assert found.counts["region"] == {"ke": 1}

    def test_is_drawn_cited_and_told_to_machines(self, client: Client, news: NewsPage) -> None:
        page = client.get(news.url).content.decode()
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        told: dict[str, Any] = json.loads(data)
        assert (told["@type"], told["genre"]) == ("CreativeWork", "News")
        assert "Kenya" in told["keywords"]
        assert "<cite>Open day</cite>" in page
        assert "Doors open at nine." in page

    def test_has_relatives_and_is_one(self, client: Client, news: NewsPage) -> None:
        for address, relative in ((news.url, "Relative"), ("/en/relative/", "Open day")):
            page = client.get(address).content.decode()
            assert relative in page.split('id="related-head"')[1], address

    def test_is_in_the_sitemap_and_has_a_picture(self, client: Client, news: NewsPage) -> None:
        assert news.url in client.get("/sitemap-en.xml").content.decode()
        picture = client.get(f"/og/{news.translation_key}-en.png")
        assert picture.status_code == 200
