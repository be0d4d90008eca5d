"""What holds for every region, beside what was found for one: a group of its own.

Who chooses a region asks for what is about it; that and nothing else is found and counted. What
holds for every region (``Facet.general``) is of use to her all the same, so it follows, and one
click takes it in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from search.answers import answer
from search.engines.base import Hit, SearchPage
from search.requests import SearchRequest
from search.views.facets import address
from toolkit.core.templatetags.localise import local_number
from toolkit.taxonomy.facets import GENERAL, Facet

SHOWN = 20  # entries of the group; the first page of results has as many


@dataclass(frozen=True)
class General:
    """The group behind an answer.

    ``total`` is how many entries the answer does not have and has with the group (the found ones of
    ``page``, the group's own answer, which shows the first of them), ``together`` how many both
    have; ``asked`` is the search for both.
    """

    facet: Facet
    total: int
    together: int
    page: SearchPage
    asked: SearchRequest = field(repr=False)
    hits: tuple[Hit, ...] = ()

    @property
    def url(self) -> str:
        """The query string, with its question mark, of the search that takes the group in."""
        return address(self.asked)

    @property
    def heading(self) -> str:
        """What is said above the group, in the active language."""
        return str(self.facet.also) % {"number": local_number(self.total)}


def general_group(asked: SearchRequest, page: SearchPage) -> General | None:
    """What holds for all values of a facet, behind the answer ``page`` to a search for some; None
    where no such facet is selected, what is general is selected too, or there is nothing.

    Its entries are asked for on the first page only, in the order asked for. Those behind the
    other pages are told by their number.
    """
    for facet in GENERAL:
        selected = asked.selected.get(facet.name, ())
        if not selected or facet.general in selected:
            continue
        together = page.after.get(facet.name, {}).get(facet.general, page.total)
        if together <= page.total:
            continue
        found = SearchPage(total=0, hits=(), counts={})
        if asked.page == 1:
            alone = {**asked.selected, facet.name: (facet.general,)}
            found = answer(replace(asked, selected=alone, page_size=SHOWN, cuts=(), unknown=()))
        return General(
            facet=facet,
            total=together - page.total,
            together=together,
            page=found,
            asked=asked.toggled(facet.name, facet.general),
            # Who classified a work by both found it among the region's own already
            hits=tuple(
                hit for hit in found.hits if not set(selected) & set(hit.facets.get(facet.name, ()))
            ),
        )
    return None
