"""Which content a page may load: strict on the public site, what Wagtail needs in its admin and
where an editor looks at a page through it."""

from __future__ import annotations

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

PUBLIC_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "media-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-src": [NONE],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
}

# Wagtail's admin writes scripts and styles into its pages and shows previews in frames.
ADMIN_POLICY = {
    **PUBLIC_POLICY,
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
    "worker-src": [SELF, "blob:"],
}

# A page as an editor sees it before it is published: the admin shows it in a frame of its own
# and checks it there. Nothing else may frame it, and it may load no more than a public page.
PREVIEW_POLICY = {**PUBLIC_POLICY, "frame-ancestors": [SELF]}


class ContentPolicyMiddleware(CSPMiddleware):
    """Sends the Content-Security-Policy of the part of the site that the request is for."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if report_only:
            return super().get_policy_parts(request, response, report_only)
        return PolicyParts(config=_policy(request))


def _policy(request: HttpRequest) -> dict[str, list[str]]:
    # Wagtail draws a preview by a request of its own to the address of the page, and marks it.
    if getattr(request, "is_preview", False):
        return PREVIEW_POLICY
    in_admin = request.path.startswith(reverse("wagtailadmin_home"))
    return ADMIN_POLICY if in_admin else PUBLIC_POLICY
