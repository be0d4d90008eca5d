"""The way around the site: sections, the other languages of what is shown, related entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from wagtail.models import Page

from search.reader import editions_of
from toolkit.core.addresses import site_root
from toolkit.core.models import BasePage, below_a_site, open_to_all
from toolkit.core.public_state import kept_for_state
from toolkit.core.templatetags.page_parts import direction
from toolkit.pages.menus import MENU
from toolkit.taxonomy.terms import edition_numbers
from toolkit.taxonomy.versions import is_older, original_among

register = template.Library()

_kept: dict[str, tuple[int, Menu]] = {}


@dataclass(frozen=True)
class MenuItem:
    """A page in the menu. ``language`` is that of its text, "" where it is the reader's."""

    title: str
    url: str
    language: str = ""


@dataclass(frozen=True)
class Menu:
    """``sections`` stand in the header, ``pages`` in the footer; ``homes`` are the languages
    whose home page anyone may open."""

    sections: list[MenuItem] = field(default_factory=list)
    pages: list[MenuItem] = field(default_factory=list)
    homes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LanguageLink:
    """A language of the site, and where it leads: ``here`` is what is shown now, ``exists``
    says whether this very work is there in that language, ``is_original`` that it was written
    in it first, ``is_older`` that the original has changed since."""

    code: str
    name: str
    url: str
    exists: bool
    here: bool
    is_original: bool = False
    is_older: bool = False

    @property
    def home(self) -> str:
        """The path of the home page in this language."""
        return f"/{self.code}/"


@dataclass(frozen=True)
class Version:
    """What the links between languages say of one version of a work."""

    url: str
    is_original: bool
    is_older: bool


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> Menu:
    """The children of the home page in the reader's language, else in the site's."""
    return _menu(context)


def _menu(context: dict[str, Any]) -> Menu:
    """The menu of the reader's language, read anew when it has changed."""
    request = context.get("request")
    reader = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    editions = edition_numbers() if request is None else editions_of(request)
    number = editions.get(MENU, 0)
    kept = _kept.get(reader)
    if kept is None or kept[0] != number:
        kept = _kept[reader] = (number, _read_menu(reader))
    return kept[1]


def _read_menu(reader: str) -> Menu:
    in_menu = Q(
        depth=3,
        content_type__app_label="pages",
        locale__language_code__in=[reader, settings.LANGUAGE_CODE],
    )
    pages = list(
        below_a_site(open_to_all(Page.objects.filter(in_menu | Q(depth=2))))
        .select_related("locale")
        .order_by("path")
    )
    found: dict[str, Page] = {}
    for page in pages:
        key = str(page.translation_key)
        if page.depth == 3 and (key not in found or page.locale.language_code == reader):
            found[key] = page
    made = Menu(homes=frozenset(page.locale.language_code for page in pages if page.depth == 2))
    for page in found.values():
        code = page.locale.language_code
        item = MenuItem(
            title=page.title,
            url=page.get_url() or "",
            language="" if code == reader else code,
        )
        (made.sections if page.show_in_menus else made.pages).append(item)
    return made


@register.simple_tag(takes_context=True)
def sections_list(context: dict[str, Any]) -> SafeString:
    """The sections as a list, three times on every page, so made once for each."""
    request = context.get("request")
    kept: SafeString | None = getattr(request, "_sections_list", None)
    if kept is not None:
        return kept
    path = request.path if request is not None else ""
    items = []
    for item in _menu(context).sections:
        current = "page" if path == item.url else "true" if item.url in path else ""
        items.append(_item(item.url, item.title, language=item.language, current=current))
    items.append(
        _item(reverse("search:results"), pgettext("place", "Search"), current=_in_search(path))
    )
    made = mark_safe(f'<ul class="plain-list">{"".join(items)}</ul>')  # noqa: S308
    if request is not None:
        request._sections_list = made
    return made


def _in_search(path: str) -> str:
    """How a page says that it is the search, or a part of it: by subject."""
    if path == reverse("search:results"):
        return "page"
    parts = (reverse("search:results"), reverse("search:browse"))
    return "true" if path.startswith(parts) else ""


@register.simple_tag
def language_list(links: list[LanguageLink], *, home: bool = False) -> SafeString:
    """Languages as list items: each by its own name, leading to the work or (``home``) to the
    home page."""
    return mark_safe(  # noqa: S308
        "".join(
            _item(
                link.home if home else link.url,
                link.name,
                language=link.code,
                direction=direction(link.code),
                current="true" if link.here and not home else "",
            )
            for link in links
        )
    )


@register.simple_tag
def alternates(links: list[LanguageLink], root: str) -> SafeString:
    """The versions of a page for machines, whatever was asked of it; English is for whoever reads
    none of the languages."""
    lines = []
    for link in links:
        if link.exists:
            for code in (link.code, *(["x-default"] if link.code == "en" else [])):
                address = escape(f"{root}{link.url.partition('?')[0]}")
                lines.append(f'<link rel="alternate" hreflang="{code}" href="{address}">')
    return mark_safe("\n".join(lines))  # noqa: S308


@register.filter
def is_translated(links: list[LanguageLink]) -> bool:
    """Whether the work shown is there in the language that it is read in."""
    return any(link.here and link.exists for link in links)


@register.simple_tag
def version_links(links: list[LanguageLink]) -> SafeString:
    """The other languages of a work as list items, with what is to be known of each."""
    items = []
    for link in links:
        if link.exists and not link.here:
            note = _("original") if link.is_original else ""
            note = note or (_("older than the original") if link.is_older else "")
            after = f' <span class="muted">({escape(note)})</span>' if note else ""
            item = _item(link.url, link.name, language=link.code, direction=direction(link.code))
            items.append(f"{item.removesuffix('</li>')}{after}</li>")
    return mark_safe("".join(items))  # noqa: S308


@register.filter
def has_versions(links: list[LanguageLink]) -> bool:
    """Whether the work shown is there in more than one language."""
    return sum(link.exists for link in links) > 1


@register.filter
def is_older_here(links: list[LanguageLink]) -> bool:
    """Whether the version shown is older than its original."""
    return any(link.here and link.is_older for link in links)


def _item(
    url: str, text: str, *, language: str = "", direction: str = "", current: str = ""
) -> str:
    """A link as a list item, every part of it escaped."""
    marks = f' lang="{language}"' if language else ""
    marks += f' dir="{direction}"' if direction else ""
    marks += f' hreflang="{language}"' if language else ""
    marks += f' aria-current="{current}"' if current else ""
    return f'<li><a href="{escape(url)}"{marks}>{escape(text)}</a></li>'


@register.simple_tag(takes_context=True)
def language_links(context: dict[str, Any]) -> list[LanguageLink]:
    """The site's languages, each leading to the same work where it exists, else to the home."""
    request = context.get("request")
    reader = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    page = _shown(context)
    homes = _menu(context).homes
    links = []
    versions = _versions(page) if page else {}
    for code, name in settings.LANGUAGES:
        url = f"/{code}/"
        exists = False
        version = versions.get(code)
        if version is not None:
            url, exists = version.url or url, True
        elif page is None and request is not None:
            # Addresses differ between languages by their first part alone, pages apart.
            begins, path = f"/{reader}/", request.get_full_path()
            exists = path.startswith(begins)
            url = f"/{code}/{path.removeprefix(begins)}" if exists else url
        if not exists and code != reader and code not in homes:
            continue  # nothing of the site is to be had in this language
        links.append(
            LanguageLink(
                code=code,
                name=name,
                url=url,
                exists=exists,
                here=code == reader,
                is_original=version is not None and version.is_original,
                is_older=version is not None and version.is_older,
            )
        )
    return links


def _versions(page: BasePage) -> dict[str, Version]:
    """The versions of a page's work that anyone may read, by language: asked once for all of
    them and for a state of the site."""

    def read() -> dict[str, Version]:
        pages = page.versions
        original = original_among(pages) if len(pages) > 1 else None
        return {
            version.locale.language_code: Version(
                url=version.get_url() or "",
                is_original=version == original,
                is_older=bool(original and is_older(version, original)),
            )
            for version in pages
        }

    return kept_for_state(("versions", page.translation_key), read)


@register.simple_tag(takes_context=True)
def languages_without_this(context: dict[str, Any]) -> list[LanguageLink]:
    """The languages whose home page is there, where that of the reader's language is not and
    is what was asked for; else none."""
    request = context.get("request")
    reader = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    homes = _menu(context).homes
    if request is None or request.path != f"/{reader}/" or reader in homes:
        return []
    return [
        LanguageLink(code=code, name=name, url=f"/{code}/", exists=True, here=False)
        for code, name in settings.LANGUAGES
        if code in homes
    ]


@register.filter
def reachable(links: list[LanguageLink]) -> list[LanguageLink]:
    """The languages in which this work can be read, and the one it is read in."""
    return [link for link in links if link.exists or link.here]


@register.filter
def elsewhere(links: list[LanguageLink]) -> list[LanguageLink]:
    """The languages in which this work is not there yet."""
    return [link for link in links if not link.exists and not link.here]


@register.simple_tag(takes_context=True, name="site_root")
def root(context: dict[str, Any]) -> str:
    """Scheme and host of the site, for addresses that other machines read."""
    return site_root(context.get("request"))


@register.simple_tag(takes_context=True)
def shown_page(context: dict[str, Any]) -> BasePage | None:
    """The page of the site that is shown, None on a search page or an error."""
    return _shown(context)


def _shown(context: dict[str, Any]) -> BasePage | None:
    page = context.get("page")
    return page if isinstance(page, BasePage) and page.pk else None
