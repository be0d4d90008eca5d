"""Collections of any size, made up from a seed: the same seed gives the same entries."""

from __future__ import annotations

import bisect
import datetime
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from search.entries import SearchEntry, Version

#: Facet → (how many values there are, how many an entry has at most).
FACETS = {
    "kind": (7, 1),
    "region": (200, 3),
    "partner": (10, 2),
    "direction": (60, 4),
    "sdg": (180, 4),
    "role": (6, 2),
    "tag": (500, 4),
}
#: Words put into a known share of the entries.
SHARES = {"frequent": 0.38, "middling": 0.05, "seldom": 0.002}
_TRANSLATIONS = ("ar", "de", "es", "fr", "ru")
_DAY = datetime.date(2026, 1, 1)


class _Zipf:
    """Draws numbers as words are used: a few often, most of them hardly ever."""

    def __init__(self, size: int) -> None:
        weights = (1 / (rank + 3) for rank in range(size))
        self._sums = list(itertools.accumulate(weights))

    def draw(self, source: random.Random) -> int:
        return bisect.bisect(self._sums, source.random() * self._sums[-1])


def _vocabulary(source: random.Random, size: int) -> list[str]:
    syllables = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]
    words = (
        "".join(source.choices(syllables, k=source.randint(2, 4))) + source.choice(["", "s", "ing"])
        for _ in range(size)
    )
    return list(words)


#: A heavy entry's facet → how many values it has: 34 in all, as the starter collection's.
HEAVY_FACETS = {"kind": 1, "region": 8, "partner": 4, "direction": 6, "sdg": 5, "role": 2, "tag": 1}
LANGUAGES = ("en", "ar", "de", "es", "fr", "ru", "zh")


def heavy_entries(number: int, *, seed: int = 1, words: int = 3_900) -> Iterator[SearchEntry]:
    """``number`` works as heavy as the starter's: ``words`` words over seven versions, 34 facet
    values, and their names in every language."""
    source = random.Random(seed)
    vocabulary = _vocabulary(source, 40_000)
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    draws = {facet: _Zipf(size) for facet, (size, _) in FACETS.items()}
    each = words // len(LANGUAGES) - 24

    def text(length: int) -> str:
        return " ".join(source.choices(vocabulary, cum_weights=weights, k=length))

    for place in range(number):
        marks = [word for word, share in SHARES.items() if source.random() < share]
        versions = {
            code: Version(code, text(6), f"/{code}/{place}/", text(18), text(each))
            for code in LANGUAGES
        }
        body = f"{versions['en'].body} {' '.join(marks)} {text(2)}"
        versions["en"] = replace(versions["en"], body=body)
        facets: dict[str, frozenset[str]] = {"language": frozenset(LANGUAGES)}
        for facet, most in HEAVY_FACETS.items():
            chosen: set[str] = set()
            while len(chosen) < most:
                chosen.add(f"{facet}-{draws[facet].draw(source)}")
            facets[facet] = frozenset(chosen)
        yield SearchEntry(
            key=f"{source.getrandbits(128):032x}",
            kind=next(iter(facets["kind"])),
            original="en",
            versions=versions,
            facets=facets,
            labels={code: tuple(text(2) for _ in range(27)) for code in LANGUAGES},
            published=_DAY - datetime.timedelta(days=source.randrange(3000)),
        )


def frequent_words(number: int, *, seed: int = 1) -> str:
    """The words that are used most in a collection of that seed."""
    return " ".join(_vocabulary(random.Random(seed), 40_000)[:number])


def entries(number: int, *, seed: int = 1, words: int = 100) -> Iterator[SearchEntry]:
    """``number`` works of about ``words`` words in eight facets; a third have a translation."""
    source = random.Random(seed)
    vocabulary, zipf = _vocabulary(source, 40_000), _Zipf(40_000)
    draws = {facet: _Zipf(size) for facet, (size, _) in FACETS.items()}

    def text(length: int) -> str:
        return " ".join(vocabulary[zipf.draw(source)] for _ in range(length))

    for place in range(number):
        marks = [word for word, share in SHARES.items() if source.random() < share]
        body = [text(words // 2), *marks, text(words - words // 2)]
        versions = {
            "en": Version("en", text(6), f"/en/{place}/", text(18), " ".join(body)),
        }
        if source.random() < 1 / 3:
            code = source.choice(_TRANSLATIONS)
            versions[code] = Version(code, text(6), f"/{code}/{place}/", text(18), text(words // 2))
        facets = {
            facet: frozenset(
                f"{facet}-{draws[facet].draw(source)}" for _ in range(source.randint(1, most))
            )
            for facet, (_, most) in FACETS.items()
        }
        facets["language"] = frozenset(versions)
        yield SearchEntry(
            key=f"{source.getrandbits(128):032x}",
            kind=next(iter(facets["kind"])),
            original="en",
            versions=versions,
            facets=facets,
            published=_DAY - datetime.timedelta(days=source.randrange(3000)),
        )
