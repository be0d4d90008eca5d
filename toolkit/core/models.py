"""What every page of the site has. Knows no feature."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

SUMMARY_LENGTH = 300  # characters: what a results list, a feed and a search engine show whole


class BasePage(Page):
    """A page with a summary, in one of the site's languages."""

    summary = models.TextField(
        _("summary"),
        blank=True,
        validators=[MaxLengthValidator(SUMMARY_LENGTH)],
        help_text=_("One or two sentences in plain words, at most 300 characters."),
    )

    content_panels = [*Page.content_panels, FieldPanel("summary")]

    class Meta:
        abstract = True

    @cached_property
    def versions(self) -> list[Page]:
        """All live, public versions of this work that are not mere aliases, this one included;
        one query."""
        return list(
            Page.objects.filter(translation_key=self.translation_key, alias_of__isnull=True)
            .live()
            .public()
            .select_related("locale")
            .order_by("locale__language_code")
        )

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["language"] = self.locale.language_code
        return context
