"""The site's own address, for what others read: sitemaps, feeds, references, the head of a page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site_root(request: HttpRequest | None) -> str:
    """Scheme and host of the site: what the operator named, else what was asked."""
    if settings.TOOLKIT_SITE_ROOT or request is None:
        return str(settings.TOOLKIT_SITE_ROOT or settings.WAGTAILADMIN_BASE_URL)
    return str(request.build_absolute_uri("/")).rstrip("/")
