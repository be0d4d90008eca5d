"""Case studies: what was tried, what went well, and what did not."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from search.catalogue.works import Searchable
from toolkit.core.blocks import BodyBlock, body_text
from toolkit.core.richtext import SanitisedRichTextField, SanitisedStreamField
from toolkit.core.rows import EntryRow
from toolkit.core.sanitising import running_text
from toolkit.taxonomy.works import EntryPage


class ResultBlock(blocks.StructBlock):
    """A result that is claimed, and what it rests on."""

    claim = blocks.CharBlock(label=_("Result"), max_length=400)
    evidence = blocks.TextBlock(
        label=_("Evidence"),
        help_text=_("Where a reader can check it; if there is none, say so."),
    )

    class Meta:
        icon = "tasks"
        label = _("Result")


class CaseStudyPage(Searchable, EntryPage):
    """A case study. Successes and challenges are both mandatory before it is published."""

    context = SanitisedRichTextField(_("context"), blank=True)
    partners = SanitisedRichTextField(_("partners"), blank=True)
    what_was_done = SanitisedRichTextField(_("what was done"), blank=True)
    successes = SanitisedRichTextField(
        _("successes"), help_text=_("What went well. Cannot be left empty when publishing.")
    )
    challenges = SanitisedRichTextField(
        _("challenges"),
        help_text=_("What went wrong or stayed hard. Cannot be left empty when publishing."),
    )
    cost = models.CharField(
        _("cost"), max_length=300, blank=True, help_text=_("Money and what was given in kind.")
    )
    duration = models.CharField(_("time"), max_length=300, blank=True)
    results = SanitisedStreamField(
        [("result", ResultBlock())], blank=True, verbose_name=_("results and their evidence")
    )
    lessons = SanitisedRichTextField(_("what others can copy"), blank=True)
    body = SanitisedStreamField(BodyBlock(), blank=True, verbose_name=_("more"))

    search_kind = "case-study"
    schema_type = "Article"
    citation_type = "report"
    row_columns = ("successes", "challenges")
    template = "pages/case_study_page.html"
    parent_page_types = ["pages.HomePage", "pages.SectionPage"]
    subpage_types: list[str] = []

    content_panels = [
        *EntryPage.content_panels,
        FieldPanel("context"),
        FieldPanel("partners"),
        FieldPanel("what_was_done"),
        FieldPanel("successes"),
        FieldPanel("challenges"),
        MultiFieldPanel([FieldPanel("cost"), FieldPanel("duration")], heading=_("Effort")),
        FieldPanel("results"),
        FieldPanel("lessons"),
        FieldPanel("body"),
        *EntryPage.attachment_panels,
        *EntryPage.classification_panels,
        *EntryPage.credit_panels,
    ]

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")

    @classmethod
    def from_row(cls, row: EntryRow) -> dict[str, Any]:
        told = {column: row.rich_text(column) for column in cls.row_columns}
        missing = {
            column: _("A case study cannot do without: fill the column.")
            for column, text in told.items()
            if not text
        }
        if missing:
            raise ValidationError(missing)
        return {**super().from_row(row), **told}

    def search_text(self) -> str:
        texts = [
            self.context,
            self.partners,
            self.what_was_done,
            self.successes,
            self.challenges,
            self.cost,
            self.duration,
            self.lessons,
        ]
        rest = (body_text(self.results), body_text(self.body))
        return running_text(*texts, *map(escape, rest))
