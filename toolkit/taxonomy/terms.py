"""The controlled vocabularies, and the classification of works by them.

A term's code never changes; its labels, in the seven languages, may. Nothing here belongs
to a locale: a work has the same regions in Arabic as in Spanish.
"""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

from toolkit.core.sanitising import clean_text

CODE = RegexValidator(
    r"^[a-z0-9]+([.-][a-z0-9]+)*$",
    _("A code has small Latin letters, digits, hyphens and dots only."),
)


def other_names() -> models.TextField[str, str]:
    """The column for what else a term is called in one language."""
    return models.TextField(
        _("also known as"),
        blank=True,
        help_text=_("Other names in this language, one a line. Readers find entries by them."),
    )


class Term(models.Model):
    """A term of a controlled vocabulary, with labels and scope notes in seven languages."""

    code = models.CharField(
        _("code"),
        max_length=60,
        unique=True,
        validators=[CODE],
        help_text=_("Stands in addresses and in other people's links: it never changes."),
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    objects: ClassVar[models.Manager[Any]]

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.label()

    def clean(self) -> None:
        super().clean()
        if parent := getattr(self, "parent", None):
            self._clean_parent(parent)

    def _clean_parent(self, parent: Any) -> None:
        """Terms belong to others one level deep, and never to themselves by a detour."""
        seen: set[Any] = set()
        wider = parent
        while wider is not None and wider.pk not in seen:
            if self.pk is not None and wider.pk == self.pk:
                raise ValidationError({"parent": _("A term cannot belong to itself.")})
            seen.add(wider.pk)
            wider = wider.parent
        below = str(self._meta.get_field("parent").remote_field.get_accessor_name())  # type: ignore[union-attr]
        if self.pk is not None and getattr(self, below).exists():
            raise ValidationError(
                {"parent": _("Other terms belong to this one: it cannot belong to another.")}
            )
        if parent.parent_id is not None:
            raise ValidationError(
                {"parent": _("“%(term)s” belongs to another term itself.") % {"term": parent}}
            )

    def label(self, language: str | None = None) -> str:
        """The label in ``language`` (the active one by default), else in English, else the code."""
        return self._worded("label", language) or self.code

    def scope_note(self, language: str | None = None) -> str:
        """What the term covers, in ``language`` (the active one by default), else in English."""
        return self._worded("scope_note", language)

    def _worded(self, name: str, language: str | None) -> str:
        language = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return getattr(self, f"{name}_{language}", "") or getattr(self, f"{name}_en")


for _language, _name in settings.LANGUAGES:
    Term.add_to_class(
        f"label_{_language}",
        models.CharField(_name, max_length=250, blank=_language != "en"),
    )
for _language, _name in settings.LANGUAGES:
    Term.add_to_class(f"scope_note_{_language}", models.TextField(_name, blank=True))
    Term.add_to_class(f"also_known_as_{_language}", other_names())


class Kind(Term):
    """What sort of thing an entry is: an agreement, a case study, an exercise …"""

    class Meta(Term.Meta):
        verbose_name = _("kind")
        verbose_name_plural = _("kinds")


#: The code of the region of what holds for every one: a value of its own, beside the regions.
EVERY_REGION = "every-region"


class Region(Term):
    """A region of the library field, or a country within one (ISO 3166 code, small letters); or
    ``EVERY_REGION``, to which nothing belongs."""

    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("part of"),
    )

    class Meta(Term.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def _clean_parent(self, parent: Any) -> None:
        super()._clean_parent(parent)
        for term in (self, parent):
            if term.code == EVERY_REGION:
                text = _("“%(term)s” stands beside the regions: it is part of none, and has none.")
                raise ValidationError({"parent": text % {"term": term}})


class PartnerType(Term):
    """Whom a library works with."""

    class Meta(Term.Meta):
        verbose_name = _("partner type")
        verbose_name_plural = _("partner types")


class Strategy(Term):
    """An edition of a strategy: codes such as "1.2" mean something inside one edition only."""

    starts = models.PositiveSmallIntegerField(_("first year"))
    ends = models.PositiveSmallIntegerField(_("last year"))

    class Meta(Term.Meta):
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")


class Direction(Term):
    """A strategic direction, or a key initiative within one (then it has a parent).

    ``number`` is a string, as printed ("16.10" is not "16.1"); ``code`` joins it to its
    edition: "2019-24.3.2".
    """

    strategy = models.ForeignKey(
        Strategy, on_delete=models.PROTECT, related_name="directions", verbose_name=_("strategy")
    )
    number = models.CharField(_("number"), max_length=12)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="initiatives",
        verbose_name=_("direction that it belongs to"),
    )

    class Meta(Term.Meta):
        verbose_name = _("strategic direction or key initiative")
        verbose_name_plural = _("strategic directions")
        constraints = [
            models.UniqueConstraint(fields=["strategy", "number"], name="number_once_an_edition")
        ]

    def _clean_parent(self, parent: Any) -> None:
        super()._clean_parent(parent)
        if self.strategy_id and parent.strategy_id != self.strategy_id:
            raise ValidationError({"parent": _("Choose a direction of the same edition.")})

    def __str__(self) -> str:
        return f"{self.strategy.code} · {self.number} {self.label()}"


class DirectionMapping(models.Model):
    """Two directions of different editions that mean the same or nearly, as in SKOS."""

    class Relation(models.TextChoices):
        EXACT = "exact", _("means the same as")
        CLOSE = "close", _("is close to")

    source = models.ForeignKey(
        Direction, on_delete=models.CASCADE, related_name="mappings", verbose_name=_("direction")
    )
    relation = models.CharField(
        _("relation"), max_length=5, choices=Relation.choices, default=Relation.CLOSE
    )
    target = models.ForeignKey(
        Direction, on_delete=models.CASCADE, related_name="mapped_from", verbose_name=_("direction")
    )

    class Meta:
        verbose_name = _("mapping between editions")
        verbose_name_plural = _("mappings between editions")
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="mapping_once"),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="mapping_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_relation_display()} {self.target}"


class Sdg(Term):
    """A Sustainable Development Goal, or a target within one (then it has a parent).

    Codes are strings: "16.10" is not "16.1".
    """

    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="targets",
        verbose_name=_("goal that it belongs to"),
    )

    class Meta(Term.Meta):
        verbose_name = _("SDG goal or target")
        verbose_name_plural = _("SDG goals and targets")

    def __str__(self) -> str:
        return f"{self.code} {self.label()}"


class Role(Term):
    """One of the six roles that libraries play in development."""

    class Meta(Term.Meta):
        verbose_name = _("role of libraries")
        verbose_name_plural = _("roles of libraries")


class Series(Term):
    """A series of ten-minute exercises: each has its own numbers and its own hashtag."""

    hashtag = models.CharField(_("hashtag"), max_length=60, validators=[RegexValidator(r"^#\w+$")])

    class Meta(Term.Meta):
        verbose_name = _("series of exercises")
        verbose_name_plural = _("series of exercises")


class VocabularyEdition(models.Model):
    """Another number after each change of a vocabulary, so that every process knows when to read
    it anew."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


def edition_numbers() -> dict[str, int]:
    """Vocabulary name → number of its present edition; one query."""
    return dict(VocabularyEdition.objects.values_list("name", "number"))


SLUG_LENGTH = 90  # the column holds 100: there is room for a number behind it


def slug_of(name: str) -> str:
    """What a tag of this name has in addresses: lower case, hyphens, letters of every script."""
    letters = slugify(name, allow_unicode=True)
    if not letters:
        signs = (unicodedata.name(sign, f"u{ord(sign):x}") for sign in name)
        letters = slugify("-".join(signs))
    return letters[:SLUG_LENGTH].strip("-_") or "tag"


class EntryTagQuerySet(models.QuerySet["EntryTag"]):
    def get_or_create(self, defaults: Any = None, **said: Any) -> tuple[EntryTag, bool]:
        """A name is looked for as it is stored: "é" is one letter, however it was written."""
        said = {
            field: clean_text(value) if isinstance(value, str) else value
            for field, value in said.items()
        }
        return super().get_or_create(defaults, **said)


class EntryTag(TagBase):
    """A free tag. Editors merge and rename them; tags of entries are apart from those of files.

    ``name`` is the tag in English, or in whatever language somebody wrote it; ``label_<lang>``
    says it in the other languages of the site, ``also_known_as_<lang>`` what readers may call it.
    The slug stands in addresses.
    """

    free_tagging = True

    objects = EntryTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.CheckConstraint(condition=~models.Q(slug=""), name="tag_has_a_slug"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug and not self._state.adding:  # type: ignore[has-type]
            self.slug = self.slugify(self.name)
        super().save(*args, **kwargs)

    def slugify(self, tag: str, i: int | None = None) -> str:
        """The slug of a tag of this name, never empty: letters of every script stay, and signs
        go by their Unicode names ("★" is "black-star") where there are no letters at all."""
        slug = slug_of(tag)
        return slug if i is None else f"{slug}_{i}"

    def label(self, language: str | None = None) -> str:
        """The tag in ``language`` (the active one by default), else its name."""
        language = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return getattr(self, f"label_{language}", "") or self.name


for _language, _name in settings.LANGUAGES:
    if _language != settings.LANGUAGE_CODE:
        EntryTag.add_to_class(
            f"label_{_language}", models.CharField(_name, max_length=250, blank=True)
        )
    EntryTag.add_to_class(f"also_known_as_{_language}", other_names())
