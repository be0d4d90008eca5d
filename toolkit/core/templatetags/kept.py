"""Parts of a page that every reader gets alike, those who are signed in among them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from toolkit.core.privacy import READER_MATTERED
from toolkit.core.public_state import kept_text

register = template.Library()


class KeptPart(template.Node):
    """Drawn once for a state of the site, a page, a language and an address. What is not alike
    for all is drawn anew: a preview, a draft, and a part that names a private file."""

    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        request: Any = context.get("request")
        page: Any = context.get("page")
        if (
            request is None
            or not getattr(page, "pk", None)
            or not page.live
            or getattr(request, "is_preview", False)
        ):
            return self.nodelist.render(context)

        def draw() -> tuple[str, bool]:
            before = getattr(request, READER_MATTERED, False)
            setattr(request, READER_MATTERED, False)
            text = self.nodelist.render(context)
            is_everybodys = not getattr(request, READER_MATTERED)
            setattr(request, READER_MATTERED, before or not is_everybodys)
            return str(text), is_everybodys

        key = (self.name, page.pk, get_language(), context.get("root"), request.path)
        return mark_safe(kept_text(key, draw))  # noqa: S308  (what the templates drew, kept)


@register.tag
def kept(parser: Any, token: Any) -> KeptPart:
    """``{% kept name %}…{% endkept %}``: what is between is the same for every reader of a page.
    Nothing that it sets may be needed after it, and it needs nothing that others may set but
    the page, the language and the address."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptPart(name, nodelist)
