"""A draft keeps whatever was typed; what a page must be is asked when it is published.

Wagtail saves a draft every half second and puts off what is *required*. Every other rule (an
image's alternative text, a number that is taken, a code with a capital) would refuse the whole
form, and nothing typed from then on would be kept.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.models import register_form_field_override
from wagtail.blocks import (
    BaseStreamBlock,
    BaseStructBlock,
    Block,
    BlockField,
    FieldBlock,
    ListBlock,
    StreamValue,
)
from wagtail.blocks.list_block import ListValue
from wagtail.fields import StreamField
from wagtail.models import Page

#: Their rules look at today: a page that has expired could not be edited any more.
DATES = ("go_live_at", "expire_at")
_DEPTH_OF_A_HOME = 2


def as_draft(block: Block, value: Any) -> Any:
    """A block's value as far as a draft can hold it: what is right is cleaned, what is not yet
    stays as it was typed. Raises ``ValidationError`` only for what its type cannot hold at all,
    letters where a number goes.

    Wagtail's own way switches rules off in the block itself, which all threads of a process
    share: a page published meanwhile would not be asked, and two at once leave a rule off for
    good. Here nothing is switched.
    """
    if isinstance(block, BaseStreamBlock):
        return StreamValue(
            block,
            [(child.block.name, as_draft(child.block, child.value), child.id) for child in value],
        )
    if isinstance(block, BaseStructBlock):
        return block.normalize(
            {name: as_draft(block.child_blocks[name], inner) for name, inner in value.items()}
        )
    if isinstance(block, ListBlock):
        child = block.child_block
        items = [
            ListValue.ListChild(child, as_draft(child, item.value), id=item.id)
            for item in block.normalize(value).bound_blocks
        ]
        return ListValue(block, bound_blocks=items)
    try:
        return block.clean(value)
    except ValidationError:
        if not isinstance(block, FieldBlock):
            raise
        typed = block.value_for_form(value)
        if not (isinstance(block.field, forms.CharField) and isinstance(typed, str)):
            typed = block.field.to_python(typed)
        return block.value_from_form(typed)


class DraftBlockField(BlockField):
    """The blocks of a StreamField; a draft takes them half-filled."""

    def clean(self, value: Any) -> Any:
        if getattr(self, "is_deferred_validation", False):
            return as_draft(self.block, value)
        return super().clean(value)


register_form_field_override(StreamField, override={"form_class": DraftBlockField})


def is_of_the_site(slug: str) -> bool:
    """Whether the address of a slug below a home page is one of the site's own (search, browsing,
    signing in): a page there would never be shown."""
    try:
        return resolve(f"/{get_language()}/{slug}/").url_name != "wagtail_serve"
    except Resolver404:
        return False


class DraftPageForm(WagtailAdminPageForm):
    """The form of every page: saving asks what the database needs, publishing asks the rest."""

    def clean(self) -> dict[str, Any]:
        # Wagtail's rules of the dates are asked after this, and must not find them; what they
        # return is kept, so that the dates come back in _post_clean and not here.
        self._unasked: dict[str, Any] = {}
        if self.is_deferred_validation:
            typed = self.cleaned_data
            self._unasked = {name: typed.pop(name) for name in DATES if name in typed}
            if not self.instance.live and (slug := typed.get("slug")):
                typed["slug"] = self._free_slug(slug)
        cleaned: dict[str, Any] = super().clean()
        if (slug := cleaned.get("slug")) and self._is_of_the_site(slug):
            self.add_error(
                "slug",
                _("The site itself answers at “%(slug)s”: choose another address.")
                % {"slug": slug},
            )
        return cleaned

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        updates: list[tuple[str, str]] = super().get_field_updates_for_resave()
        slug = self.cleaned_data.get("slug")
        if slug and slug != self.data.get(self.add_prefix("slug")):
            updates.append((self.add_prefix("slug"), slug))
        return updates

    def _free_slug(self, slug: str) -> str:
        """The slug, with a number where a sibling or the site has it: titles are typed twice."""
        free, number = slug, 1
        while self._is_of_the_site(free) or not Page._slug_is_available(
            free, self.parent_page, self.instance
        ):
            number += 1
            free = f"{slug}-{number}"
        return free

    def _is_of_the_site(self, slug: str) -> bool:
        parent = self.parent_page
        return parent is not None and parent.depth == _DEPTH_OF_A_HOME and is_of_the_site(slug)

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()
        if self.is_deferred_validation:
            # The columns' own limits stand in the form fields; the rest are rules of publishing.
            excluded |= {field.name for field in self.instance._meta.fields}
        return excluded

    def _post_clean(self) -> None:
        self.instance.is_saved_as_draft = self.is_deferred_validation
        self.instance.is_in_form = True
        self.cleaned_data |= self._unasked
        try:
            super()._post_clean()
        finally:
            self.instance.is_saved_as_draft = self.instance.is_in_form = False
