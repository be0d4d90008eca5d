"""What the words in a search box mean: words, phrases, exclusions.

``"quotes"`` make a phrase, a leading minus excludes, everything else is a word that must
occur. Quotes of the seven languages count as quotes: "…" “…” „…“ «…» 「…」 『…』.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"""(?P<minus>(?<!\S)[-\u2212])?(?:["\u201c\u201d\u201e\u00ab\u00bb\u300c\u300e](?P<phrase>[^"\u201c\u201d\u00ab\u00bb\u300d\u300f]*)["\u201c\u201d\u00ab\u00bb\u300d\u300f]|(?P<word>[^\s"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f]+)|(?P<stray>.))""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class TextQuery:
    """A parsed query. Words keep their order and repetitions (repeated words keep their weight).

    ``open_ended`` is True where the query ends in a plain word, which then also matches as
    the beginning of a longer one.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # words or phrases
    open_ended: bool = False

    @property
    def length(self) -> int:
        """Number of words in all parts, the measure of what a query may cost."""
        return sum(len(part.split()) for part in (*self.words, *self.phrases, *self.excluded))

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.excluded)

    def first(self, number: int) -> TextQuery:
        """The query cut to ``number`` words; later phrases and exclusions go first."""
        words = self.words[:number]
        room = number - len(words)
        kept: dict[str, tuple[str, ...]] = {}
        for name in ("phrases", "excluded"):
            taken: list[str] = []
            for part in getattr(self, name):
                size = len(part.split())
                if size <= room:
                    taken.append(part)
                    room -= size
            kept[name] = tuple(taken)
        return replace(
            self,
            words=words,
            phrases=kept["phrases"],
            excluded=kept["excluded"],
            open_ended=self.open_ended and words == self.words,
        )


def parse_query(text: str) -> TextQuery:
    """Read what was typed. Never raises: a stray quote or minus is simply left out."""
    words: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    open_ended = False
    for match in _TOKEN.finditer(text):
        phrase, word, minus = match["phrase"], match["word"], match["minus"]
        part = (phrase if phrase is not None else word or "").strip()
        if not part:
            continue
        if minus:
            excluded.append(part)
        elif phrase is not None:
            phrases.append(part)
        else:
            words.append(part)
        open_ended = word is not None and not minus
    return TextQuery(tuple(words), tuple(phrases), tuple(excluded), open_ended)
