"""A page type of ten lines, as README shows one: what it gets by itself, tests ask."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel

from search.catalogue.works import Searchable
from toolkit.core.blocks import BodyBlock, body_text
from toolkit.core.richtext import SanitisedStreamField
from toolkit.taxonomy.works import EntryPage


class NewsPage(Searchable, EntryPage):  # findable, and classified like every entry
    body = SanitisedStreamField(BodyBlock(), blank=True)
    search_kind = "news"  # a code of the vocabulary of kinds
    template = "pages/news_page.html"  # {% extends "pages/entry.html" %}
    parent_page_types = ["pages.SectionPage"]
    content_panels = [
        *EntryPage.content_panels,
        FieldPanel("body"),
        *EntryPage.classification_panels,
        *EntryPage.credit_panels,
    ]

    def search_text(self) -> str:
        return body_text(self.body)
