"""What the editor of an entry shows of its work: how it is classified, or whose classification
holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import MultiFieldPanel

from toolkit.core.drafts import DraftPageForm
from toolkit.taxonomy.choosing import file_by_name
from toolkit.taxonomy.facets import CLASSIFYING, GENERAL, Facet
from toolkit.taxonomy.generality import HoldsForAllAndSome, settled
from toolkit.taxonomy.versions import is_older
from toolkit.taxonomy.vocabularies import vocabulary


class EntryPageForm(DraftPageForm):
    """The form of an entry. Only an original has fields to classify it by: what is sent for a
    version changes nothing."""

    agrees_with_original = forms.BooleanField(
        required=False,
        label=_("This version says what the original says now"),
        help_text=_(
            "Tick this when the translation has been brought up to date. Until then the page says "
            "that the original has changed."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_original:
            unfit = ["agrees_with_original"]
        else:
            unfit = [facet.field for facet in CLASSIFYING]
        for facet in CLASSIFYING:
            field = self.fields.get(facet.field)
            if facet.by_name and isinstance(field, forms.ModelChoiceField):
                file_by_name(field)
        for name in unfit:
            self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation:
            for facet in GENERAL:
                if facet.field in cleaned:
                    self._settle(facet, cleaned)
        return cleaned

    def _settle(self, facet: Facet, cleaned: dict[str, Any]) -> None:
        """Say what holds for all by its own value alone."""
        known = vocabulary(facet.name)
        chosen = {term.code: term for term in cleaned[facet.field]}
        try:
            codes = settled(facet, chosen, known)
        except HoldsForAllAndSome:
            general = known.get(facet.general)
            text = _("Choose either “%(general)s” or what the entry is about, not both.")
            self.add_error(facet.field, text % {"general": general.label() if general else ""})
            return
        if set(codes) != set(chosen):
            terms = type(self.instance)._meta.get_field(facet.field).related_model.objects
            cleaned[facet.field] = terms.filter(code__in=codes)

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data.get("agrees_with_original"):
            self.instance.now_translates()
        return super().save(commit=commit)


class OriginalPanel(MultiFieldPanel):
    """Which page is the original of the version that is being edited, and whether the version
    says what it says. Not shown for an original."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "taxonomy/original_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            original = self.instance.original
            user = self.request.user
            address = ""
            if original.permissions_for_user(user).can_edit():
                address = reverse("wagtailadmin_pages:edit", args=[original.pk])
            elif original.live:
                address = original.get_url(self.request) or ""
            return {
                **context,
                "original": original,
                "original_address": address,
                "is_older": is_older(self.instance, original),
            }
