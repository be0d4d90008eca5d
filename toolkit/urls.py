"""The addresses of the site. Pages come last: Wagtail answers for every other path.

``/healthz`` and ``/readyz`` are answered before all of these (``toolkit.health``)."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from search.views import api
from toolkit import media, sitemaps
from toolkit.core import refusals
from toolkit.operation import refused_writes
from toolkit.pages.front_door import front_door, icon, touch_icon
from toolkit.people import urls as people
from toolkit.pictures.views import picture

urlpatterns = [
    path("", front_door),
    path("favicon.ico", icon),
    path("apple-touch-icon.png", touch_icon),
    path("apple-touch-icon-precomposed.png", touch_icon),
    *people.admin_urlpatterns,
    path("documents/<int:number>/", media.document, name="private-file"),
    re_path(r"^documents/(?P<number>\d+)/(?P<name>.+)$", media.file),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemaps"),
    path("sitemap-<slug:language>.xml", sitemaps.sitemap, name="sitemap"),
    path("og/<uuid:key>-<slug:language>.png", picture, name="picture"),
    path("api/v1/", include(api.urlpatterns)),
    # Nothing below /media/ has an address that does not ask: a web server in front must not
    # serve the folder. Documents go through Wagtail.
    path("media/images/<path:name>", media.image, name="image"),
    path("media/avatar_images/<path:name>", media.portrait),
]

if settings.DEBUG:
    from toolkit.pages.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))

urlpatterns += i18n_patterns(
    path("", include("search.urls")),
    path("", include("toolkit.wanted.urls")),
    path("", include("toolkit.alerts.urls")),
    path("", include("toolkit.interchange.urls")),
    path("", include("toolkit.lists.urls")),
    path("", include("toolkit.people.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)

handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler500 = refused_writes.server_error
