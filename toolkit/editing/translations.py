"""Nothing goes online untranslated: what is asked before a translation is published.

A translation is a list of texts, each translated or not yet; Wagtail Localize publishes one with
the original's words in the gaps.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation
from wagtail_localize.operations import TranslationCreator
from wagtail_localize.views.submit_translations import SubmitPageTranslationView
from wagtail_localize.views.update_translations import (
    UpdateTranslationsForm,
    UpdateTranslationsView,
)


def missing(translation: Translation) -> int:
    """How many texts of a translation are still those of the original."""
    total, done = translation.get_progress()
    return int(total - done)


def translation_of(page: Page) -> Translation | None:
    """The translation that a page is the outcome of, None for a page that is written by hand."""
    return (
        Translation.objects.filter(
            source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
        )
        .select_related("source", "target_locale")
        .first()
    )


def keep_draft(translation: Translation, user: Any) -> None:
    """Bring what is translated so far into the draft; a page that is online stays as it is.

    Wagtail Localize's own "save as a draft" writes it into the live page as well.
    """
    target = translation.get_target_instance()
    if not target.live:
        with contextlib.suppress(ValidationError):
            translation.save_target(user=user, publish=False)


class DraftsCreator(TranslationCreator):
    """Makes the translations of pages, and of the pages that they name, as drafts.

    A page that has a version in the language already keeps it: somebody wrote it.
    """

    def __init__(self, user: Any, target_locales: Iterable[Locale]) -> None:
        super().__init__(user, target_locales)
        self.asked = list(target_locales)

    def create_translations(self, instance: Any, include_related_objects: bool = True) -> None:
        outer = self.target_locales  # type: ignore[has-type]
        written = set(
            type(instance)
            .objects.filter(translation_key=instance.translation_key)
            .exclude(pk__in=Page.objects.filter(alias_of__isnull=False).values("pk"))
            .values_list("locale", flat=True)
        )
        self.target_locales = [locale for locale in self.asked if locale.pk not in written]
        try:
            super().create_translations(instance, include_related_objects)
        finally:
            self.target_locales = outer


class TranslatePageView(SubmitPageTranslationView):
    """ "Translate this page": drafts in the languages chosen, of all that is below if asked."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        locales = list(form.cleaned_data["locales"])
        creator = DraftsCreator(self.request.user, locales)
        creator.create_translations(self.object)
        if form.cleaned_data["include_subtree"]:
            for page in self.object.get_descendants().specific():
                creator.create_translations(page)
        self.components.save(creator, sources_and_translations=creator.mappings)
        names = [locale.get_display_name() for locale in locales]
        messages.success(self.request, self.get_success_message(get_text_list(names, _("and"))))
        single = self.object.get_translation_or_none(locales[0]) if len(locales) == 1 else None
        return redirect(self.get_success_url() or self.get_default_success_url(single))


def refuse_to_publish(request: Any, page: Page) -> HttpResponse | None:
    """Keep a translation with gaps as a draft, and say so."""
    if request.method != "POST" or request.POST.get("action") != "publish":
        return None
    translation = translation_of(page)
    if translation is None or not (number := missing(translation)):
        return None
    keep_draft(translation, request.user)
    messages.error(
        request,
        ngettext(
            "Not published: %(number)d text is not translated yet. The translation is kept as"
            " a draft.",
            "Not published: %(number)d texts are not translated yet. The translation is kept as"
            " a draft.",
            number,
        )
        % {"number": number},
    )
    return redirect(request.path)


class CompleteTranslationsForm(UpdateTranslationsForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publish_translations"].help_text = gettext_lazy(
            "Publishes the translations that are complete with the update. The others keep what"
            " is online until their new texts are translated."
        )


class UpdateCompleteTranslationsView(UpdateTranslationsView):
    """Brings the changes of the original into its translations; publishes those without gaps."""

    def get_form(self) -> CompleteTranslationsForm:
        data = self.request.POST if self.request.method == "POST" else None
        return CompleteTranslationsForm(data)

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        is_to_publish = form.cleaned_data["publish_translations"]
        form.cleaned_data["publish_translations"] = False
        response: HttpResponse = super().form_valid(form)
        if not is_to_publish:
            return response
        waiting = []
        for translation in self.object.translations.filter(enabled=True):
            is_complete = not missing(translation)
            if is_complete:
                try:
                    translation.save_target(user=self.request.user, publish=True)
                except ValidationError:
                    is_complete = False
            if not is_complete:
                keep_draft(translation, self.request.user)
                waiting.append(translation.target_locale.get_display_name())
        if waiting:
            messages.warning(
                self.request,
                _("Kept as drafts until all their texts are translated: %(languages)s.")
                % {"languages": get_text_list(waiting, _("and"))},
            )
        return response
