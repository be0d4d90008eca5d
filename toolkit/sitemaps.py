"""What search engines are told: which addresses there are, and which to leave alone.

``/sitemap.xml`` names one file a language (more, where a language has very many pages); each
lists the public pages and the pages of terms that have entries, every address with its versions
in other languages (sitemaps.org; the versions as Google, Yandex and Bing read them).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.html import escape
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override
from django.views.decorators.http import conditional_page, require_safe
from wagtail.models import Page, Site

from search.answers import REBUILDING, answer
from search.requests import SearchRequest
from search.views.browse import GROUPED, WITH_PAGES, term_url
from toolkit.core.addresses import site_root
from toolkit.core.models import below_a_site, open_to_all
from toolkit.core.public_state import kept_for_state
from toolkit.taxonomy.versions import versions_among
from toolkit.taxonomy.vocabularies import Vocabulary, vocabularies

#: Pages in one file. The protocol allows 50,000 addresses and 50 MB; with seven versions each
#: the size is what is reached first.
PAGES_IN_A_FILE = 10_000
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Address:
    """A path of the site; ``versions`` is the same work by language, itself included."""

    path: str
    changed: datetime.datetime | None = None
    versions: dict[str, str] = field(default_factory=dict)


@require_safe
@conditional_page
def index(request: HttpRequest) -> HttpResponse:
    """The sitemaps: one a language that has pages, numbered where one file is not enough."""
    files = []
    for language in LANGUAGES:
        first = reverse("sitemap", args=[language])
        last = _files(language)
        files += [first if number == 1 else f"{first}?p={number}" for number in range(1, last + 1)]
    return _xml(request, "sitemaps/index.xml", {"files": files})


@require_safe
@conditional_page
def sitemap(request: HttpRequest, language: str) -> HttpResponse:
    """One language's addresses. Terms stand in its first file.

    Raises ``Http404`` for a language or a number that does not exist.
    """
    number = request.GET.get("p", "1")
    if language not in LANGUAGES or number not in map(str, range(1, _files(language) + 1)):
        raise Http404
    first = (int(number) - 1) * PAGES_IN_A_FILE
    addresses = list(_page_addresses(_pages(language)[first : first + PAGES_IN_A_FILE]))
    if int(number) == 1:
        addresses += kept_for_state(
            ("sitemap", language), lambda: _term_addresses(language), from_index=True
        )
    root = escape(site_root(request))
    return _xml(request, "sitemaps/language.xml", {"entries": [_entry(a, root) for a in addresses]})


def _files(language: str) -> int:
    """How many files the pages of a language fill, one at least."""

    def count() -> int:
        return Paginator(_pages(language), PAGES_IN_A_FILE).num_pages

    return kept_for_state(("sitemap files", language), count)


def _entry(address: Address, root: str) -> SafeString:
    """An address as XML. Two thousand links: as template nodes they would cost five times more."""
    parts = [f"<url><loc>{root}{escape(address.path)}</loc>"]
    if address.changed:
        parts.append(f"<lastmod>{timezone.localtime(address.changed).isoformat()}</lastmod>")
    for code, path in address.versions.items():
        names = [code, "x-default"] if code == settings.LANGUAGE_CODE else [code]
        parts += [
            f'\n<xhtml:link rel="alternate" hreflang="{name}" href="{root}{escape(path)}"/>'
            for name in names
        ]
    return mark_safe(f"{''.join(parts)}</url>")  # noqa: S308  (every part is escaped)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read but the admin and the API. Results may, too: they say themselves that
    they are not to be listed, which only those learn who may read them."""
    closed = [reverse("wagtailadmin_home"), "/api/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines += [f"Sitemap: {site_root(request)}{reverse('sitemaps')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _listed(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Those that anyone may read at an address of their own."""
    listed: QuerySet[Page] = below_a_site(versions_among(open_to_all(pages)))
    return listed


def _pages(language: str) -> QuerySet[Page]:
    pages: QuerySet[Page] = _listed(
        Page.objects.filter(locale__language_code=language, depth__gt=1)
    ).order_by("path")
    return pages


def _page_addresses(pages: QuerySet[Page]) -> Iterator[Address]:
    """Read as rows, not as pages: a language may have ten thousand."""
    rows = list(pages.values_list("translation_key", "url_path", "last_published_at"))
    known: dict[UUID, dict[str, str]] = defaultdict(dict)
    path_of = _paths()
    versions = _listed(
        Page.objects.filter(translation_key__in=[key for key, *_rest in rows])
    ).order_by("locale__language_code")
    for key, code, url_path in versions.values_list(
        "translation_key", "locale__language_code", "url_path"
    ):
        if path := path_of(url_path):
            known[key][code] = path
    for key, url_path, changed in rows:
        if path := path_of(url_path):  # else the page stands below no site
            yield Address(path=path, changed=changed, versions=known[key])


def _paths() -> Callable[[str], str]:
    """A function from a page's ``url_path`` to its address, as ``Page.get_url`` gives it without
    asking each page: "" for one that stands below no site."""
    roots = Site.get_site_root_paths()
    several = len({root.site_id for root in roots}) > 1
    begins: list[tuple[str, str]] = []
    for root in roots:
        with override(root.language_code):
            home = reverse("wagtail_serve", args=[""])
        begins.append((root.root_path, f"{root.root_url}{home}" if several else home))

    def path_of(url_path: str) -> str:
        for root, home in begins:
            if url_path.startswith(root):
                return home + quote(url_path[len(root) :], safe=f"{RFC3986_SUBDELIMS}/~:@")
        return ""

    return path_of


def _term_addresses(language: str) -> list[Address]:
    """The page of all terms, the one that explains the search, and those of terms that have
    entries; none while the index is being made."""
    found = answer(SearchRequest(language=language))
    if found is REBUILDING:
        return []
    terms = vocabularies()
    values = [("browse", "", ""), ("help", "", "")]
    for name in WITH_PAGES:
        counts = found.counts.get(name, {})
        if name in GROUPED:
            grouped = GROUPED[name].name
            values_found = found.counts.get(grouped, {})
            counts = {_group_of(terms[grouped], code): 1 for code in values_found}
        values += [("term", name, term.value) for term in terms[name] if counts.get(term.value)]
    with override(language):
        paths = [
            term_url(name, value) if view == "term" else reverse(f"search:{view}")
            for view, name, value in values
        ]
    # Addresses differ between languages by their first part alone
    begins = f"/{language}/"
    return [
        Address(
            path=path,
            versions={code: f"/{code}/{path.removeprefix(begins)}" for code in LANGUAGES},
        )
        for path in paths
    ]


def _group_of(known: Vocabulary, code: str) -> str:
    term = known.get(code)
    return term.group if term else ""


def _xml(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    response = render(
        request, template, {**context, "root": site_root(request)}, content_type="application/xml"
    )
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, no_cache=True)
    return response
