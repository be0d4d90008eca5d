"""Forms that anybody may send, without an account and without a cookie.

They act on nobody's behalf, so there is nothing that a forged one could do in another's name; a
token against forgery would only cost a cookie, and with it every page that shows such a form its
place in the page cache. Views of them are ``csrf_exempt`` and ask ``is_from_elsewhere``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

OURS = {"same-origin", "none"}


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a page of another site sent this form: what the browser says of it. Programs and
    old browsers say nothing, and are believed."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said not in OURS
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.get_host()


class OpenForm(forms.Form):
    """A form with a field that people do not see and programs fill in."""

    use_required_attribute = True

    #: What it is called looks worth filling in.
    website = forms.CharField(required=False, label=_("Leave this empty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["website"].widget.attrs.update(autocomplete="off", tabindex="-1")
        self.order_fields([name for name in self.fields if name != "website"])

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def is_by_a_program(self) -> bool:
        """Told after ``is_valid``. A program gets the answer that everybody gets."""
        return bool(self.data.get(self.add_prefix("website")))
