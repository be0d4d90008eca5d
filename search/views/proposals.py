"""What a search box proposes while somebody types: filters that the last words name, titles that
lead to entries, words that go on from the last one. One bounded answer for a phone's line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search.answers import current_engine, inventory
from search.beginnings import Begun, beginnings
from search.engines.base import EngineUnavailable
from search.text.completion import Completion
from search.text.reading import FacetValue
from toolkit.core.templatetags.localise import local_number
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import Vocabulary

#: Characters: who types more asks a question, and does not look for a name or a title.
LONGEST = 120
MOST_FILTERS = 4
MOST_COMPLETIONS = 8
#: Bytes of an answer, uncompressed.
MOST_BYTES = 2_000
#: How the API writes JSON.
AS_SENT: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}
#: Characters of a label: targets of the development goals are sentences.
SHOWN_OF_LABEL = 60


@dataclass(frozen=True)
class ProposedFilter:
    """A value that the last words begin to name; ``text`` says its facet, too, and keeps the
    label's own direction of writing."""

    facet: str
    value: str
    text: str


@dataclass(frozen=True)
class Proposals:
    """``rest`` is what stands before the words that the ``filters`` are named by."""

    rest: str = ""
    filters: tuple[ProposedFilter, ...] = ()
    completions: tuple[Completion, ...] = ()


def proposals(
    text: str, *, language: str, terms: Mapping[str, Vocabulary] | None = None
) -> Proposals:
    """What to propose for a text, to a reader of ``language``; filters only with the ``terms`` of
    all vocabularies. Nothing while no engine answers, or for a text above ``LONGEST``."""
    if not text or len(text) > LONGEST:
        return Proposals()
    try:
        found = current_engine().suggest(text, language=language, limit=MOST_COMPLETIONS)
        begun = Begun()
        if terms is not None:
            begun = beginnings(terms, language)(text, inventory().counts)
    except EngineUnavailable:
        return Proposals()  # a box without proposals is still a box
    return Proposals(begun.rest, _filters(begun.values, language, terms or {}), tuple(found))


def _filters(
    values: tuple[FacetValue, ...], language: str, terms: Mapping[str, Vocabulary]
) -> tuple[ProposedFilter, ...]:
    """Of terms that are called the same, the controlled one is proposed, not the tag."""
    found: dict[str, ProposedFilter] = {}
    for facet, value in sorted(values, key=lambda value: value[0] == "tag"):
        if term := terms[facet].get(value):
            label = f"{term.number} {term.label(language)}".strip()
            shown = Truncator(label).chars(SHOWN_OF_LABEL)
            # The isolates of Unicode do what <bdi> does, in a text that is no HTML
            text = _("%(facet)s: %(value)s") % {
                "facet": FACETS[facet].title,
                "value": f"\u2068{shown}\u2069",
            }
            found.setdefault(label.casefold(), ProposedFilter(facet, value, text))
    return tuple(found.values())[:MOST_FILTERS]


def proposed_answer(text: str, proposed: Proposals) -> dict[str, Any]:
    """The answer of the API, cut from its end to ``MOST_BYTES``."""
    filters, completions = list(proposed.filters), list(proposed.completions)
    while True:
        number = len(filters) + len(completions)
        message = ngettext("%(number)s proposal", "%(number)s proposals", number)
        answer = {
            "q": text[:LONGEST],
            "rest": proposed.rest,
            "filters": [vars(one) for one in filters],
            "suggestions": [completion.text for completion in completions],
            "urls": [completion.url for completion in completions],
            "message": message % {"number": local_number(number)},
        }
        if (
            len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())
            <= MOST_BYTES
        ):
            return answer
        (completions or filters).pop()
