"""What nobody should be able to do to a reader: texts that try, in every field that is shown.

``python -m tests.journeys.hostile`` with a site's settings writes a page of every type whose
every text is hostile, and hostile terms, files and pictures beside them. It prints the paths
of the pages as JSON.
"""

from __future__ import annotations

import io
import json
from typing import Any

import django

#: In every hostile text: scripts that it starts would leave this name in the window.
MARK = "__ran"
WORD = "zzhostile"
SCRIPT = f"<script>window.{MARK}=1</script>"
HANDLER = f"<img src=/stolen onerror=window.{MARK}=2>"
BREAKOUT = f"\"'><svg/onload=window.{MARK}=3>"
TEMPLATE = "{{7*7}}{% debug %}${7*7}<%= 7*7 %>"
ADDRESS = f"javascript:window.{MARK}=4"
CLOSING = "</title></textarea></script></style>--><!--]]>"
BIDI = "\u202egnp.exe\u202c \u2067abc\u2069"
ZALGO = "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ealgo"
EMOJI = "👩🏽‍🚀🏳️‍🌈"

#: Strong ones first: short fields get as much as fits.
TEXT = f"{WORD} {SCRIPT} {BREAKOUT} {TEMPLATE} {HANDLER} {EMOJI} {ZALGO} {BIDI} {CLOSING}"
LONG = f"{TEXT} {'W' * 300} {ADDRESS}"
SHOWN = f"{WORD} {SCRIPT}"  # what every text of theirs begins with, to be read as it stands
RICH = (
    f"<p onclick='window.{MARK}=5' style='position:fixed'>{WORD}</p>"
    f"{SCRIPT}{HANDLER}<svg onload=window.{MARK}=6></svg>"
    f"<a href='{ADDRESS}'>one</a> <a href='jAvA\tscript:window.{MARK}=7'>two</a>"
    f"<a href='data:text/html,{SCRIPT}'>three</a>"
    f"<iframe src='{ADDRESS}'></iframe><form action='{ADDRESS}'><button>Go</button></form>"
    f"<meta http-equiv=refresh content='0;url=/stolen'><base href='//stolen.example/'>"
    f"<math><mtext></p><style><img src=/stolen onerror=window.{MARK}=8></style></math>"
    f"<p>{TEMPLATE} &lt;script&gt; {EMOJI} {BIDI} {'W' * 300}</p>"
)
QUERIES = (
    TEXT,
    RICH[:290],
    ADDRESS,
    "\x00 nul",
    BIDI,
    "W" * 290,
    ZALGO + EMOJI,
    "%00%ff",
    '"' * 60,
)


def write() -> dict[str, str]:
    """Page type → path."""
    from casestudies.models import CaseStudyPage
    from resources.models import AgreementPage, ExercisePage, ResourcePage
    from toolkit.core.models import BasePage
    from toolkit.core.short_keys import short_key
    from toolkit.pages.models import HomePage, PlainPage, SectionPage
    from toolkit.taxonomy.terms import Series

    # What was kept before these rules were there is still read
    BasePage._clean_blocks = lambda _page: None  # type: ignore[method-assign]
    home = HomePage.objects.get(locale__language_code="en")
    home.doors = [
        ("door", {"heading": TEXT, "text": LONG, "query": f'"{ADDRESS}', "icon": "../../x"}),
        ("door", {"heading": TEXT, "text": LONG, "query": f"q={TEXT}", "icon": f'"><{WORD}'}),
    ]
    home.lead = RICH
    home.save_revision().publish()

    terms = hostile_terms()
    files = hostile_files()
    body = hostile_body(files)
    section = SectionPage(title=TEXT, slug="hostile", kinds="case-study", introduction=body)
    plain = PlainPage(title=TEXT, slug="hostile-plain", body=body)
    types: dict[str, Any] = {
        "section": section,
        "plain": plain,
        "resource": ResourcePage(title=TEXT, slug="resource", version_label="<b>1</b>{{7*7}}"),
        "agreement": AgreementPage(title=TEXT, slug="agreement", **hostile_clauses()),
        "case study": CaseStudyPage(title=TEXT, slug="case-study"),
        "exercise": ExercisePage(
            title=TEXT, slug="exercise", number=1, series=Series.objects.get(code=WORD)
        ),
    }
    paths = {"home": "/en/"}
    for name, page in types.items():
        fill(page, body)
        parent = home if page in (section, plain) else section
        parent.refresh_from_db()
        parent.add_child(instance=page)
        if page not in (section, plain):
            for field, found in terms.items():
                setattr(page, field, found)
            page.tags.add(TEXT[:90])
            page.attachments.create(document=files["document"], description=TEXT[:250])
        page.save_revision().publish()
        paths[name] = page.get_url()
    for vocabulary in ("region", "partner", "role", "sdg", "direction", "strategy"):
        paths[f"term: {vocabulary}"] = f"/en/browse/{vocabulary}/{WORD}/"
    works = ".".join(short_key(page.translation_key) for page in types.values())
    return {
        **paths,
        "list": f"/en/search/list/?works={works}",
        "browse": "/en/browse/",
        "results": f"/en/search/?q={WORD}",
        "Arabic results": f"/ar/search/?q={WORD}",
        "empty results": f"/en/search/?q=library&region={WORD}&kind=letter-of-intent",
    }


def fill(page: Any, body: list[tuple[str, Any]]) -> None:
    """Every text field that the page type itself declares, and every body."""
    from django.db import models
    from wagtail.models import Page

    from toolkit.core.richtext import SanitisedRichTextField

    own = {field.name for field in page._meta.get_fields()} - {
        field.name for field in Page._meta.get_fields()
    }
    for name in sorted(own - {"kinds", "version_label"}):
        field = page._meta.get_field(name)
        if isinstance(field, SanitisedRichTextField):
            setattr(page, name, RICH)
        elif name == "results":
            page.results = [("result", {"claim": TEXT, "evidence": LONG})]
        elif name == "sources":
            page.sources = [
                ("source", {"title": TEXT, "url": ADDRESS}),
                ("source", {"title": TEXT, "url": f'https://x.example/"><script>{MARK}'}),
            ]
        elif name == "body":
            page.body = body
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            setattr(page, name, LONG[: field.max_length or 290])
    page.seo_title = ""
    page.search_description = LONG


def hostile_terms() -> dict[str, list[Any]]:
    from toolkit.taxonomy.terms import Direction, PartnerType, Region, Role, Sdg, Series, Strategy

    texts = {"label_en": TEXT[:250], "scope_note_en": LONG, "also_known_as_en": f"{TEXT}\n{LONG}"}
    strategy = Strategy.objects.create(code=WORD, starts=2019, ends=2024, **texts)
    Series.objects.create(code=WORD, hashtag=f"#{BREAKOUT}"[:60], **texts)
    return {
        "regions": [Region.objects.create(code=WORD, **texts)],
        "partner_types": [PartnerType.objects.create(code=WORD, **texts)],
        "roles": [Role.objects.create(code=WORD, **texts)],
        "sdgs": [Sdg.objects.create(code=WORD, **texts)],
        "directions": [
            Direction.objects.create(code=WORD, strategy=strategy, number=BREAKOUT[:10], **texts)
        ],
    }


def hostile_files() -> dict[str, Any]:
    from django.core.files.base import ContentFile
    from django.core.files.images import ImageFile
    from PIL import Image as Pillow
    from wagtail.documents.models import Document
    from wagtail.images.models import Image

    picture = io.BytesIO()
    Pillow.new("RGB", (40, 20), "teal").save(picture, "PNG")
    picture.seek(0)
    return {
        "document": Document.objects.create(
            title=TEXT[:250],
            file=ContentFile(SCRIPT.encode(), name=f"{WORD}'\"><img src=x onerror={MARK}>.txt"),
        ),
        "image": Image.objects.create(
            title=TEXT[:250], file=ImageFile(picture, name=f'"><svg onload={MARK}>.png')
        ),
    }


def hostile_body(files: dict[str, Any]) -> list[tuple[str, Any]]:
    from wagtail.rich_text import RichText

    rows = [[TEXT, LONG], [TEXT, TEXT]]
    return [
        ("heading", TEXT),
        ("text", RichText(RICH)),
        ("quote", {"text": LONG, "source": TEXT}),
        ("steps", [RichText(RICH)]),
        ("callout", {"kind": "tip", "text": RichText(RICH)}),
        (
            "table",
            {"caption": TEXT, "table": {"data": rows, "first_row_is_table_header": True}},
        ),
        (
            "image",
            {"image": files["image"], "alt": TEXT[:250], "decorative": False, "caption": TEXT},
        ),
        ("file", {"document": files["document"], "description": TEXT, "language": "en"}),
        (
            "video",
            {"title": TEXT, "url": ADDRESS, "length": TEXT, "size": TEXT,
             "transcript": RichText(RICH)},
        ),
        ("related", {"heading": TEXT, "entries": []}),
    ]  # fmt: skip


def hostile_clauses() -> dict[str, Any]:
    from wagtail.rich_text import RichText

    clause = {
        "code": "parties",
        "heading": TEXT,
        "required": False,
        "text": RichText(f"{RICH}<p>{{first_party}}</p>"),
        "why": RichText(RICH),
        "watch_out": RichText(RICH),
        "variants": [{"partner_types": [WORD], "text": RichText(RICH)}],
    }
    blank = {"code": "first_party", "type": "party", "label": TEXT, "example": LONG}
    return {"placeholders": [("placeholder", blank)], "clauses": [("clause", clause)]}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(write()))
