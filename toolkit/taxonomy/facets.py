"""The facets by which works are found: each declared once, with all that any page needs of it.

What a facet is called, which field classifies by it, whose terms are its values, how they are
ordered, where they are browsed, how much they tie two entries together: everything else reads
``FACETS``. To add a facet is to add its vocabulary (``terms.py``) and one entry here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from toolkit.taxonomy import terms

Words = str | Promise

#: An SDG target as people write it: "5B", "5b" and "5.B" are all 5.b.
_LETTERED_TARGET = re.compile(r"(\d{1,2})\.?([a-z])", re.IGNORECASE)


def _as_written(value: str) -> str:
    return value


def _sdg_code(value: str) -> str:
    match = _LETTERED_TARGET.fullmatch(value)
    return f"{match[1]}.{match[2].lower()}" if match else value


@dataclass(frozen=True)
class Facet:
    """One facet.

    ``name``       its parameter in addresses, and the name of its vocabulary
    ``title``      what it is called above its values
    ``heading``    what an entry's page calls its values
    ``field``      the field of an entry that holds them; "" for what follows from the entry itself
    ``field_name`` what the field is called in a form
    ``model``      whose rows are its values; None for the site's languages
    ``browsed``    what the list of its terms (of a grouped facet: its groups) is called on the
                   page of all vocabularies; "" for a facet that has no list there
    ``has_pages``  whether each term has a page of its own
    ``narrower``   what the values below a value are called
    ``starts_open``  whether its values are shown at once; others are unfolded by a reader
    ``ordered``    False where the most frequent value comes first, not the vocabulary's first
    ``by_name``    sorts narrower terms by their labels (countries in a region)
    ``grouped_by`` the vocabulary whose terms stand as headings over the values
    ``numbered``   whether terms are known by numbers, and shown one a line
    ``in_sentences``  whether its labels are sentences, whose words say little of an entry
    ``general``    the value of what holds for all others: it stands beside them, never with one;
                   "" where there is none
    ``also``       what is said above the entries with that value, behind those of another
    ``tie``        how much one shared value makes two entries relatives
    ``canonical``  how a value may be written in an address → its code
    """

    name: str
    title: Words
    heading: Words = ""
    field: str = ""
    field_name: Words = ""
    model: type[terms.Term | terms.EntryTag] | None = None
    browsed: Words = ""
    has_pages: bool = False
    narrower: Words = ""
    starts_open: bool = False
    ordered: bool = True
    by_name: bool = False
    grouped_by: str = ""
    numbered: bool = False
    in_sentences: bool = False
    general: str = ""
    also: Words = ""
    tie: int = 0
    canonical: Callable[[str], str] = _as_written


#: Facet name → facet, in the order of the page.
FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet(
            "kind",
            _("Kind"),
            model=terms.Kind,
            browsed=_("Kinds"),
            has_pages=True,
            starts_open=True,
        ),
        Facet(
            "region",
            _("Region"),
            heading=_("Regions"),
            field="regions",
            field_name=_("regions"),
            model=terms.Region,
            browsed=_("Regions"),
            has_pages=True,
            narrower=_("Countries"),
            starts_open=True,
            by_name=True,
            general=terms.EVERY_REGION,
            also=_("Also for every region: %(number)s"),
        ),
        Facet(
            "partner",
            _("Partner type"),
            heading=_("Partners"),
            field="partner_types",
            field_name=_("partner types"),
            model=terms.PartnerType,
            browsed=_("Partner types"),
            has_pages=True,
            starts_open=True,
            tie=2,
        ),
        Facet(
            "direction",
            _("Strategic direction"),
            heading=_("Strategic directions"),
            field="directions",
            field_name=_("strategic directions"),
            model=terms.Direction,
            browsed=_("Strategies and their directions"),
            has_pages=True,
            narrower=_("Key initiatives"),
            grouped_by="strategy",
            numbered=True,
            in_sentences=True,
            tie=3,
        ),
        Facet(
            "sdg",
            _("Sustainable Development Goal"),
            heading=_("Development goals"),
            field="sdgs",
            field_name=_("Sustainable Development Goals"),
            model=terms.Sdg,
            browsed=_("Sustainable Development Goals"),
            has_pages=True,
            narrower=_("Targets"),
            numbered=True,
            tie=1,
            canonical=_sdg_code,
        ),
        Facet(
            "role",
            _("Role of libraries"),
            heading=_("Roles of libraries"),
            field="roles",
            field_name=_("roles of libraries"),
            model=terms.Role,
            browsed=_("Roles of libraries"),
            has_pages=True,
            tie=1,
        ),
        Facet("language", _("Language"), ordered=False),
        Facet(
            "tag",
            _("Tag"),
            heading=_("Tags"),
            field="tags",
            field_name=_("tags"),
            model=terms.EntryTag,
            ordered=False,
            tie=2,
        ),
    )
}

#: What editors classify a work by, in the order of the page.
CLASSIFYING: tuple[Facet, ...] = tuple(facet for facet in FACETS.values() if facet.field)

#: Those whose values are terms of a controlled vocabulary: all but the free tags.
CONTROLLED: tuple[Facet, ...] = tuple(
    facet for facet in CLASSIFYING if facet.model and issubclass(facet.model, terms.Term)
)

#: Those that have a value for what holds for all others.
GENERAL: tuple[Facet, ...] = tuple(facet for facet in CONTROLLED if facet.general)


def canonical(facet: str, value: str) -> str:
    """The code that a value stands for: "5B" is the target "5.b"; others stay as they are, as do
    values of what is no facet."""
    found = FACETS.get(facet)
    return found.canonical(value) if found else value
