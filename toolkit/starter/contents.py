"""What the pages of the collection say: from a file's words to a page's fields."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from wagtail.models import Page

from casestudies.models import CaseStudyPage
from resources.models import AgreementPage, ExercisePage, ResourcePage
from toolkit.core.html_to_stream import html_to_stream
from toolkit.core.markdown import markdown_to_html
from toolkit.pages.models import HomePage, PlainPage, SectionPage
from toolkit.starter.collection_files import CollectionError, Source
from toolkit.taxonomy.facets import CONTROLLED
from toolkit.taxonomy.terms import Series
from toolkit.taxonomy.vocabularies import MODELS

#: Section of the site → the kinds that it shows, in the order of the menu.
SECTIONS = {
    "agreements": "mou letter-of-intent",
    "case-studies": "case-study",
    "exercises": "exercise",
    "guidelines": "guideline template",
}
#: Folder of the collection → the section that its works stand in.
SECTION_OF = {**{name: name for name in SECTIONS}, "templates": "guidelines"}


def page_model(source: Source) -> type[Page]:
    """The type of page that a work becomes."""
    if source.folder == "pages":
        if source.slug == "home":
            return HomePage
        return SectionPage if source.slug.startswith("section-") else PlainPage
    try:
        return {
            "agreements": AgreementPage,
            "case-studies": CaseStudyPage,
            "exercises": ExercisePage,
            "guidelines": ResourcePage,
            "templates": ResourcePage,
        }[source.folder]
    except KeyError:
        raise CollectionError(f"{source.name}: there is no such folder of works.") from None


_BREAKS = re.compile(r"[ \t\r\n]+")


def write_fields(page: Page, source: Source, original: Source) -> None:
    """Fill a page with what the file says; what holds for the whole work is the original's."""
    page.title = str(source["title"]).strip()
    page.draft_title = page.title
    page.summary = _one_line(source.get("summary"))
    page.search_description = page.summary
    _WRITERS[type(page)](page, source, original)
    if source.folder != "pages":
        _write_classification(page, original)


def stream(blocks: list[dict[str, Any]]) -> str:
    """Blocks as a StreamField takes them."""
    return json.dumps(blocks, ensure_ascii=False)


def _html(source: Mapping[str, Any] | Source, key: str) -> str:
    return str(markdown_to_html(str(source.get(key) or ""))).strip()


#: A line of a body that stands for the chart of this code: ``{chart:best-partners}``
_CHART = re.compile(r"^\{chart:([a-z0-9-]+)\}[ \t]*$", re.MULTILINE)


def _body(source: Source, original: Source) -> str:
    """The text of ``body`` as blocks, with the charts where it names them.

    Raises ``CollectionError`` for a chart that the file does not tell, and for one that does
    not fit the original.
    """
    charts = _charts(source, original)
    blocks: list[dict[str, Any]] = []
    for number, part in enumerate(_CHART.split(str(source.get("body")))):
        if number % 2 == 0:
            blocks += html_to_stream(str(markdown_to_html(part)).strip(), heading_level=3)
        elif part in charts:
            blocks.append({"type": "chart", "value": charts[part]})
        else:
            raise CollectionError(f"{source.name}: there is no chart “{part}”.")
    return stream(blocks)


def _charts(source: Source, original: Source) -> dict[str, dict[str, Any]]:
    """Charts by code: the words are the source's, the numbers always the original's."""
    numbers_of = {chart["code"]: chart for chart in original.get("charts", ())}
    charts = {}
    for words in source.get("charts", ()):
        code = words["code"]
        numbers = numbers_of.get(code)
        if numbers is None or len(words["rows"]) != len(numbers["rows"]):
            raise CollectionError(
                f"{source.name}/{source.language}.yaml: the rows of chart “{code}” are not those"
                " of the original."
            )
        charts[code] = {
            **{name: _one_line(words[name]) for name in ("title", "column", "unit", "note")},
            "n": numbers.get("n"),
            "rows": [
                {"label": _one_line(row["label"]), "value": float(number["value"])}
                for row, number in zip(words["rows"], numbers["rows"], strict=True)
            ],
        }
    return charts


def _one_line(text: Any) -> str:
    """A folded text on one line; no-break spaces stay what they are."""
    return _BREAKS.sub(" ", str(text or "")).strip()


def _plain_page(page: Any, source: Source, original: Source) -> None:
    page.body = _body(source, original)


def _section(page: Any, source: Source, original: Source) -> None:
    page.introduction = _body(source, original)
    page.kinds = SECTIONS.get(source.slug.removeprefix("section-"), "")
    page.show_in_menus = True


def _home(page: Any, source: Source, original: Source) -> None:
    page.lead = _html(source, "lead")


def _agreement(page: Any, source: Source, original: Source) -> None:
    page.agreement_type = original["kind"]
    page.introduction = _html(source, "introduction")
    page.placeholders = stream(
        [
            {
                "type": "placeholder",
                "value": {
                    "code": blank["code"],
                    "type": blank["type"],
                    "label": _one_line(blank["label"]),
                    "example": _one_line(blank.get("example")),
                },
            }
            for blank in source.get("placeholders", ())
        ]
    )
    page.clauses = stream(
        [
            {
                "type": "clause",
                "value": {
                    "code": clause["code"],
                    "heading": _one_line(clause["heading"]),
                    "required": bool(clause.get("required", True)),
                    "text": _html(clause, "text"),
                    "why": _html(clause, "why"),
                    "watch_out": _html(clause, "watch_out"),
                    "variants": [
                        {
                            "partner_types": list(variant["partner_types"]),
                            "text": _html(variant, "text"),
                        }
                        for variant in clause.get("variants") or ()
                    ],
                },
            }
            for clause in source.get("clauses", ())
        ]
    )


def _case_study(page: Any, source: Source, original: Source) -> None:
    for name in (
        "context",
        "partners",
        "what_was_done",
        "successes",
        "challenges",
        "lessons",
    ):
        setattr(page, name, _html(source, name))
    page.cost = _one_line(source.get("cost"))
    page.duration = _one_line(source.get("time"))
    page.results = stream(
        [
            {
                "type": "result",
                "value": {
                    "claim": _one_line(result["claim"]),
                    "evidence": str(result["evidence"]).strip(),
                },
            }
            for result in source.get("results", ())
        ]
    )


def _exercise(page: Any, source: Source, original: Source) -> None:
    code = original.get("series")
    page.series = Series.objects.filter(code=code).first() if code else None
    if code and page.series is None:
        raise CollectionError(f"{source.name}: there is no series “{code}”.")
    page.number = original.get("number", None)
    page.prompt = _html(source, "prompt")
    page.steps = _html(source, "steps")
    page.leaves_behind = (original.get("leaves_behind") or {}).get("kind", "other")
    page.leaves_text = _one_line((source.get("leaves_behind") or {}).get("text"))
    page.strategy_note = _one_line(source.get("strategy_note"))


def _resource(page: Any, source: Source, original: Source) -> None:
    page.resource_type = original["kind"]
    page.version_label = str(original.get("version", "1.0"))
    page.use_when = _html(source, "use_when")
    page.not_when = _html(source, "not_when")
    page.body = _body(source, original)
    page.worked_example = _html(source, "worked_example")


_WRITERS: dict[type[Page], Callable[[Any, Source, Source], None]] = {
    HomePage: _home,
    SectionPage: _section,
    PlainPage: _plain_page,
    AgreementPage: _agreement,
    CaseStudyPage: _case_study,
    ExercisePage: _exercise,
    ResourcePage: _resource,
}


def _write_classification(page: Any, original: Source) -> None:
    classification = original.get("classification", {})
    for facet in CONTROLLED:
        codes = [str(code) for code in classification.get(facet.field) or ()]
        terms = {term.code: term for term in MODELS[facet.name].objects.filter(code__in=codes)}
        unknown = [code for code in codes if code not in terms]
        if unknown:
            raise CollectionError(
                f"{original.name}: “{', '.join(unknown)}” is not in the vocabulary “{facet.name}”."
            )
        setattr(page, facet.field, [terms[code] for code in codes])
    page.tags.set([str(tag) for tag in classification.get("tags") or ()], clear=True)
    page.licence = original.get("licence", "CC-BY-4.0")
    page.attribution = original.get("attribution")
    page.sources = stream(
        [
            {"type": "source", "value": {"title": item["title"], "url": item.get("url") or ""}}
            for item in original.get("sources", ())
        ]
    )
    page.reviewed_at = original.get("reviewed", None)
    page.issued_at = original.get("published", None)
