"""System checks: a page type that nobody could find fails at start-up."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from search.catalogue.works import Searchable, searchable_models
from toolkit.taxonomy.works import EntryPage


@register("search")
def page_types_are_findable(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Every entry page is ``Searchable`` (E001) and says its kind and its words (E002)."""
    errors: list[CheckMessage] = []
    for model in apps.get_models():
        if (
            issubclass(model, EntryPage)
            and model is not EntryPage
            and not issubclass(model, Searchable)
        ):
            errors.append(
                Error(
                    f"{model.__name__} is an entry that nobody can find.",
                    hint="Mix search.catalogue.works.Searchable in before EntryPage.",
                    obj=model,
                    id="search.E001",
                )
            )
    for model in searchable_models():
        if not model.search_kind or model.search_text is Searchable.search_text:
            errors.append(
                Error(
                    f"{model.__name__} does not say what kind of entry it is, or its words.",
                    hint="Give it search_kind, a code of the vocabulary, and search_text().",
                    obj=model,
                    id="search.E002",
                )
            )
    return errors
