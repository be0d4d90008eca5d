"""Completions for the search box: titles that go on from what was typed, then words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch_dsl import Q, Search

from search.text import terms

MOST_WORDS = 8
MOST_TITLES = 50

#: Words are read from the texts of so many entries, and from so much of each: a search box
#: cannot wait for more, and frequent words are frequent there too.
MOST_TEXTS = 40
LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class Typed:
    """What stands in the search box, of which the last word is unfinished."""

    text: str
    language: str
    words: tuple[str, ...]  # folded

    @classmethod
    def read(cls, text: str, language: str) -> Typed | None:
        """None where too little was typed to go on from."""
        folded = tuple(terms.fold(word.text) for word in terms.words(text)[:MOST_WORDS])
        if not folded or (len(folded[-1]) < 2 and not terms.is_han(folded[-1])):
            return None
        return cls(text, language, folded)

    def title_search(self, search: Search) -> Search:
        """Entries with a title that has all words, the last one as a beginning."""
        clauses = [Q("term", titles=word) for word in self.words[:-1]]
        clauses.append(Q("prefix", titles={"value": self.words[-1]}))
        return (
            search.query("bool", filter=clauses)
            .sort({f"sort_{self.language}": "asc"}, {"key": "asc"})
            .extra(size=MOST_TITLES, track_total_hits=False)
            .source([f"shown.{part}.{field}" for part in self._parts for field in _TITLE])
        )

    def titles(self, answer: Mapping[str, Any]) -> list[str]:
        """Titles as shown to the reader: those that begin as typed, then those in her language."""
        start = terms.sort_key(self.text)
        ranks: dict[str, tuple[bool, bool]] = {}
        for version in self._versions(answer):
            inside = [terms.fold(word.text) for word in terms.words(version["title"])]
            if set(self.words[:-1]) <= set(inside) and any(
                word.startswith(self.words[-1]) for word in inside
            ):
                begins = terms.sort_key(version["title"]).startswith(start)
                ranks.setdefault(
                    version["title"], (not begins, version["language"] != self.language)
                )
        return sorted(ranks, key=lambda title: ranks[title])

    def word_search(self, search: Search) -> Search:
        """Entries with a word that begins like the last one typed."""
        return (
            search.query("bool", filter=[Q("prefix", words={"value": self.words[-1]})])
            .sort({f"has_{self.language}": "desc"}, {"key": "asc"})
            .extra(size=MOST_TEXTS, track_total_hits=False)
            .source([f"shown.{part}" for part in self._parts])
        )

    def finished(self, answer: Mapping[str, Any]) -> list[str]:
        """What was typed with its last word finished, by the most frequent words."""
        last = terms.words(self.text)[-1]
        if terms.is_han(last.text):
            return []
        entries: Counter[str] = Counter()
        for version in self._versions(answer):
            if version["language"] == self.language:
                texts = (version["title"], version["summary"], version["body"][:LONGEST_TEXT])
                words = (word for text in texts for word in terms.words(text))
                entries.update({word.text.lower() for word in words if self._goes_on(word.text)})
        ranked = sorted(entries.items(), key=lambda pair: (-pair[1], terms.fold(pair[0])))
        return [self.text[: last.start] + word for word, _ in ranked]

    def _goes_on(self, word: str) -> bool:
        folded = terms.fold(word)
        return folded != self.words[-1] and folded.startswith(self.words[-1])

    @property
    def _parts(self) -> tuple[str, str]:
        return ("original", f"others.{self.language}")

    def _versions(self, answer: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
        for hit in answer["hits"]["hits"]:
            shown = hit["_source"]["shown"]
            yield shown.get("others", {}).get(self.language) or shown["original"]


_TITLE = ("title", "language")
