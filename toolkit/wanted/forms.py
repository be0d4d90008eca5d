from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from search.views.descriptions import LONGEST
from toolkit.core.open_forms import OpenForm
from toolkit.wanted.models import Wanted


class WantedForm(OpenForm):
    text = forms.CharField(
        label=_("What is missing?"),
        help_text=_("For example: an agreement with a radio station, or a case from islands."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    association = forms.CharField(
        label=_("Your country or association (if you like)"), max_length=200, required=False
    )
    email = forms.EmailField(
        label=_("Your e-mail address (if you want an answer)"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    search = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_search(self) -> str:
        """Not typed, so nothing of it is worth a message."""
        search: str = self.cleaned_data["search"]
        return search if len(search) <= LONGEST else ""

    def kept(self, *, language: str) -> Wanted:
        """The message, saved."""
        said = self.cleaned_data
        fields = {name: said[name] for name in ("text", "association", "email", "search")}
        return Wanted.objects.create(language=language, **fields)
