"""The addresses of the site. Pages come last: Wagtail answers for every other path.

``/healthz`` and ``/readyz`` are answered before all of these (``toolkit.health``)."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from search.views import api
from toolkit import sitemaps
from toolkit.pictures.views import picture

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemaps"),
    path("sitemap-<slug:language>.xml", sitemaps.sitemap, name="sitemap"),
    path("og/<uuid:key>-<slug:language>.png", picture, name="picture"),
    path("api/v1/", include(api.urlpatterns)),
    # Renditions are public, like the pages they stand on. Documents are not: they go through
    # Wagtail, which asks for permission, and have no direct address.
    path(
        "media/images/<path:path>",
        serve,
        {"document_root": Path(settings.MEDIA_ROOT) / "images"},
    ),
]

if settings.DEBUG:
    from toolkit.pages.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))

urlpatterns += i18n_patterns(
    path("", include("search.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
