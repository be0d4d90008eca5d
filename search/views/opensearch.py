"""The OpenSearch description: how a browser or a library's system searches this site."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from search.reader import reader_language

NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"


@require_safe
@conditional_page
def description(request: HttpRequest) -> HttpResponse:
    """The description in the active language (OpenSearch 1.1, draft 6)."""
    language = reader_language()
    results = request.build_absolute_uri(reverse("search:results"))
    suggestions = request.build_absolute_uri(reverse("api-suggest"))
    options = urlencode({"lang": language, "format": "opensearch"})
    root = ET.Element("OpenSearchDescription", xmlns=NAMESPACE)
    for name, text in {
        "ShortName": _("Toolkit"),
        "LongName": _("Collaboration Toolkit"),
        "Description": _("Agreements, templates, case studies and exercises for libraries."),
        "Language": language,
        "InputEncoding": "UTF-8",
        "OutputEncoding": "UTF-8",
    }.items():
        ET.SubElement(root, name).text = text
    for kind, rel, template in (
        ("text/html", "results", f"{results}?q={{searchTerms}}&page={{startPage?}}"),
        (
            "application/x-suggestions+json",
            "suggestions",
            f"{suggestions}?q={{searchTerms}}&{options}",
        ),
        (
            "application/opensearchdescription+xml",
            "self",
            request.build_absolute_uri(request.path),
        ),
    ):
        ET.SubElement(root, "Url", type=kind, rel=rel, template=template)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    response = HttpResponse(body, content_type="application/opensearchdescription+xml")
    patch_cache_control(response, public=True, max_age=86400)
    return response
