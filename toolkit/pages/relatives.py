"""Which entries go well with one that is read, and why, in words of its reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel.lists import format_list
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from search.answers import frequencies, inventory, related
from search.engines.base import EngineUnavailable, Hit, Likeness, SearchPage
from search.text.terms import fold_word, is_han, is_stop_word, terms, words
from toolkit.core.templatetags.localise import cldr_locale
from toolkit.taxonomy.facets import CLASSIFYING, FACETS
from toolkit.taxonomy.vocabularies import Vocabulary
from toolkit.taxonomy.works import EntryPage

RELATED = 4
ANOTHER_KIND = 0.25
#: What makes two entries relatives, the closest tie first, and what a tie counts.
TIES = {
    facet.name: facet.tie
    for facet in sorted(FACETS.values(), key=lambda facet: -facet.tie)
    if facet.tie
}
#: So many things in common are named.
MOST_NAMED = 2
#: What more entries than this share of all have says little of two of them.
TELLING = 0.5
#: A word of two titles says more than their classification only where it is as rare.
TELLING_WORD = 0.2
SHORTEST_WORD = 4
#: Characters of a label: directions are sentences.
SHOWN_OF_LABEL = 90

FacetValue = tuple[str, str]


@dataclass(frozen=True)
class Relative:
    """A related entry, and why it is one: a sentence, "" where there is nothing to tell."""

    hit: Hit
    reason: str


def relatives_of(page: EntryPage, vocabularies: Mapping[str, Vocabulary]) -> list[Relative]:
    """The entries that share most with a page's, best first, in the language of the page; none
    where it shares nothing with any, or while no engine answers. Asks the index alone."""
    own = {name: sorted(set(values)) for name, values in page.classification.items()}
    tie = next((name for name in TIES if own.get(name)), "")
    if not tie:
        return []
    weights = {
        (name, value): weight / len(own[name])
        for name, weight in TIES.items()
        for value in own.get(name, ())
    }
    # What helps next is rarely more of the same kind.
    weights |= {("kind", term.value): ANOTHER_KIND for term in vocabularies["kind"]}
    weights.pop(("kind", getattr(page, "search_kind", "")), None)
    like = Likeness(key=str(page.translation_key), weights=weights, needed=(tie, tuple(own[tie])))
    hits = related(like, language=page.locale.language_code, limit=RELATED)
    if not hits:
        return []
    try:
        reasons = _Reasons(page, vocabularies, inventory())
        return [Relative(hit, reasons.of(hit)) for hit in hits]
    except EngineUnavailable:
        return [Relative(hit, "") for hit in hits]


class _Reasons:
    """Why entries are relatives of one page's."""

    def __init__(
        self, page: EntryPage, vocabularies: Mapping[str, Vocabulary], all_entries: SearchPage
    ) -> None:
        self._page = page
        self._language: str = page.locale.language_code
        self._vocabularies = vocabularies
        self._counts = all_entries.counts
        self._total = all_entries.total
        self._told = page.told_relatives()
        self._own = {
            facet.name: set(page.classification.get(facet.name, ())) for facet in CLASSIFYING
        }

    def of(self, hit: Hit) -> str:
        """What a page type knows of the two; else what few others have in common with them, the
        rarest first: values, then a word of both titles; else what more have."""
        if hit.url in self._told:
            return self._told[hit.url]
        shared = self._shared(hit)
        telling = [value for value in shared if self._number(value) <= self._total * TELLING]
        named = [value for value in telling if not FACETS[value[0]].numbered]
        if named:
            once: dict[str, str] = {}  # a tag may be called as a kind of partner is
            for label in map(self._label, named):
                once.setdefault(label.casefold(), label)
            labels = list(once.values())[:MOST_NAMED]
            return _("Also about %(terms)s") % {"terms": self._listed(labels)}
        if said := self._words(hit):
            return _("Both speak of %(words)s") % {"words": self._listed(said)}
        for value in telling or shared:
            return _("%(facet)s: %(value)s") % {
                "facet": FACETS[value[0]].title,
                "value": _isolated(self._label(value)),
            }
        return ""

    def _shared(self, hit: Hit) -> list[FacetValue]:
        """The values that both have, the rarest first and those that tie closer before others;
        what is wider than another of them says nothing more."""
        found: list[FacetValue] = []
        for name, values in self._own.items():
            known = self._vocabularies[name]
            mine = values if FACETS[name].in_sentences else values | _wider(values, known)
            both = mine & set(hit.facets.get(name, ()))
            both -= _wider(both, known) | {FACETS[name].general}
            found += [(name, value) for value in both if known.get(value)]
        order = list(TIES)

        def rank(value: FacetValue) -> tuple[int, int, str]:
            name, code = value
            return (self._number(value), order.index(name) if name in order else len(order), code)

        return sorted(found, key=rank)

    def _words(self, hit: Hit) -> list[str]:
        """Words that stand in both titles and in few entries, as the relative writes them."""
        if hit.language != self._language:
            return []
        own = {terms(word, self._language)[:1] for word in _telling(self._page.title, hit.language)}
        both = {
            fold_word(word): word
            for word in _telling(hit.title, hit.language)
            if terms(word, hit.language)[:1] in own
        }
        numbers = frequencies(list(both)) if both else {}
        rare = [word for word in both if numbers[word] <= self._total * TELLING_WORD]
        rare.sort(key=lambda word: numbers[word])
        return [_("“%(word)s”") % {"word": both[word]} for word in rare[:MOST_NAMED]]

    def _number(self, value: FacetValue) -> int:
        name, code = value
        return self._counts.get(name, {}).get(code, 0)

    def _label(self, value: FacetValue) -> str:
        term = self._vocabularies[value[0]].terms[value[1]]
        label = f"{term.number} {term.label(self._language)}".strip()
        return Truncator(label).chars(SHOWN_OF_LABEL)

    def _listed(self, names: Iterable[str]) -> str:
        listed: str = format_list(
            [_isolated(name) for name in names], locale=cldr_locale(self._language)
        )
        return listed


def _isolated(text: str) -> str:
    """With a direction of writing of its own, within a sentence that may have another."""
    return f"\u2068{text}\u2069"


def _wider(values: Iterable[str], known: Vocabulary) -> set[str]:
    return {wider for value in values for wider in known.ancestors(value)}


def _telling(title: str, language: str) -> list[str]:
    """The words of a title that may say what it is about; Chinese is written without any."""
    return [
        word.text
        for word in words(title)
        if len(word.text) >= SHORTEST_WORD
        and not is_han(word.text)
        and not is_stop_word(word.text, language)
    ]
