"""When the menu changed: every process reads it anew then, and keeps it otherwise."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_slug_changed, post_page_move

from toolkit.core.public_state import is_of_a_draft
from toolkit.taxonomy.vocabularies import changed

MENU = "menu"


def _menu_changed(**_kwargs: Any) -> None:
    changed(MENU)


def _saved(instance: Any, created: bool = False, update_fields: Any = None, **_kwargs: Any) -> None:
    if isinstance(instance, Page) and is_of_a_draft(
        instance, created=created, update_fields=update_fields
    ):
        return
    changed(MENU)


def connect() -> None:
    """Listen to everything that changes a menu: pages of this app, who may read them,
    and where the site stands."""
    from toolkit.pages.models import HomePage, PlainPage, SectionPage

    for sender in (HomePage, SectionPage, PlainPage, PageViewRestriction, Site):
        post_save.connect(_saved, sender=sender, dispatch_uid=f"menu.{sender.__name__}")
        post_delete.connect(_menu_changed, sender=sender, dispatch_uid=f"menu.{sender.__name__}")
    page_slug_changed.connect(_menu_changed, dispatch_uid="menu.slug")
    post_page_move.connect(_menu_changed, dispatch_uid="menu.moved")
