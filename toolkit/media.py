"""Hands out images and documents, to whoever may have them; of documents Wagtail asks.

An image has the right of its collection: open to everybody, or to those whom every restriction
on its way up lets in. Who works with the images of a collection in the admin sees them there.
To everybody else a private image does not exist.
"""

from __future__ import annotations

import mimetypes

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since
from wagtail.documents.models import Document
from wagtail.documents.views.serve import serve
from wagtail.images.models import Rendition
from wagtail.images.permissions import permission_policy
from wagtail.users.models import UserProfile

from toolkit.core.privacy import closed_to_some

#: Seconds. A browser keeps what it was given; a cache that many share asks again soon, since a
#: collection may be made private.
KEPT_BY_READERS = 30 * 24 * 3600
KEPT_BY_CACHES = 10 * 60


@require_safe
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    """A rendition by its name below ``images/``.

    Raises ``Http404`` for what is not there, and for what this reader may not have.
    """
    rendition = (
        Rendition.objects.filter(file=f"images/{name}").select_related("image__collection").first()
    )
    if rendition is None:
        raise Http404
    restrictions = closed_to_some(rendition.image.collection)
    if not restrictions:
        response = _file(request, rendition.file.name)
        patch_cache_control(response, public=True, max_age=KEPT_BY_READERS, s_maxage=KEPT_BY_CACHES)
        return response
    if not (
        all(restriction.accept_request(request) for restriction in restrictions)
        or permission_policy.user_has_any_permission_for_instance(
            request.user, ["choose", "change"], rendition.image
        )
    ):
        raise Http404
    return _for_this_reader(_file(request, rendition.file.name))


@require_safe
def portrait(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture that a colleague chose for the admin, for those who work there.

    Raises ``Http404`` for others.
    """
    profile = UserProfile.objects.filter(avatar=f"avatar_images/{name}").first()
    if profile is None or not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    return _for_this_reader(_file(request, profile.avatar.name))


@require_safe
@never_cache
def document(request: HttpRequest, number: int) -> HttpResponseBase:
    """The address of a private file that does not name it, for links in texts: leads to the
    file, whose own address asks for permission, when the reader may have it.

    Raises ``Http404`` for a file that is not there.
    """
    from wagtail.documents.wagtail_hooks import check_view_restrictions

    file = get_object_or_404(Document.objects.select_related("collection"), pk=number)
    return check_view_restrictions(file, request) or redirect(file.url)


@require_safe
def file(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """A document as Wagtail hands it out, or its form for a shared password. Whoever keeps it
    asks each time, since it may be replaced and its collection be closed.

    Raises ``Http404`` for what is not there.
    """
    response = serve(request, number, name)
    if response.headers.get("Content-Encoding") == "None":  # Wagtail's word for "none"
        del response.headers["Content-Encoding"]
    if isinstance(response, TemplateResponse):
        response.status_code = 403
    kept = Document.objects.filter(pk=number).select_related("collection").first()
    if kept is not None and closed_to_some(kept.collection):
        patch_cache_control(response, private=True)
    patch_cache_control(response, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response


def _file(request: HttpRequest, name: str) -> HttpResponseBase:
    try:
        file = default_storage.open(name)
        changed = default_storage.get_modified_time(name).timestamp()
    except OSError as gone:
        raise Http404 from gone
    if not was_modified_since(request.headers.get("If-Modified-Since"), changed):
        file.close()
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        kind, _encoding = mimetypes.guess_type(name)
        response = FileResponse(file, content_type=kind or "application/octet-stream")
    response["Last-Modified"] = http_date(changed)
    return response


def _for_this_reader(response: HttpResponseBase) -> HttpResponseBase:
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Cookie"])
    return response
