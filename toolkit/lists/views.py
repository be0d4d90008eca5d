"""A reader's own list, lists that were sent, and both in every form."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from search.reader import reader_language, vocabularies_of
from toolkit.core.addresses import site_root
from toolkit.core.open_forms import is_from_elsewhere
from toolkit.core.refusals import form_expired
from toolkit.core.templatetags.localise import local_number
from toolkit.interchange.forms import FORMS, FormLink, form_response
from toolkit.interchange.references import Reference
from toolkit.interchange.selections import Selection
from toolkit.lists.entries import entries_of
from toolkit.lists.kept import COOKIE, MOST, REMEMBERED_FOR, Kept

#: The parameter of a list's address that names its works.
WORKS = "works"
#: What a button does with the entries that its value names, by its name.
_ACTS = ("keep", "take", "drop", "up", "down")


@dataclass(frozen=True)
class Item:
    """An entry of a list; ``path`` is its address on this site, ``is_foreign`` where it is not in
    the reader's language."""

    code: str
    reference: Reference
    path: str
    is_foreign: bool


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@conditional_page
def shown_list(request: HttpRequest) -> HttpResponse:
    """The reader's own list, from her cookie, which nobody else is shown and no cache keeps; or
    the list that the address names, which is the same for everybody.

    A POST changes the reader's own, and is answered by a redirect.
    """
    if request.method == "POST":
        return _changed(request)
    is_own = WORKS not in request.GET
    response = _page(request, _own(request) if is_own else _named(request), is_own=is_own)
    if is_own:
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Cookie"])
    else:
        patch_cache_control(response, no_cache=True)
    return response


@require_safe
@conditional_page
def list_form(request: HttpRequest, form: str) -> HttpResponse:
    """The list that the address names in a form."""
    kept = _named(request)
    entries = _entries(request, kept)
    if not entries:
        raise Http404
    selection = Selection(
        title=f"{_title(len(entries))} – {_('Collaboration Toolkit')}",
        language=reader_language(),
        publisher=_("Collaboration Toolkit"),
        url=f"{site_root(request)}{address(kept)}",
        own_url=f"{site_root(request)}{form_address(kept, form)}",
        references=list(entries.values()),
        total=len(entries),
    )
    return form_response(FORMS[form], selection, name="list")


def address(kept: Kept) -> str:
    """The path at which everybody sees this list."""
    return f"{reverse('list')}?{WORKS}={kept}"


def form_address(kept: Kept, form: str) -> str:
    """The path of this list in a form."""
    return f"{reverse('list-form', args=[form])}?{WORKS}={kept}"


def _own(request: HttpRequest) -> Kept:
    return Kept.read(request.COOKIES.get(COOKIE, ""))


def _named(request: HttpRequest) -> Kept:
    return Kept.read(".".join(request.GET.getlist(WORKS)))


def _entries(request: HttpRequest, kept: Kept) -> dict[str, Reference]:
    return entries_of(
        kept.codes,
        language=reader_language(),
        root=site_root(request),
        terms=vocabularies_of(request),
    )


def _title(number: int) -> str:
    text = ngettext("A list of %(number)s entry", "A list of %(number)s entries", number)
    return text % {"number": local_number(number)}


def _page(request: HttpRequest, kept: Kept, *, is_own: bool) -> HttpResponse:
    root, language = site_root(request), reader_language()
    entries = _entries(request, kept)
    items = [
        Item(code, entry, entry.url.removeprefix(root), entry.language != language)
        for code, entry in entries.items()
    ]
    context = {
        "items": items,
        "is_own": is_own,
        "kept": str(kept),
        "title": _("Your list") if is_own else _title(len(items)),
        "gone": _gone(len(kept.codes) - len(items), kept.unread, is_own=is_own),
        "left_out": kept.left_out,
        "most": MOST,
        "forms": [
            FormLink(form.label, form.mime_type, form_address(kept, code))
            for code, form in FORMS.items()
        ]
        if items
        else [],
        "address": address(kept),
        "sent_title": f"{_title(len(items))} – {_('Collaboration Toolkit')}",
    }
    return render(request, "lists/list.html", context)


def _gone(missing: int, unread: int, *, is_own: bool) -> str:
    """How many entries a list names that nobody is shown; "" for none. What they were called is
    not told."""
    number = missing if is_own else missing + unread
    if not number:
        return ""
    if is_own:
        text = ngettext(
            "%(number)s entry that you kept is no longer open to all.",
            "%(number)s entries that you kept are no longer open to all.",
            number,
        )
    else:
        text = ngettext(
            "%(number)s entry is not here: it is no longer open to all, or the address is not "
            "complete.",
            "%(number)s entries are not here: they are no longer open to all, or the address is "
            "not complete.",
            number,
        )
    return text % {"number": local_number(number)}


def _changed(request: HttpRequest) -> HttpResponse:
    """Do to the reader's own list what one button of a form says, and lead to where that is seen:
    an entry that is kept, to where it stood."""
    if is_from_elsewhere(request):
        return form_expired(request, "a change of a list from a page of another site")
    before, said = _own(request), request.POST
    kept, place = before, "entries"
    page = reverse("list")
    for act, wanted in ((act, Kept.read(said.get(act, "")).codes) for act in _ACTS):
        if not wanted:
            continue
        if act == "keep":
            kept = before.and_these(wanted[:1])
            came_from = _came_from(request)
            page, place = came_from or page, f"{'kept' if came_from else 'entry'}-{wanted[0]}"
        elif act == "take":
            kept = before.and_these(wanted)
        elif act == "drop":
            kept = before.without(wanted)
        else:
            kept = before.with_moved(wanted[0], -1 if act == "up" else 1)
            place = f"entry-{wanted[0]}"
        break
    if "tidy" in said:
        kept = Kept(tuple(_entries(request, before)))
    elif "clear" in said:
        kept = Kept()
    if kept.left_out:
        page, place = reverse("list"), "full"
    response = HttpResponseRedirect(f"{page}#{place}")
    if kept:
        response.set_cookie(
            COOKIE,
            str(kept),
            max_age=REMEMBERED_FOR,
            samesite="Lax",
            secure=request.is_secure(),
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    patch_cache_control(response, private=True, no_store=True)
    return response


def _came_from(request: HttpRequest) -> str:
    """The path of the page of this site that the reader comes from, "" where no browser says it."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}):
        return ""
    parts = urlsplit(said)
    if not parts.netloc:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"/{parts.path.lstrip('/')}{query}"
