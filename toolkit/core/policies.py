"""Which content a page may load: strict on the public site, what Wagtail needs in its admin."""

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


class ContentPolicyMiddleware(CSPMiddleware):
    """Sends the Content-Security-Policy of the part of the site that the request is for."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if report_only:
            return super().get_policy_parts(request, response, report_only)
        in_admin = request.path.startswith(reverse("wagtailadmin_home"))
        return PolicyParts(config=ADMIN_POLICY if in_admin else PUBLIC_POLICY)
