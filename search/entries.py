"""What an advocate can find: one entry per work, with its versions by language.

No word of any engine stands here. Page types make entries (``Searchable``), engines
carry them, and nothing between the two knows what an entry is made of.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Version:
    """A work in one language: plain text, never HTML.

    ``language`` is a code of ``settings.LANGUAGES``; ``url`` is the path of the page.
    """

    language: str
    title: str
    url: str
    summary: str = ""
    body: str = ""


@dataclass(frozen=True)
class AttachedFile:
    """A file of an entry that anyone may have, and the words in it.

    ``language`` is the code of the language that it is in, mostly one of ``settings.LANGUAGES``;
    ``format`` its extension in capitals, ``size`` in bytes.
    """

    language: str
    title: str
    url: str
    text: str
    format: str = ""
    size: int = 0


@dataclass(frozen=True)
class SearchEntry:
    """A work as the search engines carry it.

    ``key``       the work's translation key, the same for every version
    ``kind``      code of the controlled vocabulary of kinds
    ``original``  language of the version that the work was first written in
    ``versions``  by language, at least the original
    ``facets``    facet name → values; a value's ancestors are among them, so that a
                  parent region finds its children (``search.views.facets.FACETS``)
    ``labels``    language → names of everything the work is classified by, in that
                  language: synonyms under which it is found
    ``published`` the day shown and sorted by
    ``files``     those with words in them, of all versions
    """

    key: str
    kind: str
    original: str
    versions: Mapping[str, Version]
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published: datetime.date | None = None
    files: tuple[AttachedFile, ...] = ()

    def version_for(self, language: str) -> Version:
        """The version in ``language``, else the original."""
        return self.versions.get(language) or self.versions[self.original]

    def fingerprint(self) -> str:
        """A digest that changes whenever anything that is searched or shown changes."""
        return self._digest

    @functools.cached_property
    def _digest(self) -> str:
        # vars() and not asdict(), which copies every text
        parts = {
            **{name: value for name, value in vars(self).items() if name != "_digest"},
            "versions": {language: vars(version) for language, version in self.versions.items()},
            "facets": {name: sorted(values) for name, values in self.facets.items()},
            "files": [vars(file) for file in self.files],
        }
        text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
