"""What Wagtail does differently on this site."""

from __future__ import annotations

from typing import Any

from wagtail import hooks

from toolkit.core.richtext import FileLink, PageLink


@hooks.register("register_rich_text_features", order=100)  # after Wagtail's own
def links_that_name_nothing_private(features: Any) -> None:
    features.register_link_type(PageLink)
    features.register_link_type(FileLink)
