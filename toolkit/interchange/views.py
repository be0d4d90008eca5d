"""Results and entries in every form."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from search.answers import REBUILDING, answer
from search.reader import query_of, reader_language, vocabularies_of
from search.requests import Sort
from search.views.facets import address, read_request
from search.views.results import RETRY_AFTER, SHOWN_OF_QUESTION
from toolkit.core.addresses import site_root
from toolkit.core.sanitising import clean_text
from toolkit.interchange.forms import FORMS, form_response
from toolkit.interchange.references import references
from toolkit.interchange.selections import BOUND, Selection


@require_safe
@conditional_page
def results(request: HttpRequest, form: str) -> HttpResponse:
    """What a search finds, all pages of it up to ``BOUND`` entries, in a form. 503 while the
    index is being made anew."""
    wanted = FORMS[form]
    terms = vocabularies_of(request)
    language = reader_language()
    asked = read_request(query_of(request), language=language, vocabularies=terms).on_page(1)
    if wanted.newest_first:
        asked = replace(asked, sort=Sort.NEWEST)
    page = answer(replace(asked, page_size=BOUND))
    if page is REBUILDING:
        text = _("The index is being made anew. Nothing is lost; ask again in a moment.")
        response = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
        response["Retry-After"] = str(RETRY_AFTER)
        patch_cache_control(response, no_store=True)
        return response
    root = site_root(request)
    query = address(asked).removesuffix("?")
    found = references((hit.key for hit in page.hits), language=language, root=root, terms=terms)
    title = Truncator(clean_text(asked.text)).chars(SHOWN_OF_QUESTION)
    selection = Selection(
        title=f"{title} – {_('Collaboration Toolkit')}" if title else _("Collaboration Toolkit"),
        language=language,
        publisher=_("Collaboration Toolkit"),
        url=f"{root}{reverse('search:results')}{query}",
        own_url=f"{root}{request.path}{query}",
        references=found,
        # What the index has and the database no longer has is not missing from the file
        total=page.total if page.total > len(page.hits) else len(found),
    )
    response = form_response(wanted, selection, name="entries")
    if page.degraded:
        patch_cache_control(response, no_store=True)
    return response


@require_safe
@conditional_page
def entry(request: HttpRequest, key: UUID, form: str) -> HttpResponse:
    """One work in a form, in the language of the address, else as it was written."""
    root = site_root(request)
    found = references([key], language=reader_language(), root=root)
    if not found:
        raise Http404
    reference = found[0]
    selection = Selection(
        title=reference.title,
        language=reference.language,
        publisher=reference.publisher,
        url=reference.url,
        own_url=f"{root}{request.path}",
        references=found,
        total=len(found),
    )
    return form_response(FORMS[form], selection, name=f"{reference.slug}.{reference.language}")
