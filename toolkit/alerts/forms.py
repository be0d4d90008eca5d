from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from search.views.descriptions import LONGEST
from toolkit.core.open_forms import OpenForm


class AlertForm(OpenForm):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    search = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        # Shown to nobody as a field, and what is left out of it would ask for everything
        if len(self.data.get("search", "")) > LONGEST:
            raise ValidationError(_("This search is too long to be kept. Leave something out."))
