"""A work, its versions, and how it is classified.

A work is a thing of its own: a row that names its kind and its original, the page that it was
written in first. Its versions are pages, one in each language. The original classifies the work,
whatever its own state; the versions repeat what it says, so that a facet never differs between
languages and nothing is lost when another version becomes the original.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, Q, Value
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import ItemBase
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import COMMENTS_RELATION_NAME, Orderable, Page, Revision
from wagtail_localize.fields import SynchronizedField, TranslatableField

from toolkit.core.models import BasePage, below_a_site, open_to_all
from toolkit.core.public_state import kept_for_state
from toolkit.core.richtext import SanitisedStreamField
from toolkit.core.rows import EntryRow
from toolkit.taxonomy.facets import CLASSIFYING, CONTROLLED, FACETS
from toolkit.taxonomy.panels import EntryPageForm, OriginalPanel
from toolkit.taxonomy.terms import EntryTag
from toolkit.taxonomy.versions import says_the_same, versions_among

#: Sent when what the public may find or read of works changes, inside the transaction of the
#: change itself. ``keys`` are the works' translation keys, a set of str.
work_changed = Signal()

#: What Wagtail writes of a page when a draft is saved: nothing that readers see.
DRAFT_FIELDS = frozenset(
    {
        COMMENTS_RELATION_NAME,
        "draft_title",
        "expire_at",
        "go_live_at",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
        "locked",
        "locked_at",
        "locked_by",
        "numchild",
    }
)


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

    #: The revision of the original that this version says in its language, by its id (which stays
    #: when old revisions are thrown away); None where nobody knows, and for an original.
    translated_revision = models.PositiveBigIntegerField(null=True, editable=False)
    #: A copy made for a translation that still says word for word what it was copied from.
    untranslated = models.BooleanField(default=False, editable=False)

    #: Of the code of its kind, a term of the vocabulary of kinds.
    search_kind: str = ""
    is_creatable = False
    exclude_fields_in_copy = ["translated_revision", "untranslated"]

    base_form_class = EntryPageForm
    classification_panels = [
        MultiFieldPanel(
            [FieldPanel(facet.field) for facet in CLASSIFYING],
            heading=_("Classification"),
            help_text=_(
                "A work is classified once: all its translations show what is chosen here."
            ),
        ),
        OriginalPanel([FieldPanel("agrees_with_original")], heading=_("Original")),
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
    #: What this type is in a list of references, by CSL's names (docs.citationstyles.org).
    citation_type = "webpage"
    #: The files that a page of this type is composed as: MIME type → path below its address.
    composed_as: Mapping[str, str] = {}
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
        """Facet → codes (and "tag" → slugs) of the work, as its original says; one query for
        a state of the site."""
        if self.pk is None:
            return classification_of(self)
        return kept_for_state(("classification", self.pk), lambda: classification_of(self))

    def told_relatives(self) -> Mapping[str, str]:
        """Path of another entry → how it belongs to this one, a sentence in the active language:
        for a page type that knows more than what both are classified by."""
        return {}

    @cached_property
    def versions(self) -> list[Page]:
        """All versions of this work that anyone may read, each with its ``entrypage`` and the
        work that this one began, if it did; one query."""
        return list(
            below_a_site(versions_among(open_to_all(Page.objects.all())))
            .filter(translation_key=self.translation_key)
            .select_related("locale", "entrypage__begun")
            .order_by("locale__language_code")
        )

    @property
    def original(self) -> Page:  # type: ignore[override]
        """The page that the work was written in first, also while it is offline or private."""
        return find_original(self) or self

    @property
    def is_original(self) -> bool:
        """Whether the work was written in this page first; so is a work that is not saved yet."""
        original = find_original(self)
        return original is None or original.pk == self.pk

    def now_translates(self) -> None:
        """Keep in mind that this version says what the original says at present. Saves nothing."""
        original = find_original(self)
        self.translated_revision = (
            None
            if original is None or original.pk == self.pk
            else original.live_revision_id or original.latest_revision_id
        )

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> Any:
        written = kwargs.get("update_fields")
        if written is None or {"alias_of", "alias_of_id"} & set(written):
            self.untranslated = _is_untranslated(self)
            if written is not None:
                kwargs["update_fields"] = [*written, "untranslated"]
        saved = super().save(*args, **kwargs)
        if written is None or not set(written) <= DRAFT_FIELDS:
            Work.settle(self.translation_key, saved=self)
        return saved


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
    """What many entry pages are classified by: page id → facet → codes, "tag" → tag slugs.

    One query, whatever the number of pages. Every facet is present, if only with an empty
    list; a facet's codes are in the order of its vocabulary.
    """
    pks = list(pks)
    said = _classified(Q(pk__in=pks))
    return {pk: said.get(pk) or _unclassified() for pk in pks}


def classification_of(page: EntryPage) -> dict[str, list[str]]:
    """Facet → codes of the work of a page, as its original says: one query. A page whose work
    has no row (it is not saved yet, say) speaks for itself."""
    has_no_row = Q(~Exists(Work.objects.filter(key=page.translation_key)))
    said = _classified(_begins(page) | Q(pk=page.pk) & has_no_row)
    return next(iter(said.values()), _unclassified())


def _unclassified() -> dict[str, list[str]]:
    return {facet.name: [] for facet in CLASSIFYING}


def _classified(which: Q) -> dict[int, dict[str, list[str]]]:
    """Page id → facet → codes of the pages that ``which`` names and that say anything."""
    pks = EntryPage.objects.filter(which).order_by().values("pk")
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
    said: dict[int, dict[str, list[str]]] = defaultdict(_unclassified)
    for (pk, name), codes in grouped.items():
        said[pk][name] = [code for _place, code in sorted(codes)]
    return said


def _target(field: str) -> str:
    return getattr(EntryPage, field).field.remote_field.model._meta.model_name


# --- works ------------------------------------------------------------------------------


class Work(models.Model):
    """A work: what its versions in several languages are versions of.

    ``key`` is the translation key of its pages. The row is made with the first page, follows
    whatever becomes of them and goes with the last one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("not published yet")
        PUBLISHED = "published", _("published in a language at least")
        WITHDRAWN = "withdrawn", _("published once, no longer")

    key = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    # Nothing is done here when the page goes: ``settle`` finds the next original then.
    original = models.OneToOneField(EntryPage, on_delete=models.DO_NOTHING, related_name="begun")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)

    #: That a page is an original keeps nobody from deleting it.
    wagtail_reference_index_ignore = True
    #: Nothing changes here that does not change with a page.
    seen_by_readers = False

    class Meta:
        verbose_name = _("work")
        indexes = [models.Index(fields=["state"], name="works_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @classmethod
    @transaction.atomic
    def settle(cls, key: Any, *, saved: EntryPage | None = None) -> Work | None:
        """Make the row of a work agree with its pages; None if there are none (any more).

        ``saved`` is one of them that has just been saved, if somebody has it in hand. The row
        is locked until the transaction ends: of two that publish and withdraw versions at the
        same time, the second sees what the first did.
        """
        work = cls.objects.select_for_update().filter(key=key).first()
        pages = list(
            EntryPage.objects.filter(translation_key=key, alias_of=None)
            .order_by("pk")
            .values_list("pk", "live", "first_published_at")
        )
        if not pages:
            if work:
                work.delete()
            return None
        first = pages[0][0]
        if work is None:
            # The page may have been the original of another work until now.
            left = cls.objects.filter(original=first).exclude(key=key)
            for other in list(left.values_list("key", flat=True)):
                cls.settle(other)
            work, _made = cls.objects.select_for_update().get_or_create(
                key=key, defaults={"original_id": first, "kind": _kind(first, saved)}
            )
        before = (work.original_id, work.kind, work.state)
        if work.original_id not in {pk for pk, _live, _published in pages}:
            work.original_id = first
            work.kind = _kind(first, saved)
            # What they said of the page that is gone says nothing of the one that follows it.
            EntryPage.objects.filter(translation_key=key).update(translated_revision=None)
        elif saved is not None and saved.pk == work.original_id:
            work.kind = saved.search_kind or work.kind
        if any(live for _pk, live, _published in pages):
            work.state = cls.State.PUBLISHED
        elif any(published for _pk, _live, published in pages):
            work.state = cls.State.WITHDRAWN
        else:
            work.state = cls.State.DRAFT
        if before != (work.original_id, work.kind, work.state):
            work.save()
        if len(pages) > 1:
            _repeat_classification(work.original_id, [pk for pk, _live, _published in pages])
        return work


def _kind(pk: int, saved: EntryPage | None) -> str:
    page = saved if saved is not None and saved.pk == pk else EntryPage.objects.get(pk=pk).specific
    return str(page.search_kind)


def find_original(page: EntryPage) -> EntryPage | None:
    """The original of the work that a page belongs to; one query, None for a work without a row.

    An alias belongs to the work of the page that it shows.
    """
    found: EntryPage | None = (
        EntryPage.objects.filter(_begins(page)).select_related("locale").first()
    )
    return found


def _begins(page: EntryPage) -> Q:
    own = Q(begun__key=page.translation_key)
    if page.pk is None:  # nothing is its alias; asked for those of None, all others would answer
        return own
    shown = Page.objects.filter(aliases=page.pk)
    return own | Q(begun__key__in=shown.values("translation_key"))


def _is_untranslated(page: EntryPage) -> bool:
    """Whether a page says, in another language, word for word what the original says."""
    original = find_original(page)
    if original is None or original.pk == page.pk or original.locale_id == page.locale_id:
        return False
    if page.untranslated and page.pk:
        # The original may have changed since: what has not been touched is no translation.
        before = type(page).objects.filter(pk=page.pk, untranslated=True).first()
        if before is not None and says_the_same(page, before):
            return True
    return says_the_same(page, original.specific)


def _repeat_classification(original: int, pks: list[int]) -> None:
    """Let the versions of a work say what its original says, in their rows and in the drafts
    that may still be published: whatever becomes of the original, they go on saying it."""
    said = classifications(pks)
    others = [pk for pk in pks if said[pk] != said[original]]
    if not others:
        return
    drafts: dict[int, dict[str, Any]] = {pk: {} for pk in others}
    for facet in CONTROLLED:
        through = getattr(EntryPage, facet.field).through
        column = f"{_target(facet.field)}_id"
        terms = list(through.objects.filter(entrypage=original).values_list(column, flat=True))
        through.objects.filter(entrypage__in=others).delete()
        through.objects.bulk_create(
            [through(**{"entrypage_id": pk, column: term}) for pk in others for term in terms]
        )
        for pk in others:
            drafts[pk][facet.field] = terms
    tags = list(TaggedEntry.objects.filter(content_object=original).values_list("tag", flat=True))
    TaggedEntry.objects.filter(content_object__in=others).delete()
    TaggedEntry.objects.bulk_create(
        [TaggedEntry(content_object_id=pk, tag_id=tag) for pk in others for tag in tags]
    )
    for pk in others:
        drafts[pk]["tagged_items"] = list(
            TaggedEntry.objects.filter(content_object=pk).values("pk", "tag", "content_object")
        )
        _rewrite_drafts(pk, drafts[pk])


def _rewrite_drafts(pk: int, values: dict[str, Any]) -> None:
    """Change some values of every revision of a page that may still be published."""
    revisions = Revision.page_revisions.filter(object_id=str(pk)).filter(
        Q(pk__in=Page.objects.filter(pk=pk).values("latest_revision"))
        | Q(approved_go_live_at__isnull=False)
    )
    for revision in revisions:
        Revision.objects.filter(pk=revision.pk).update(content={**revision.content, **values})
