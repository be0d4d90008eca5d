"""Taking a term out of its vocabulary: what becomes of the entries that it classifies.

The published classification and the drafts that editors are writing change together, so
that publishing a draft later does not bring the old state back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.fields.json import KeyTransform
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from toolkit.taxonomy.facets import CONTROLLED, GENERAL
from toolkit.taxonomy.terms import EntryTag, Term
from toolkit.taxonomy.works import EntryPage, TaggedEntry

SHOWN = 5  # names in a message; the rest is a number


def entries_with(term: Term | EntryTag) -> models.QuerySet[EntryPage]:
    """The entry pages, live or not, that a term or tag classifies."""
    if isinstance(term, EntryTag):
        return EntryPage.objects.filter(tagged_items__tag=term).distinct()
    field = _field(term)
    if field is None:
        return EntryPage.objects.none()
    return EntryPage.objects.filter(**{field: term}).distinct()


def obstacles(term: models.Model) -> list[str]:
    """Why a term cannot go: the site rests on it, or something is part of it and would be left
    without a place."""
    found = []
    if any(facet.model is type(term) and facet.general == term.code for facet in GENERAL):
        found.append(_("The site itself uses this term. It can be renamed, but not deleted."))
    for relation in term._meta.related_objects:
        if relation.on_delete is not models.PROTECT:
            continue
        others = list(getattr(term, str(relation.get_accessor_name())).all())
        if not others:
            continue
        names = [str(other) for other in others[:SHOWN]]
        if len(others) > SHOWN:
            names.append(_("%(number)d more") % {"number": len(others) - SHOWN})
        found.append(
            _("These belong to it: %(names)s. Move them elsewhere first, or delete them.")
            % {"names": get_text_list(names, _("and"))}
        )
    return found


@transaction.atomic
def remove_term(term: Term | EntryTag, *, replacement: Term | EntryTag | None = None) -> int:
    """Delete a term; its entries get ``replacement``, or simply lose it.

    Returns the number of entry pages that it classified. Raises ``ValidationError`` if
    something belongs to the term (``obstacles``) or the replacement is no other term of the
    same vocabulary.
    """
    if reasons := obstacles(term):
        raise ValidationError(reasons)
    if replacement is not None and (
        type(replacement) is not type(term) or replacement.pk == term.pk
    ):
        raise ValidationError(_("Choose another term of the same vocabulary."))
    pages = list(entries_with(term).values_list("pk", flat=True))
    new = replacement.pk if replacement is not None else None
    if isinstance(term, EntryTag):
        _retag(pages, replacement)
        _rewrite_drafts("tagged_items", _tags_replaced(term.pk, new))
    elif field := _field(term):
        _reclassify(field, pages, replacement)
        _rewrite_drafts(field, _codes_replaced(term.pk, new))
    # The entries still have the old term at this moment: whoever listens to its deletion
    # can tell which they are.
    term.delete()
    return len(pages)


def _field(term: models.Model) -> str | None:
    """The field of ``EntryPage`` that holds terms of this kind, if any does."""
    return next((facet.field for facet in CONTROLLED if facet.model is type(term)), None)


def _reclassify(field: str, pages: list[int], replacement: Any) -> None:
    if replacement is None:
        return
    through = getattr(EntryPage, field).through
    column = EntryPage._meta.get_field(field).m2m_reverse_field_name()  # type: ignore[union-attr]
    have = set(
        through.objects.filter(**{column: replacement}).values_list("entrypage_id", flat=True)
    )
    through.objects.bulk_create(
        [through(**{"entrypage_id": pk, column: replacement}) for pk in pages if pk not in have]
    )


def _retag(pages: list[int], replacement: Any) -> None:
    if replacement is None:
        return
    have = set(
        TaggedEntry.objects.filter(tag=replacement).values_list("content_object_id", flat=True)
    )
    TaggedEntry.objects.bulk_create(
        [TaggedEntry(tag=replacement, content_object_id=pk) for pk in pages if pk not in have]
    )


# --- drafts -----------------------------------------------------------------------------


def _rewrite_drafts(name: str, rewritten: Callable[[list[Any]], list[Any]]) -> None:
    """Change one value of every revision that may still be published."""
    current = models.Q(pk__in=Page.objects.values("latest_revision"))
    scheduled = models.Q(approved_go_live_at__isnull=False)
    revisions = Revision.page_revisions.filter(current | scheduled)
    held = revisions.annotate(held=KeyTransform(name, "content")).values_list("pk", "held")
    for pk, values in list(held.iterator()):
        if isinstance(values, list) and (changed := rewritten(values)) != values:
            revision = Revision.objects.get(pk=pk)
            content = {**revision.content, name: changed}
            Revision.objects.filter(pk=pk).update(content=content)


def _codes_replaced(old: int, new: int | None) -> Callable[[list[Any]], list[Any]]:
    def rewritten(values: list[Any]) -> list[Any]:
        if old not in values:
            return values
        found = [new if value == old else value for value in values]
        return [value for value in dict.fromkeys(found) if value is not None]

    return rewritten


def _tags_replaced(old: int, new: int | None) -> Callable[[list[Any]], list[Any]]:
    def rewritten(values: list[Any]) -> list[Any]:
        has_new = any(value.get("tag") == new for value in values)
        found = []
        for value in values:
            if value.get("tag") != old:
                found.append(value)
            elif new is not None and not has_new:
                found.append({**value, "tag": new, "pk": None})
                has_new = True
        return found

    return rewritten
