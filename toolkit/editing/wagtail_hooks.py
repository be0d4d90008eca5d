from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.userbar import ContentCheckerItem

from toolkit.editing.content_checks import PageContentChecks


@hooks.register("construct_wagtail_userbar")
def check_what_editors_write(request: HttpRequest, items: list[Any], page: Any) -> None:
    """Our checks stand in the place of Wagtail's."""
    for place, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[place] = PageContentChecks(in_editor=item.in_editor)
