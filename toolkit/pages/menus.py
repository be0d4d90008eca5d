"""When the menu changed: every process reads it anew then, and keeps it otherwise."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import PageViewRestriction, Site
from wagtail.signals import page_slug_changed, post_page_move

from toolkit.taxonomy.vocabularies import changed

MENU = "menu"


def _menu_changed(**_kwargs: Any) -> None:
    changed(MENU)


def connect() -> None:
    """Listen to everything that changes a menu: pages of this app, who may read them,
    and where the site stands."""
    from toolkit.pages.models import HomePage, PlainPage, SectionPage

    for signal in (post_save, post_delete):
        for sender in (HomePage, SectionPage, PlainPage, PageViewRestriction, Site):
            signal.connect(_menu_changed, sender=sender, dispatch_uid=f"menu.{sender.__name__}")
    page_slug_changed.connect(_menu_changed, dispatch_uid="menu.slug")
    post_page_move.connect(_menu_changed, dispatch_uid="menu.moved")
