"""A small collection that every path of the search's pages crosses, indexed for real."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse

from casestudies.models import CaseStudyPage
from resources.models import AgreementPage
from search.catalogue.indexing import rebuild
from search.engines import engines
from tests.factories.pages import (
    AgreementPageFactory,
    CaseStudyPageFactory,
    DirectionFactory,
    PartnerTypeFactory,
    RegionFactory,
    ResourcePageFactory,
    RoleFactory,
    SdgFactory,
    StrategyFactory,
    make_site,
    translated,
)
from toolkit.pages.models import HomePage
from toolkit.taxonomy.terms import DirectionMapping


@dataclass(frozen=True)
class Collection:
    """The pages, for tests that change one."""

    home: HomePage
    mou: object
    nigeria: object


def make_terms() -> None:
    """A few terms of every vocabulary, with what is wider and what is equal."""
    africa = RegionFactory(
        code="sub-saharan-africa",
        order=0,
        label_en="Sub-Saharan Africa",
        label_fr="Afrique subsaharienne",
        label_ar="أفريقيا جنوب الصحراء الكبرى",
        scope_note_en="From Mauritania to Somalia.",
    )
    europe = RegionFactory(code="europe", order=1, label_en="Europe")
    RegionFactory(code="ke", parent=africa, label_en="Kenya", label_fr="Kenya")
    RegionFactory(code="ng", parent=africa, label_en="Nigeria", label_fr="Nigéria")
    RegionFactory(code="zw", parent=africa, label_en="Zimbabwe")
    RegionFactory(code="de", parent=europe, label_en="Germany", label_fr="Allemagne")
    PartnerTypeFactory(code="ngos", label_en="NGOs", label_de="NRO")
    PartnerTypeFactory(code="government", label_en="Government")
    RoleFactory(code="partners", label_en="Partners")
    newer = StrategyFactory(code="2019-24", starts=2019, ends=2024, label_en="Strategy 2019–2024")
    older = StrategyFactory(code="2015-21", starts=2015, ends=2021, label_en="Plan 2015–2021")
    third = DirectionFactory(strategy=newer, number="3", label_en="Connect the field")
    initiative = DirectionFactory(
        strategy=newer, number="3.2", label_en="Work across regions", parent=third
    )
    second = DirectionFactory(strategy=older, number="2", label_en="Information and knowledge")
    DirectionMapping.objects.create(source=initiative, target=second)
    goal = SdgFactory(code="16", label_en="Peace and justice")
    SdgFactory(code="16.10", parent=goal, label_en="Access to information")
    equality = SdgFactory(code="5", label_en="Gender equality")
    SdgFactory(code="5.b", parent=equality, label_en="Technology for women")


def make_collection() -> Collection:
    """Five works: an agreement in three languages, two case studies of which one is French, a
    guideline and a template; the index holds them."""
    make_terms()
    home = make_site()
    mou = AgreementPageFactory(
        parent=home,
        title="Memorandum of two libraries",
        slug="memorandum",
        summary="An agreement for a library and its partner.",
        regions=["ke"],
        partner_types=["ngos"],
        directions=["2019-24.3.2"],
        sdgs=["16.10"],
        roles=["partners"],
        tags=["agreement"],
    )
    translated(mou, "fr", title="Protocole de deux bibliothèques")
    translated(mou, "ar", title="مذكرة بين مكتبتين")
    nigeria = CaseStudyPageFactory(
        parent=home,
        title="A library campaign in Nigeria",
        regions=["ng"],
        partner_types=["government"],
        tags=["advocacy", "agreement"],
    )
    ResourcePageFactory(
        parent=home, title="Writing to a minister", partner_types=["government"], tags=["advocacy"]
    )
    ResourcePageFactory(
        parent=home, title="Map of partners", resource_type="template", regions=["ke", "ng"]
    )
    french_home = home.get_translation(home.locale.__class__.objects.get(language_code="fr"))
    CaseStudyPageFactory(
        parent=french_home,
        locale=french_home.locale,
        title="Campagne d’une bibliothèque",
        regions=["de"],
        partner_types=["ngos"],
    )
    index()
    return Collection(home=home, mou=mou, nigeria=nigeria)


def collection_found() -> Collection:
    """The collection, as the database has it."""
    return Collection(
        home=HomePage.objects.get(slug="home"),
        mou=AgreementPage.objects.get(slug="memorandum", locale__language_code="en"),
        nigeria=CaseStudyPage.objects.get(slug="a-library-campaign-in-nigeria"),
    )


def index() -> None:
    """Bring the index of every engine up to date."""
    for engine in engines():
        rebuild(engine)


def soup(response: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode(), "html.parser")


def text(tag: Tag | None) -> str:
    """What a reader sees of an element."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def titles(page: BeautifulSoup) -> list[str]:
    return [text(tag) for tag in page.select(".hit__title")]


def chosen(page: BeautifulSoup, facet: str) -> dict[str, str]:
    """Value → the label with its count, of a facet on a page."""
    return {
        box["value"]: text(box.find_parent("label"))
        for box in page.select(f"input[type=checkbox][name={facet}]")
    }


def number(page: BeautifulSoup) -> int:
    """The total of the page, whatever words announce it."""
    return int(str(page.select_one("#results-title")["data-total"]))
