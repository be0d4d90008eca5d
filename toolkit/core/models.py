"""What every page of the site has. Knows no feature."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult

from toolkit.core.drafts import DraftPageForm
from toolkit.core.plain_texts import clean_plain_texts

SUMMARY_LENGTH = 300  # characters: what a results list, a feed and a search engine show whole


def _drawn() -> int:
    return secrets.randbits(40)  # a hundred thousand of them still add up to a 64-bit number


class SiteChange(models.Model):
    """Something that the public sees has changed; see ``toolkit.core.public_state``.

    ``number`` is drawn, not counted: what was seen in a transaction that was rolled back must
    never be taken for what another one did.
    """

    number = models.BigIntegerField(default=_drawn)
    at = models.DateTimeField(auto_now_add=True)

    seen_by_readers = False

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


def open_to_all(pages: PageQuerySet) -> PageQuerySet:
    """The pages that are live and neither private nor below a private page.

    ``PageQuerySet.public`` says the same with a query of its own for each call.
    """
    place = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
    closed = PageViewRestriction.objects.annotate(place=place).filter(
        place__startswith=F("page__path")
    )
    return pages.live().filter(~Exists(closed))


def below_a_site(pages: PageQuerySet) -> PageQuerySet:
    """The pages that have an address: the home page of a site, or below one."""
    found = models.Q(pk__in=[])
    for root in Site.get_site_root_paths():
        found |= models.Q(url_path__startswith=root.root_path)
    return pages.filter(found)


class BasePage(Page):
    """A page with a summary, in one of the site's languages."""

    summary = models.TextField(
        _("summary"),
        blank=True,
        validators=[MaxLengthValidator(SUMMARY_LENGTH)],
        help_text=_("One or two sentences in plain words, at most 300 characters."),
    )

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    base_form_class = DraftPageForm

    #: Set by the form: while it checks what is to be a draft, and what it checks block by block.
    is_saved_as_draft = False
    is_in_form = False

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Wagtail makes aliases for parents that have no translation yet, for the trees of a
        # language that follows another, and puts them online with the page that they repeat:
        # words of one language under the address of another.
        if self.alias_of_id and self.alias_of.locale_id != self.locale_id:
            self.live = False
        # What is below a copied page is copied unasked, online if the copies are to be.
        elif self.live and self._state.adding and not self.alias_of_id:
            self._about(self._clean_to_be_online)
        super().save(*args, **kwargs)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        clean_plain_texts(self)
        self._about(super().full_clean, *args, **kwargs)

    def serializable_data(self) -> Any:
        clean_plain_texts(self)  # a revision is written without its page
        return super().serializable_data()

    def clean(self) -> None:
        super().clean()
        if not self.is_saved_as_draft:
            self._clean_to_be_online()

    def _clean_to_be_online(self) -> None:
        self.clean_to_publish()
        if not self.is_in_form:
            self._clean_blocks()

    def _about(self, rule: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        """Check a rule; who has no form to show the errors in can say which page they are of."""
        try:
            rule(*args, **kwargs)
        except ValidationError as error:
            error.about = self  # type: ignore[attr-defined]
            raise

    def _clean_blocks(self) -> None:
        """A draft may hold blocks that are half filled: not every way to publish has a form."""
        for field in self._meta.get_fields():
            if isinstance(field, StreamField):
                try:
                    field.stream_block.clean(getattr(self, field.name))
                except ValidationError as error:
                    message = _("Some blocks are not complete: open the page and publish it there.")
                    raise ValidationError({field.name: message}) from error

    def clean_to_publish(self) -> None:
        """What must hold of a page before readers see it, and need not while it is written.

        Raises ``ValidationError`` with messages at fields. Page types add theirs.
        """

    @cached_property
    def versions(self) -> list[Page]:
        """All live, public versions of this work that are not mere aliases, this one included;
        one query."""
        return list(
            below_a_site(open_to_all(Page.objects.filter(translation_key=self.translation_key)))
            .filter(alias_of__isnull=True)
            .select_related("locale")
            .order_by("locale__language_code")
        )

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Wagtail's routing, but a page deep in the tree is found in one step, not one a level,
        and never in another language than that of the address.

        Raises ``Http404`` where there is no such page, among it the home page of a language
        that is not published; the pages below that one are there all the same.
        """
        found = self._one_below(path_components)
        asked = get_language_from_path(request.path_info)
        if asked and asked != (found or self).locale.language_code:
            home = Page.objects.filter(
                translation_key=self.translation_key, locale__language_code=asked
            ).first()
            if home is None or not path_components:
                raise Http404
            return home.specific.route(request, path_components)
        return found.route(request, []) if found else super().route(request, path_components)

    def _one_below(self, path_components: list[str]) -> Page | None:
        """The live page two levels or more below this one that has this address."""
        if len(path_components) < 2:
            return None
        page = (
            Page.objects.live()
            .filter(url_path=f"{self.url_path}{'/'.join(path_components)}/")
            .select_related("locale")
            .first()
        )
        if page is None:
            return None
        found = page.specific
        found.locale = page.locale
        return found

    def takes(self, kind: str) -> bool:
        """Whether entries of this kind belong below this page before any other."""
        return False

    @cached_property
    def original(self) -> Page:
        """The version that the work was written in first: its oldest live page, else this one."""
        return min(self.versions, key=lambda page: page.pk, default=self)

    def serve_password_required_response(
        self, request: HttpRequest, form: Any, action_url: str
    ) -> HttpResponse:
        """The form before a page with a shared password; nothing on it tells of the page."""
        context = {"form": form, "action_url": action_url}
        return render(request, settings.WAGTAIL_PASSWORD_REQUIRED_TEMPLATE, context, status=403)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["language"] = self.locale.language_code
        return context


class Lease(models.Model):
    """Who may do what only one may do at a time: see ``toolkit.core.leases``."""

    name = models.CharField(primary_key=True, max_length=80)
    holder = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField()
    turn = models.BigIntegerField(default=0)

    seen_by_readers = False

    def __str__(self) -> str:
        return self.name
