"""Guidelines and templates, agreements, ten-minute exercises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, re_path
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField

from resources import agreements
from resources.blanks import codes_in, filled
from resources.clauses import ClauseBlock, PlaceholderBlock
from resources.downloads import agreement_response, composed_files
from search.catalogue.works import Searchable
from toolkit.core.blocks import BodyBlock, body_text, raw_items, raw_values
from toolkit.core.models import below_a_site, open_to_all
from toolkit.core.public_state import kept_for_state
from toolkit.core.richtext import SanitisedRichTextField, SanitisedStreamField
from toolkit.core.rows import EntryRow
from toolkit.core.sanitising import running_text
from toolkit.documents.formats import FORMATS
from toolkit.taxonomy.matching import Matcher, UnknownTerm
from toolkit.taxonomy.terms import Series
from toolkit.taxonomy.versions import versions_among
from toolkit.taxonomy.vocabularies import vocabulary
from toolkit.taxonomy.works import EntryPage

PARENTS = ["pages.HomePage", "pages.SectionPage"]


class ResourcePage(Searchable, EntryPage):
    """A guideline, or a template to fill in: when to use it, when not, and an example."""

    class Type(models.TextChoices):
        GUIDELINE = "guideline", _("Guideline")
        TEMPLATE = "template", _("Template")

    resource_type = models.CharField(
        _("type"), max_length=12, choices=Type.choices, default=Type.GUIDELINE
    )
    version_label = models.CharField(_("version"), max_length=20, blank=True, default="1.0")
    use_when = SanitisedRichTextField(_("use it when"), blank=True)
    not_when = SanitisedRichTextField(_("do not use it when"), blank=True)
    body = SanitisedStreamField(BodyBlock(), blank=True, verbose_name=_("body"))
    worked_example = SanitisedRichTextField(_("worked example"), blank=True)

    search_kinds = tuple(Type.values)
    template = "pages/resource_page.html"
    parent_page_types = PARENTS
    subpage_types: list[str] = []

    content_panels = [
        *EntryPage.content_panels,
        FieldPanel("resource_type"),
        FieldPanel("version_label"),
        FieldPanel("use_when"),
        FieldPanel("not_when"),
        FieldPanel("body"),
        FieldPanel("worked_example"),
        *EntryPage.attachment_panels,
        *EntryPage.classification_panels,
        *EntryPage.credit_panels,
    ]
    override_translatable_fields = [
        *EntryPage.override_translatable_fields,
        SynchronizedField("version_label"),
    ]

    class Meta:
        verbose_name = _("guideline or template")
        verbose_name_plural = _("guidelines and templates")

    @property
    def search_kind(self) -> str:  # type: ignore[override]
        return self.resource_type

    @property
    def schema_type(self) -> str:  # type: ignore[override]
        is_guideline = self.resource_type == self.Type.GUIDELINE
        return "LearningResource" if is_guideline else "CreativeWork"

    @classmethod
    def from_row(cls, row: EntryRow) -> dict[str, Any]:
        return {**super().from_row(row), "resource_type": row.kind}

    def search_text(self) -> str:
        parts = [self.use_when, self.not_when, self.worked_example]
        return running_text(*parts, escape(body_text(self.body)))


class AgreementPage(Searchable, RoutablePageMixin, EntryPage):
    """A memorandum of understanding or a letter of intent, composed of clauses.

    It downloads whole in three formats, its blanks visibly marked.
    """

    class Type(models.TextChoices):
        MOU = "mou", _("Memorandum of understanding")
        LETTER = "letter-of-intent", _("Letter of intent")

    agreement_type = models.CharField(
        _("type"), max_length=20, choices=Type.choices, default=Type.MOU
    )
    introduction = SanitisedRichTextField(
        _("introduction"), blank=True, help_text=_("Stands on the page, not in the document.")
    )
    placeholders = SanitisedStreamField(
        [("placeholder", PlaceholderBlock())],
        blank=True,
        verbose_name=_("blanks"),
        help_text=_("What the parties fill in. Clauses name a blank by its code: {first_party}."),
    )
    clauses = SanitisedStreamField(
        [("clause", ClauseBlock())], blank=True, verbose_name=_("clauses")
    )

    search_kinds = tuple(Type.values)
    composed_as = {item.mime_type: f"download/{item.extension}/" for item in FORMATS.values()}
    template = "pages/agreement_page.html"
    parent_page_types = PARENTS
    subpage_types: list[str] = []

    content_panels = [
        *EntryPage.content_panels,
        FieldPanel("agreement_type"),
        FieldPanel("introduction"),
        FieldPanel("placeholders"),
        FieldPanel("clauses"),
        *EntryPage.attachment_panels,
        *EntryPage.classification_panels,
        *EntryPage.credit_panels,
    ]

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")

    @property
    def search_kind(self) -> str:  # type: ignore[override]
        return self.agreement_type

    @classmethod
    def from_row(cls, row: EntryRow) -> dict[str, Any]:
        return {"agreement_type": row.kind, "introduction": row.rich_text("body")}

    def search_text(self) -> str:
        labels = {value["code"]: value["label"] for value in raw_values(self.placeholders)}
        clauses = []
        for value in raw_values(self.clauses):
            variants = raw_items(value.get("variants") or [])
            texts = [value["text"], *(variant["text"] for variant in variants)]
            clauses += [
                escape(value["heading"]),
                *texts,
                value.get("why") or "",
                value.get("watch_out") or "",
            ]
        text = running_text(self.introduction, *clauses)
        return filled(text, lambda code: f"[{labels.get(code, '…')}]")

    def clean_to_publish(self) -> None:
        super().clean_to_publish()
        declared = {block.value["code"] for block in self.placeholders}
        unknown = sorted(
            {
                code
                for block in self.clauses
                for text in _texts_of(block.value)
                for code in codes_in(text)
            }
            - declared
        )
        if unknown:
            raise ValidationError(
                {
                    "clauses": _(
                        "These blanks stand in a clause but are not declared above: %(codes)s. "
                        "Add them to the blanks, or correct the clause."
                    )
                    % {"codes": ", ".join(f"{{{code}}}" for code in unknown)}
                }
            )

    def document(self) -> agreements.Agreement:
        """The agreement as plain data, from which files are composed. A marker that nobody
        declared is a blank of its own name."""
        language = self.locale.language_code
        with override(language):
            licence = str(self.get_licence_display())
            credit = self.attribution or gettext("Collaboration Toolkit")
        return agreements.with_undeclared(
            agreements.Agreement(
                title=self.title,
                language=language,
                introduction=self.introduction,
                placeholders=tuple(
                    agreements.Placeholder(
                        code=block.value["code"],
                        label=block.value["label"],
                        kind=block.value["type"],
                        example=block.value["example"] or "",
                    )
                    for block in self.placeholders
                ),
                clauses=tuple(_clause(block.value) for block in self.clauses),
                attribution=credit,
                licence=licence,
                source_url=self.full_url or "",
                reviewed=self.reviewed_at,
            )
        )

    @re_path(r"^download/(?P<extension>docx|odt|pdf)/$", name="download")
    def download(self, request: HttpRequest, extension: str) -> HttpResponse:
        """The whole agreement as a document; ``?partner=`` chooses clauses for a partner type,
        ``?guidance=`` keeps the guidance in."""
        return agreement_response(
            self,
            extension=extension,
            choices=request.GET,
            known=request.headers.get("If-None-Match", ""),
        )

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        is_preview = getattr(request, "is_preview", False)
        context["composed_files"] = composed_files(self, is_preview=is_preview)
        return context


def _clause(value: Mapping[str, Any]) -> agreements.Clause:
    return agreements.Clause(
        code=value["code"],
        heading=value["heading"],
        text=value["text"].source,
        required=value["required"],
        why=value["why"].source,
        watch_out=value["watch_out"].source,
        variants=tuple(
            agreements.Variant(
                partner_types=tuple(variant["partner_types"]), text=variant["text"].source
            )
            for variant in value["variants"]
        ),
    )


def _texts_of(clause: Mapping[str, Any]) -> list[str]:
    """Every text of a clause that may hold blanks, its variants' among them."""
    rich = [clause["text"], clause["why"], clause["watch_out"]]
    rich += [variant["text"] for variant in clause["variants"]]
    return [clause["heading"], *(text.source for text in rich)]


#: A series as the query for an exercise's neighbours brings it along.
_SERIES = tuple(f"series__{field.attname}" for field in Series._meta.concrete_fields)


@dataclass(frozen=True)
class Neighbour:
    """An exercise beside another one in its series."""

    number: int
    title: str
    url_path: str

    @property
    def url(self) -> str:
        return Page(url_path=self.url_path).get_url() or ""


class ExercisePage(Searchable, EntryPage):
    """One exercise of a series: something done in ten minutes, and what it leaves behind."""

    class Leaves(models.TextChoices):
        PARTNERS = "partners", _("A list of possible partners")
        CONTACTS = "contacts", _("A list of contacts")
        ADVOCATE = "advocate", _("An advocate")
        BARRIER = "barrier", _("A barrier, and what to do about it")
        CHALLENGE = "challenge", _("A challenge shared with another library")
        MESSAGE = "message", _("A message")
        OTHER = "other", _("A note")

    series = models.ForeignKey(
        Series,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="exercises",
        verbose_name=_("series"),
        help_text=_("Left empty, the exercise belongs to no series and has no number."),
    )
    number = models.PositiveIntegerField(
        _("number"),
        null=True,
        blank=True,
        help_text=_("Its number within the series, as it was published."),
    )
    prompt = SanitisedRichTextField(_("what it is about"), blank=True)
    steps = SanitisedRichTextField(
        _("steps"), blank=True, help_text=_("Numbered, with the minutes of each: ten in all.")
    )
    leaves_behind = models.CharField(
        _("leaves behind"), max_length=12, choices=Leaves.choices, default=Leaves.OTHER
    )
    leaves_text = models.CharField(_("what you have afterwards"), max_length=300, blank=True)
    strategy_note = models.CharField(
        _("how it relates to the strategy"), max_length=400, blank=True
    )
    body = SanitisedStreamField(BodyBlock(), blank=True, verbose_name=_("more"))

    search_kind = "exercise"
    schema_type = "LearningResource"
    row_columns = ("series", "number")
    search_related = ("series",)
    template = "pages/exercise_page.html"
    parent_page_types = PARENTS
    subpage_types: list[str] = []

    content_panels = [
        *EntryPage.content_panels,
        MultiFieldPanel([FieldPanel("series"), FieldPanel("number")], heading=_("Series")),
        FieldPanel("prompt"),
        FieldPanel("steps"),
        MultiFieldPanel(
            [FieldPanel("leaves_behind"), FieldPanel("leaves_text")], heading=_("Leaves behind")
        ),
        FieldPanel("strategy_note"),
        FieldPanel("body"),
        *EntryPage.attachment_panels,
        *EntryPage.classification_panels,
        *EntryPage.credit_panels,
    ]
    override_translatable_fields = [
        *EntryPage.override_translatable_fields,
        SynchronizedField("number"),
        SynchronizedField("leaves_behind"),
    ]

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")

    @classmethod
    def from_row(cls, row: EntryRow) -> dict[str, Any]:
        """Series and number, if the row gives both; they are never made up."""
        name, number = row.text("series"), row.text("number").lstrip("#")
        fields = {**super().from_row(row), "series": None, "number": None}
        if not name and not number:
            return fields
        if not name or not number:
            column = "number" if name else "series"
            raise ValidationError({column: _("An exercise has a series and a number, or neither.")})
        if not number.isdecimal() or not 0 < int(number) < 10_000:
            raise ValidationError(
                {"number": _("“%(text)s” is no number of an exercise.") % {"text": number[:40]}}
            )
        try:
            series = Series.objects.get(hashtag__iexact=name)
        except Series.DoesNotExist:
            try:
                code = Matcher(vocabulary("series")).find(name).value
            except UnknownTerm as error:
                raise ValidationError({"series": str(error)}) from error
            series = Series.objects.get(code=code)
        return {**fields, "series": series, "number": int(number)}

    def schema_properties(self) -> dict[str, Any]:
        return {"timeRequired": "PT10M"}

    def search_text(self) -> str:
        texts = [self.prompt, self.steps, self.leaves_text, self.strategy_note]
        series = ""
        if self.series:
            label = self.series.label(self.locale.language_code)
            # Behind the text: what is cut from a page for a hit begins with what it says
            series = escape(f"#{self.number} {label} {self.series.hashtag}")
        return running_text(*texts, escape(body_text(self.body)), series)

    def clean_to_publish(self) -> None:
        super().clean_to_publish()
        if not self.series_id and self.number is None:
            return
        if not self.series_id:
            raise ValidationError({"series": _("A number means something in a series only.")})
        if self.number is None:
            raise ValidationError({"number": _("In a series, an exercise has a number.")})
        twin = (
            ExercisePage.objects.filter(
                series=self.series_id, number=self.number, locale=self.locale_id
            )
            .exclude(pk=self.pk)
            .first()
        )
        if twin:
            raise ValidationError(
                {
                    "number": _("“%(title)s” has this number in the series already.")
                    % {"title": twin.title}
                }
            )

    @cached_property
    def neighbours(self) -> dict[str, Neighbour | None]:
        """The exercises before and after this one, in its series and language; the query brings
        the series along. None for one outside every series."""
        found: dict[str, Neighbour | None] = {"previous": None, "next": None}
        for number, title, url_path, *values in self._in_series():
            if number == self.number:
                names = (name.removeprefix("series__") for name in _SERIES)
                self.series = Series(**dict(zip(names, values, strict=True)))
            elif number < self.number:
                found["previous"] = Neighbour(number, title, url_path)
            else:
                found["next"] = Neighbour(number, title, url_path)
                break
        return found

    def _in_series(self) -> list[tuple[Any, ...]]:
        """The exercises of its series in its language, in their order: number, title, path, and the
        series' own columns. One query for a state of the site, none outside every series."""
        if not self.series_id or self.number is None:
            return []
        # The whole series in a few columns costs less than asking for two of its pages
        return kept_for_state(
            ("series", self.series_id, self.locale_id),
            lambda: list(
                below_a_site(versions_among(open_to_all(ExercisePage.objects.all())))
                .filter(series=self.series_id, locale=self.locale_id)
                .order_by("number")
                .values_list("number", "title", "url_path", *_SERIES)
            ),
        )

    def told_relatives(self) -> Mapping[str, str]:
        told = {
            Neighbour(number, title, path).url: _("From the same series of exercises")
            for number, title, path, *_values in self._in_series()
        }
        sentences = {
            "previous": _("The exercise before this one"),
            "next": _("The next step after this exercise"),
        }
        for place, neighbour in self.neighbours.items():
            if neighbour:
                told[neighbour.url] = sentences[place]
        return {url: str(sentence) for url, sentence in told.items()}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["neighbours"] = self.neighbours
        return context
