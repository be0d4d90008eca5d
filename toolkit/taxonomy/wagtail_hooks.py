from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from toolkit.taxonomy.removing import entries_with, obstacles
from toolkit.taxonomy.terms import EntryTag, Kind, Term
from toolkit.taxonomy.viewsets import VocabulariesGroup

register_snippet(VocabulariesGroup)


@hooks.register("register_snippet_listing_buttons")
def merge_button(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """A tag can go into another: that is how editors tidy up."""
    if isinstance(snippet, EntryTag) and user.has_perm("taxonomy.delete_entrytag"):
        address = reverse(EntryTag.snippet_viewset.get_url_name("delete"), args=[snippet.pk])
        yield Button(_("Merge into another tag"), url=address, icon_name="arrows-up-down")


@hooks.register("before_bulk_action")
def no_terms_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Terms in use are not deleted by the dozen: for each, somebody says what becomes of its
    entries."""
    if action_type != "delete" or not objects or not isinstance(objects[0], (Term, EntryTag)):
        return None
    used = [
        str(term)
        for term in objects
        if isinstance(term, Kind) or obstacles(term) or entries_with(term).exists()
    ]
    if not used:
        return None
    messages.error(
        request,
        _("In use, to be deleted one by one: %(terms)s.") % {"terms": ", ".join(used[:10])},
    )
    vocabulary: Any = type(objects[0])
    return redirect(vocabulary.snippet_viewset.get_url_name("list"))
