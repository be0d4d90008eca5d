"""In which order each language files words and titles."""

from __future__ import annotations

import pytest

from tests.hostile_texts import TEXTS
from toolkit.core.collation import filed_under, filing_key, written


def filed(language: str, *texts: str) -> list[str]:
    return sorted(texts, key=lambda text: filing_key(text, language))


class TestFilingKey:
    @pytest.mark.parametrize(
        ("language", "order"),
        [
            ("zh", ["阿富汗", "巴西", "德国", "英国", "中国"]),  # by pinyin
            ("fr", ["Cote", "Côte d’Ivoire", "Égypte", "Espagne", "Liban"]),
            ("es", ["nube", "ñandú", "oso"]),
            ("de", ["Ägypten", "Albanien", "Oman", "Österreich", "Zypern"]),
            ("ar", ["تونس", "الجزائر", "السودان", "مصر"]),
            ("ru", ["Ёлка", "ель", "жук", "яма"]),
            ("en", ["a library", "Library 9", "library 10", "Target 16.9", "Target 16.10"]),
        ],
    )
    def test_files_as_the_language_does(self, language: str, order: list[str]) -> None:
        assert filed(language, *reversed(order)) == order

    @pytest.mark.parametrize(
        ("language", "text", "under"),
        [
            ("en", "The library", "library"),
            ("en", "“A partner”", "partner”"),
            ("en", "Theatre", "Theatre"),
            ("en", "A", "A"),
            ("de", "Die Bibliothek", "Bibliothek"),
            ("de", "Dienst", "Dienst"),
            ("es", "La biblioteca", "biblioteca"),
            ("fr", "L’exercice", "exercice"),
            ("fr", "l'exercice", "exercice"),
            ("fr", "Lettre", "Lettre"),
            ("ar", "المكتبة", "مكتبة"),
            ("ar", "التزام", "التزام"),
            ("ar", "الالتزام", "التزام"),
            ("ru", "А библиотека", "А библиотека"),
            ("zh", "《图书馆》", "图书馆》"),
            ("en", "!!!", "!!!"),
        ],
    )
    def test_leaves_an_article_and_signs_aside(self, language: str, text: str, under: str) -> None:
        assert filed_under(text, language) == under

    def test_heeds_the_articles_of_the_language_that_a_title_is_in(self) -> None:
        assert filing_key("Die Bibliothek", "fr", "de") == filing_key("Bibliothek", "fr")
        assert filing_key("Die Bibliothek", "fr") != filing_key("Bibliothek", "fr")

    def test_is_the_same_order_as_text_and_as_bytes(self) -> None:
        """Catches: an index that compares text otherwise than the keys compare."""
        texts = [*TEXTS.values(), "图书馆", "Österreich", "", "z", "ﬀ", "\ud800", "😀"]
        for language in ("ar", "zh", "de"):
            keys = [filing_key(text, language) for text in texts]
            as_text = [written(key) for key in keys]
            assert [t.encode() for t in sorted(as_text, key=str.encode)] == [
                written(key).encode() for key in sorted(keys)
            ]
            assert not any("\x00" in text for text in as_text)
