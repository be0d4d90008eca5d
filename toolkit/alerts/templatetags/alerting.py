"""Whether a page offers mails about what is new."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def mail_is_sent() -> bool:
    return bool(settings.TOOLKIT_SENDS_MAIL)
