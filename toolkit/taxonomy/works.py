"""How a work is classified: the fields that every entry has, and what they say.

A work is classified once, by its original version (the oldest live page of its translation
group): a facet never differs between languages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Value
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import ItemBase
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField, TranslatableField

from toolkit.core.models import BasePage
from toolkit.core.richtext import SanitisedStreamField
from toolkit.core.rows import EntryRow
from toolkit.taxonomy.facets import CLASSIFYING, CONTROLLED, FACETS
from toolkit.taxonomy.terms import EntryTag

#: Sent when what the public may find or read of works changes, inside the transaction of the
#: change itself. ``keys`` are the works' translation keys, a set of str.
work_changed = Signal()


class TaggedEntry(ItemBase):
    tag = models.ForeignKey(EntryTag, related_name="tagged", on_delete=models.CASCADE)
    content_object = ParentalKey(
        "taxonomy.EntryPage", related_name="tagged_items", on_delete=models.CASCADE
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="tag_once_an_entry")
        ]


class Licence(models.TextChoices):
    """Licences by their SPDX identifiers."""

    CC_BY = "CC-BY-4.0", "CC BY 4.0"
    CC_BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
    CC_BY_NC = "CC-BY-NC-4.0", "CC BY-NC 4.0"
    CC_BY_NC_SA = "CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"
    CC0 = "CC0-1.0", "CC0 1.0"
    RESERVED = "LicenseRef-all-rights-reserved", _("All rights reserved")


LICENCE_ADDRESSES = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.CC_BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
    Licence.CC_BY_NC_SA: "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
}


class SourceBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"))
    url = blocks.URLBlock(required=False, label=_("Address"))

    class Meta:
        icon = "link"
        label = _("Source")


class EntryPage(BasePage):
    """Anything an advocate can find. Concrete kinds add their own fields to these."""

    # The fields of the controlled facets follow below the class, from their declarations.
    tags = ClusterTaggableManager(
        through=TaggedEntry, blank=True, verbose_name=FACETS["tag"].field_name
    )

    licence = models.CharField(
        _("licence"), max_length=40, choices=Licence.choices, default=Licence.CC_BY
    )
    attribution = models.CharField(
        _("attribution"), max_length=250, blank=True, help_text=_("Whom to credit.")
    )
    sources = SanitisedStreamField(
        [("source", SourceBlock())],
        blank=True,
        verbose_name=_("sources"),
        help_text=_("What this rests on, so that readers can check it."),
    )
    reviewed_at = models.DateField(
        _("reviewed on"),
        null=True,
        blank=True,
        help_text=_("The day someone last checked that all of it still holds."),
    )
    issued_at = models.DateField(
        _("published on"),
        null=True,
        blank=True,
        help_text=_(
            "The day shown to readers; left empty, it is the day of the first publication."
        ),
    )

    is_creatable = False

    classification_panels = [
        MultiFieldPanel(
            [FieldPanel(facet.field) for facet in CLASSIFYING],
            heading=_("Classification"),
            help_text=_(
                "A work is classified once: all its translations show what is chosen here."
            ),
        ),
    ]
    attachment_panels = [InlinePanel("attachments", heading=_("Files"), label=_("File"))]
    credit_panels = [
        MultiFieldPanel(
            [
                FieldPanel("licence"),
                FieldPanel("attribution"),
                FieldPanel("sources"),
                FieldPanel("reviewed_at"),
                FieldPanel("issued_at"),
            ],
            heading=_("Licence and sources"),
        ),
    ]

    override_translatable_fields = [
        SynchronizedField("licence"),
        SynchronizedField("attribution"),
        SynchronizedField("sources"),
        SynchronizedField("slug"),
        TranslatableField("summary"),
    ]

    class Meta:
        verbose_name = _("entry")

    #: What this type is to schema.org.
    schema_type = "CreativeWork"
    #: Columns of an imported table that pages of this type alone read.
    row_columns: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, row: EntryRow) -> dict[str, Any]:
        """The fields of its own that a row of a table fills, by name; of a StreamField the raw
        blocks. What every entry has (title, summary, licence, classification …) is not among
        them. By default the column ``body`` fills the body, where the type has one.

        Raises ``ValidationError`` by column for what the row lacks.
        """
        fields = {field.name for field in cls._meta.get_fields()}
        return {"body": row.blocks("body")} if "body" in fields else {}

    def schema_properties(self) -> dict[str, Any]:
        """What schema.org has for this type beyond what it has for every entry."""
        return {}

    @property
    def issued(self) -> Any:
        """The day of publication shown to readers, a ``date``; None for a draft without one."""
        if self.issued_at:
            return self.issued_at
        if self.first_published_at:
            return timezone.localtime(self.first_published_at).date()
        return None

    @property
    def licence_url(self) -> str:
        return LICENCE_ADDRESSES.get(Licence(self.licence), "")

    @cached_property
    def classification(self) -> dict[str, list[str]]:
        """Facet → codes (and "tag" → slugs) of the work, as its original version says."""
        return classifications([self.original.pk])[self.original.pk]


for _facet in CONTROLLED:
    EntryPage.add_to_class(
        _facet.field,
        ParentalManyToManyField(_facet.model, blank=True, verbose_name=_facet.field_name),
    )


class Attachment(Orderable):
    """A file that an editor adds to an entry."""

    page = ParentalKey(EntryPage, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey(
        "wagtaildocs.Document",
        null=True,  # in a draft; the form asks for it when the page is published
        on_delete=models.PROTECT,
        related_name="attached_to",
        verbose_name=_("file"),
    )
    description = models.CharField(_("what it is for"), max_length=250, blank=True)
    language = models.CharField(
        _("language code"),
        max_length=8,
        blank=True,
        help_text=_("Only if it differs from the page: ar, de, en, es, fr, ru, zh …"),
    )

    panels = [FieldPanel("document"), FieldPanel("description"), FieldPanel("language")]


def classifications(pks: Iterable[int]) -> dict[int, dict[str, list[str]]]:
    """The classification of many entry pages: page id → facet → codes, "tag" → tag slugs.

    One query, whatever the number of pages. Every facet is present, if only with an empty
    list; a facet's codes are in the order of its vocabulary.
    """
    pks = list(pks)
    found: dict[int, dict[str, list[str]]] = {
        pk: {facet.name: [] for facet in CLASSIFYING} for pk in pks
    }
    queries = [
        getattr(EntryPage, facet.field)
        .through.objects.filter(entrypage_id__in=pks)
        .annotate(
            facet=Value(facet.name),
            code=F(f"{_target(facet.field)}__code"),
            place=F(f"{_target(facet.field)}__order"),
        )
        .values_list("entrypage_id", "facet", "place", "code")
        for facet in CONTROLLED
    ]
    queries.append(
        TaggedEntry.objects.filter(content_object_id__in=pks)
        .annotate(facet=Value("tag"), code=F("tag__slug"), place=Value(0))
        .values_list("content_object_id", "facet", "place", "code")
    )
    rows = queries[0].union(*queries[1:], all=True)
    grouped: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for pk, facet, place, code in rows:
        grouped[pk, facet].append((place, code))
    for (pk, facet), codes in grouped.items():
        found[pk][facet] = [code for _place, code in sorted(codes)]
    return found


def _target(field: str) -> str:
    return getattr(EntryPage, field).field.remote_field.model._meta.model_name
