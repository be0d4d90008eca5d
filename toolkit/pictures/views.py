"""Hands out the picture of a page, to whoever may read the page."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from wagtail.models import Page

from toolkit.core.models import open_to_all
from toolkit.core.sanitising import clean_text
from toolkit.documents.kept_files import contents, digest_of
from toolkit.pictures.drawing import Words, draw, drawer_digest
from toolkit.taxonomy.vocabularies import vocabulary

KEPT_FOR = 24 * 60 * 60  # seconds: a title may be corrected


@require_safe
def picture(request: HttpRequest, key: UUID, language: str) -> HttpResponse:
    """The picture of a work's version in one language, as PNG.

    Raises ``Http404`` for what not everybody may read: those who ask are machines of others.
    """
    words = _words(key, language)
    digest = digest_of(asdict(words), drawer_digest())
    etag = f'"{digest}"'
    response: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        image = contents(digest, "png", lambda: draw(words))
        response = HttpResponse(image, content_type="image/png")
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response


def _words(key: UUID, language: str) -> Words:
    pages = Page.objects.filter(translation_key=key, locale__language_code=language)
    page = open_to_all(pages).filter(alias_of__isnull=True).specific().first()
    if page is None:
        raise Http404
    kind = vocabulary("kind").get(getattr(page, "search_kind", ""))
    with override(language):
        site = _("Collaboration Toolkit")
    return Words(
        title=clean_text(page.title),
        kind=kind.label(language) if kind else "",
        site=site if page.title != site else "",
        language=language,
    )
