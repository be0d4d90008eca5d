"""What editors see on a page and readers do not."""

from __future__ import annotations

from django import template
from django.conf import settings
from wagtail.admin.templatetags.wagtailuserbar import wagtailuserbar

register = template.Library()


@register.simple_tag(takes_context=True)
def editors_bar(context: template.Context) -> str:
    """Wagtail's bar with the way into the editor and the checks of the page; "" for readers.

    Whoever sends no cookie of a session is a reader: asking for the account behind it would
    make the page one that no cache may keep.
    """
    request = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    return str(wagtailuserbar(context))
