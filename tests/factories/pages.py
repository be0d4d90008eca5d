"""Pages and terms for tests. Only tests import this.

Pages go below a home page: ``CaseStudyPageFactory(parent=home)``; live unless ``live=False``.
"""

from __future__ import annotations

from typing import Any

import factory
import wagtail_factories
from django.conf import settings
from django.db import connection
from django.db.models import F
from wagtail.models import Locale, Page, Site

from casestudies.models import CaseStudyPage
from resources.models import AgreementPage, ExercisePage, ResourcePage
from toolkit.pages.models import HomePage, PlainPage, SectionPage
from toolkit.taxonomy.terms import Direction, Kind, PartnerType, Region, Role, Sdg, Series, Strategy


class TermFactory(factory.django.DjangoModelFactory):
    code = factory.Sequence(lambda n: f"term-{n}")
    label_en = factory.LazyAttribute(lambda term: term.code.replace("-", " ").capitalize())

    class Meta:
        abstract = True
        django_get_or_create = ("code",)


class KindFactory(TermFactory):
    class Meta:
        model = Kind


class RegionFactory(TermFactory):
    class Meta:
        model = Region


class PartnerTypeFactory(TermFactory):
    class Meta:
        model = PartnerType


class RoleFactory(TermFactory):
    class Meta:
        model = Role


class SdgFactory(TermFactory):
    class Meta:
        model = Sdg


class StrategyFactory(TermFactory):
    code = "2019-24"
    starts = 2019
    ends = 2024

    class Meta:
        model = Strategy


class DirectionFactory(TermFactory):
    strategy = factory.SubFactory(StrategyFactory)
    number = factory.Sequence(lambda n: str(n + 1))
    code = factory.LazyAttribute(lambda d: f"{d.strategy.code}.{d.number}")
    label_en = factory.LazyAttribute(lambda d: f"Direction {d.number}")

    class Meta:
        model = Direction


class SeriesFactory(TermFactory):
    code = "international-librarian"
    label_en = "The 10-Minute International Librarian"
    hashtag = "#10MinuteInternationalLibrarian"

    class Meta:
        model = Series


def locale(language: str) -> Locale:
    return Locale.objects.get_or_create(language_code=language)[0]


class HomePageFactory(wagtail_factories.PageFactory):
    title = "Collaboration Toolkit"
    locale = factory.LazyFunction(lambda: locale("en"))

    class Meta:
        model = HomePage


class SectionPageFactory(wagtail_factories.PageFactory):
    title = factory.Sequence(lambda n: f"Section {n}")

    class Meta:
        model = SectionPage


class PlainPageFactory(wagtail_factories.PageFactory):
    title = factory.Sequence(lambda n: f"Plain page {n}")

    class Meta:
        model = PlainPage


class EntryPageFactory(wagtail_factories.PageFactory):
    """Relations are given by codes: ``regions=["africa"]``, tags by names."""

    summary = "What it is, in a sentence."

    class Meta:
        abstract = True

    @classmethod
    def _create_instance(cls, model_class: Any, parent: Any, kwargs: Any) -> Any:
        relations = {
            "regions": RegionFactory,
            "partner_types": PartnerTypeFactory,
            "sdgs": SdgFactory,
            "roles": RoleFactory,
        }
        codes = {name: kwargs.pop(name, []) for name in relations}
        directions = kwargs.pop("directions", [])
        tags = kwargs.pop("tags", [])
        page = model_class(**kwargs)
        for name, term_factory in relations.items():
            setattr(page, name, [term_factory(code=code) for code in codes[name]])
        page.directions = list(Direction.objects.filter(code__in=directions))
        page.tags.set(tags)
        parent.add_child(instance=page)  # saved once, with all that it is classified by
        return page


class ResourcePageFactory(EntryPageFactory):
    title = factory.Sequence(lambda n: f"Guideline {n}")
    use_when = "<p>When you plan.</p>"

    class Meta:
        model = ResourcePage


class AgreementPageFactory(EntryPageFactory):
    title = factory.Sequence(lambda n: f"Agreement {n}")
    placeholders = factory.LazyFunction(
        lambda: [
            (
                "placeholder",
                {
                    "code": "first_party",
                    "type": "party",
                    "label": "Name of the first party",
                    "example": "",
                },
            )
        ]
    )
    clauses = factory.LazyFunction(
        lambda: [
            (
                "clause",
                {
                    "code": "parties",
                    "heading": "Parties",
                    "required": True,
                    "text": "<p>This agreement is made by {first_party}.</p>",
                    "why": "<p>So that it is clear who agrees.</p>",
                    "watch_out": "",
                    "variants": [],
                },
            )
        ]
    )

    class Meta:
        model = AgreementPage

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        for name in ("placeholders", "clauses"):
            field = model_class._meta.get_field(name)
            if isinstance(kwargs.get(name), list):
                raw = [{"type": kind, "value": value} for kind, value in kwargs[name]]
                kwargs[name] = field.stream_block.to_python(raw)
        return super()._create(model_class, *args, **kwargs)


class CaseStudyPageFactory(EntryPageFactory):
    title = factory.Sequence(lambda n: f"Case study {n}")
    successes = "<p>Two libraries signed.</p>"
    challenges = "<p>It took a year.</p>"

    class Meta:
        model = CaseStudyPage


class ExercisePageFactory(EntryPageFactory):
    title = factory.Sequence(lambda n: f"Exercise {n}")
    series = factory.SubFactory(SeriesFactory)
    number = factory.Sequence(lambda n: n + 1)
    prompt = "<p>Think of a partner.</p>"

    class Meta:
        model = ExercisePage


def kinds() -> None:
    """The kinds of all page types."""
    for code in ("mou", "letter-of-intent", "template", "case-study", "exercise", "guideline"):
        KindFactory(code=code)


def remove_welcome_page(root: Page) -> None:
    """Remove the page that Wagtail's migrations make, to which nothing refers but its site: the
    row alone, for to look through every table that may refer to a page is slow."""
    welcome = Page.objects.filter(depth=2, slug="home").exclude(
        pk__in=HomePage.objects.values("pk")
    )
    pks = list(welcome.values_list("pk", flat=True))
    if pks:
        Page.objects.filter(pk__in=pks)._raw_delete(connection.alias)
        Page.objects.filter(pk=root.pk).update(numchild=F("numchild") - len(pks))
    root.refresh_from_db()


def make_site(language: str = settings.LANGUAGE_CODE) -> HomePage:
    """A site with a home page in one language, and the kinds; the home page.

    In further languages (``translated``) the home page is a translation of it.
    """
    kinds()
    root = Page.objects.filter(depth=1).first() or Page.add_root(
        instance=Page(title="Root", slug="root", locale=locale(language))
    )
    Site.objects.all().delete()
    remove_welcome_page(root)
    home = HomePageFactory(parent=root, slug="home", locale=locale(language))
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    Site.clear_site_root_paths_cache()
    return home


def translated(page: Any, language: str, **fields: Any) -> Any:
    """A live version of a page in another language, its parents translated as needed. Where no
    words of its own are given, its summary says that it is another text."""
    target = locale(language)
    parent = page.get_parent()
    if parent.depth > 1 and not parent.has_translation(target):
        translated(parent.specific, language)
    copy = page.copy_for_translation(target, copy_parents=False)
    if not fields and copy.summary:
        fields = {"summary": f"{copy.summary} ({language})"}
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.slug = page.slug if parent.depth > 1 else f"home-{language}"
    copy.save_revision().publish()
    return type(page).objects.get(pk=copy.pk)
