"""A living page of all components, for those who build the site. Only where DEBUG is on."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from wagtail.images import get_image_model

from search.engines.base import Hit
from toolkit.core.blocks import BodyBlock

KINDS = (
    "mou", "letter-of-intent", "template", "case-study", "exercise", "guideline", "training",
    "opportunity", "news", "story",
)  # fmt: skip
ICONS = (
    "search", "menu", "globe", "arrow", "arrow-back", "download", "print", "check", "close",
    "plus", "warning", "why", "note", "place", "video", "file", "filter", "up", "keep", "share",
)  # fmt: skip
COLOURS = (
    "ink", "muted", "paper", "surface", "line", "line-strong", "accent", "accent-ink",
    "accent-strong", "tint", "band", "band-ink", "band-muted", "mark", "caution",
    "caution-tint", "caution-line", "error",
)  # fmt: skip
STEPS = ("-1", "0", "1", "lead", "2", "3", "4")

_BODY = [
    {"type": "heading", "value": "A heading of the second level"},
    {
        "type": "text",
        "value": "<p>A paragraph with <b>strong words</b>, <i>other words</i> and "
        '<a href="https://example.org/">a link</a>.</p><h3>A heading of the third level</h3>'
        "<ul><li>A point</li><li>Another point</li></ul><ol><li>First</li><li>Second</li></ol>"
        "<blockquote>A passage from elsewhere.</blockquote>",
    },
    {
        "type": "quote",
        "value": {"text": "A sentence that somebody said.", "source": "Who said it, and where"},
    },
    {"type": "steps", "value": ["Write down what you want.", "Say who decides.", "Ask."]},
    {"type": "callout", "value": {"kind": "note", "text": "<p>Something worth knowing.</p>"}},
    {"type": "callout", "value": {"kind": "tip", "text": "<p>Something that helps.</p>"}},
    {"type": "callout", "value": {"kind": "warning", "text": "<p>Something to avoid.</p>"}},
    {
        "type": "table",
        "value": {
            "caption": "What each kind of partner is strong at",
            "table": {
                "data": [
                    ["Partner", "Strong at", "Take care"],
                    ["Media", "A large public", "They decide what they write"],
                    ["Government", "Deciding", "They may want silence"],
                ],
                "first_row_is_table_header": True,
                "first_col_is_header": True,
            },
        },
    },
    {
        "type": "chart",
        "value": {
            "title": "Who is your best partner?",
            "column": "Partner",
            "unit": "Answers",
            "n": 20,
            "rows": [{"label": "Media", "value": 12}, {"label": "Government", "value": 8}],
            "note": "How far the figures carry.",
        },
    },
    {
        "type": "video",
        "value": {
            "title": "A talk",
            "url": "https://example.org/talk",
            "length": "4 min",
            "size": "35 MB",
            "transcript": "<p>What is said in it.</p>",
        },
    },
]


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once, with the tokens that it is made of."""
    blocks = list(_BODY)
    image = get_image_model().objects.order_by("pk").first()
    if image is not None:
        blocks.append(
            {
                "type": "image",
                "value": {"image": image.pk, "alt": image.title, "caption": "A caption"},
            }
        )
    language = get_language() or settings.LANGUAGE_CODE
    hits = [
        Hit(
            key=kind,
            kind=kind,
            language=shown,
            title=title,
            summary="One or two sentences in plain words that say what a reader gets.",
            url="#cards",
            published=datetime.date(2026, 11, 20).isoformat(),
        )
        for kind, shown, title in (
            ("mou", language, "An entry in the reader’s language"),
            ("exercise", "en", "An entry"),
            ("case-study", "ar", "مدخل بالعربية"),
        )
    ]
    return render(
        request,
        "pages/styleguide.html",
        {
            "kinds": KINDS,
            "icons": ICONS,
            "colours": COLOURS,
            "steps": STEPS,
            "blocks": BodyBlock().to_python(blocks),
            "hits": hits,
        },
    )
