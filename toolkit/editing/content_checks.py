"""Which faults of a page its editor is told of, in the checks panel and in the bar on the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.userbar import ContentCheckerItem


class PageContentChecks(ContentCheckerItem):
    """Wagtail's checks and more of axe's, of what an editor writes: the main part of a page.

    What stands around it (menu, footer) is the templates' affair; tests check it whole.
    """

    axe_include = ["main"]
    axe_run_only = [
        *ContentCheckerItem.axe_run_only,
        "aria-valid-attr-value",
        "duplicate-id-aria",
        "image-alt",
        "image-redundant-alt",
        "link-in-text-block",
        "list",
        "listitem",
        "scope-attr-valid",
        "svg-img-alt",
        "table-duplicate-name",
        "td-headers-attr",
    ]
    axe_messages = {
        **ContentCheckerItem.axe_messages,
        "image-alt": {
            "error_name": _("Image without alternative text"),
            "help_text": _("Describe the image, or say that it is decorative"),
        },
    }
