"""Terms that would make a search fail or vanish from it: refused where they are made, harmless
where they came by another way."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from tests.factories.pages import (
    CaseStudyPageFactory,
    DirectionFactory,
    RegionFactory,
    SdgFactory,
    StrategyFactory,
    make_site,
)
from tests.search.engines.collection import index
from toolkit.pages.models import HomePage
from toolkit.taxonomy.terms import Direction, EntryTag, Region, slug_of
from toolkit.taxonomy.viewsets import DirectionViewSet, RegionViewSet
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

pytestmark = pytest.mark.django_db

LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")


@pytest.fixture
def home() -> HomePage:
    return make_site()


def values(client: Client, facet: str, address: str = "/en/search/") -> list[str]:
    """The values of a facet on a results page, in their order."""
    response = client.get(address)
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return [found["value"] for found in page.select(f'#facet-{facet} input[name="{facet}"]')]


class TestATagOfSigns:
    NAMES = ("★", "!!!", "📚", "☆", "c++", "c#", "图书馆", "?!", "\u200b", "ﷺ" * 100)

    def test_has_a_slug_of_its_own_and_takes_no_search_down(self, client, home) -> None:
        page = CaseStudyPageFactory(parent=home, title="A day", tags=[*self.NAMES])
        index()
        slugs = list(EntryTag.objects.values_list("slug", flat=True))
        assert "" not in slugs
        assert len(set(slugs)) == len(self.NAMES)
        assert EntryTag.objects.get(name="★").slug == "black-star"
        assert EntryTag.objects.get(name="图书馆").slug == "图书馆"
        assert set(values(client, "tag")) == set(slugs)
        assert values(client, "tag", "/en/search/?tag=black-star")
        assert client.get(page.url).status_code == 200

    def test_cannot_lose_it(self) -> None:
        tag = EntryTag.objects.create(name="★")
        tag.slug = ""
        tag.save()
        assert tag.slug == "black-star"
        with pytest.raises(IntegrityError), transaction.atomic():
            EntryTag.objects.filter(pk=tag.pk).update(slug="")

    def test_of_an_older_site_gets_one_when_it_is_upgraded(self, monkeypatch: Any) -> None:
        """Names are given to all of them, each its own, and no other tag changes."""
        old = {"★": "x-1", "★!": "_1", "zines": "zines", "black star": "black-star"}
        tags = {name: EntryTag.objects.create(name=name, slug=slug) for name, slug in old.items()}
        EntryTag.objects.filter(pk=tags["★"].pk).update(slug="_2")
        migration = import_module("toolkit.taxonomy.migrations.0004_tag_has_a_slug")
        migration.name_the_nameless(apps, None)
        slugs = dict(EntryTag.objects.values_list("name", "slug"))
        assert slugs == {
            "★": "black-star_1",
            "★!": "black-star-exclamation-mark",
            "zines": "zines",
            "black star": "black-star",
        }

    def test_of_a_name_as_long_as_it_may_be_fits_its_column(self) -> None:
        assert len(slug_of("★" * 100)) <= 90


class TestATermBelongsToNoCircle:
    def refused(self, term: Any) -> str:
        with pytest.raises(ValidationError) as refused:
            term.full_clean()
        return " ".join(refused.value.message_dict["parent"])

    def test_by_its_model(self) -> None:
        for made, below in ((RegionFactory, "a"), (SdgFactory, "1"), (DirectionFactory, "")):
            term = made(**({"code": below} if below else {"number": "1"}))
            term.parent = term
            assert "itself" in self.refused(term)
            other = made(**({"code": f"{below}b"} if below else {"number": "2"}))
            type(term).objects.filter(pk=other.pk).update(parent=term.pk)
            term.refresh_from_db()
            term.parent = type(term).objects.get(pk=other.pk)
            assert "itself" in self.refused(term)

    def test_and_keeps_what_belongs_to_it(self) -> None:
        europe, asia = RegionFactory(code="europe"), RegionFactory(code="asia")
        france = RegionFactory(code="fr", parent=europe)
        europe.parent = asia
        assert "Other terms belong" in self.refused(europe)
        europe.parent = None
        asia.parent = france
        assert "belongs to another" in self.refused(asia)

    def test_to_what_holds_for_every_region_nothing_belongs(self) -> None:
        every, asia = RegionFactory(code="every-region"), RegionFactory(code="asia")
        every.parent = asia
        assert "stands beside the regions" in self.refused(every)
        asia.parent, every.parent = every, None
        assert "stands beside the regions" in self.refused(asia)

    def test_by_the_forms_of_the_admin(self) -> None:
        europe, asia = RegionFactory(code="europe"), RegionFactory(code="asia")
        RegionFactory(code="fr", parent=europe)
        direction = DirectionFactory(number="1", strategy__code="2019-24")
        elsewhere = DirectionFactory(number="1", strategy=StrategyFactory(code="2024-29"))
        for viewset, term, parent in (
            (RegionViewSet, europe, europe),
            (RegionViewSet, europe, asia),
            (DirectionViewSet, direction, direction),
            (DirectionViewSet, direction, elsewhere),
        ):
            form_class = viewset().get_edit_handler().get_form_class()
            words = {f"label_{code}": "x" for code in LANGUAGES}
            own = {"code": term.code, "number": "1", "order": 0, "parent": parent.pk}
            form = form_class({**words, **own, "strategy": direction.strategy_id}, instance=term)
            assert list(form.errors) == ["parent"]


class TestTheFacetTree:
    def test_shows_terms_of_a_circle_and_grandchildren(self, client, home) -> None:
        """Made in the database, past every form: a page for it all the same."""
        asia = RegionFactory(code="asia")
        east = RegionFactory(code="south-east-asia", parent=asia)
        RegionFactory(code="vn", parent=east)
        one, two = RegionFactory(code="one"), RegionFactory(code="two")
        Region.objects.filter(pk=one.pk).update(parent=two.pk)
        Region.objects.filter(pk=two.pk).update(parent=one.pk)
        own = DirectionFactory(number="7")
        Direction.objects.filter(pk=own.pk).update(parent=own.pk)
        CaseStudyPageFactory(parent=home, title="X", regions=["vn", "one"], directions=[own.code])
        index()
        assert values(client, "region") == ["asia", "south-east-asia", "vn", "one"]
        assert values(client, "direction") == [own.code]

    def test_is_immune_to_a_term_without_a_code(self) -> None:
        terms = [
            TermValue(value="", labels={"en": "Nothing"}),
            TermValue(value="a", labels={"en": "A"}, parent=""),
        ]
        known = Vocabulary(terms)
        assert [term.value for term in known] == ["a"]
        assert known.widened(["a", ""]) == {"a"}
