"""Who reads: asked of a request that brings a session, so that pages for everybody stay the
same for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@dataclass(frozen=True)
class Reader:
    """Somebody who is signed in. ``edit_url`` leads to the form of the page shown, where the
    reader may change it; "" else."""

    name: str
    works_here: bool
    edit_url: str = ""


@register.simple_tag(takes_context=True)
def signed_in_reader(context: dict[str, Any], page: Any = None) -> Reader | None:
    """The reader who is signed in, None for everybody else."""
    request = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    if getattr(request, "is_preview", False):
        return None  # a preview shows what readers will see, also of a page that is not kept yet
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    works_here = user.has_perm("wagtailadmin.access_admin")
    may_edit = works_here and page is not None and page.permissions_for_user(user).can_edit()
    return Reader(
        name=user.get_full_name() or user.get_username(),
        works_here=works_here,
        edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]) if may_edit else "",
    )
