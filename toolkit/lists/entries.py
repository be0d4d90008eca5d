"""The entries of a list as readers may see them now: whatever was made private or withdrawn since
is only counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from toolkit.core.short_keys import keys_between
from toolkit.interchange.references import Reference, references
from toolkit.taxonomy.vocabularies import Vocabulary
from toolkit.taxonomy.works import Work


def entries_of(
    codes: Iterable[str], *, language: str, root: str, terms: Mapping[str, Vocabulary]
) -> dict[str, Reference]:
    """Short key → what is said of that work to a reader of ``language``, in the order of the
    codes; works that not everybody may read are left out, as are codes of none.

    Six queries, whatever the number of codes: one for the works' whole keys, and those of
    ``references``. ``root`` is the site's own address.
    """
    codes = list(codes)
    if not codes:
        return {}
    wanted = Q()
    for code in codes:
        wanted |= Q(key__range=keys_between(code))
    keys = Work.objects.filter(wanted).order_by("key").values_list("key", flat=True)
    found: dict[str, Reference] = {}
    for reference in references(keys, language=language, root=root, terms=terms):
        # Two works share a short key once in many thousand sites: the first is meant
        found.setdefault(reference.short_key, reference)
    return {code: found[code] for code in codes if code in found}
