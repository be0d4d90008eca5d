"""The site's own pages: home, sections, plain pages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel

from search.engines.base import SearchPage
from search.requests import PAGE_SIZE
from toolkit.core.blocks import BodyBlock
from toolkit.core.models import BasePage
from toolkit.core.richtext import SanitisedRichTextField, SanitisedStreamField

NEWEST = 6  # entries on the home page


class DoorBlock(blocks.StructBlock):
    """A way in: what a reader may want to do, and where it leads."""

    heading = blocks.CharBlock(label=_("Heading"))
    text = blocks.TextBlock(label=_("Text"))
    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    query = blocks.CharBlock(
        required=False,
        label=_("Or a search"),
        help_text=_("What stands after the question mark, for example kind=mou"),
    )
    icon = blocks.CharBlock(required=False, label=_("Icon"), max_length=30)

    class Meta:
        icon = "link"
        label = _("Door")


class HomePage(BasePage):
    """What this is, a search, four doors, the newest, the regions."""

    lead = SanitisedRichTextField(_("lead"), blank=True)
    doors = SanitisedStreamField([("door", DoorBlock())], blank=True, verbose_name=_("doors"))

    template = "pages/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [*BasePage.content_panels, FieldPanel("lead"), FieldPanel("doors")]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code
        context["overview"] = SimpleLazyObject(lambda: _found(language, number=NEWEST))
        return context


class SectionPage(BasePage):
    """Introduces and lists the entries of one or several kinds."""

    introduction = SanitisedStreamField(BodyBlock(), blank=True, verbose_name=_("introduction"))
    kinds = models.CharField(
        _("kinds"),
        max_length=120,
        blank=True,
        help_text=_("Codes of the kinds that the section shows, separated by spaces."),
    )
    show_in_menus_default = True

    template = "pages/section_page.html"
    parent_page_types = ["pages.HomePage"]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("kinds"),
    ]

    class Meta:
        verbose_name = _("section")

    def takes(self, kind: str) -> bool:
        return kind in self.kinds.split()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        language, kinds = self.locale.language_code, tuple(self.kinds.split())
        # Where the list is kept, nothing is searched
        context["found"] = SimpleLazyObject(lambda: _found(language, kind=kinds))
        return context


class PlainPage(BasePage):
    """A page of text: about, how to contribute, privacy, accessibility, licence."""

    body = SanitisedStreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    template = "pages/plain_page.html"
    parent_page_types = ["pages.HomePage", "pages.PlainPage"]
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("plain page")


def _found(language: str, *, number: int = PAGE_SIZE, **selected: tuple[str, ...]) -> SearchPage:
    """The newest entries with these facet values, ``number`` of them, and all counts."""
    from search.answers import answer
    from search.requests import SearchRequest, Sort

    request = SearchRequest(
        language=language,
        selected={name: values for name, values in selected.items() if values},
        sort=Sort.NEWEST,
        page_size=number,
    )
    return answer(request)
