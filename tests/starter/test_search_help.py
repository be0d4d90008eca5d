"""The page that explains the search: each of its examples shows what the page says of it, in each
language and on the starter collection."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker
from wagtail.models import Page, Site

from search.answers import answer_as_meant
from search.engines.base import SearchPage
from search.names import names
from search.requests import SearchRequest
from search.text.queries import parse_query
from search.views.facets import offers, read_request
from search.views.help import CHOSEN, WORDS, Example, examples
from tests.factories.standing import in_database, use_copy_of_index
from tests.factories.starter_site import starter_site
from toolkit.taxonomy.vocabularies import vocabularies

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # its database is SQLite's
LANGUAGES = ["ar", "de", "en", "es", "fr", "ru", "zh"]


@pytest.fixture(scope="module")
def loaded(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    copy = tmp_path_factory.mktemp("loaded") / "db.sqlite3"
    shutil.copy(starter_site(tmp_path_factory).data / "db.sqlite3", copy)
    with in_database(django_db_blocker, copy):
        yield


@pytest.fixture(params=LANGUAGES)
def language(
    request: pytest.FixtureRequest, loaded: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    use_copy_of_index(starter_site(tmp_path_factory).data / "index")
    Site.clear_site_root_paths_cache()
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def shown(language: str) -> dict[str, Example]:
    return examples(language, vocabularies())


def found(text: str, language: str) -> tuple[SearchRequest, SearchPage]:
    """What a reader gets who types this."""
    terms = vocabularies()
    asked = read_request({"q": [text]}, language=language, vocabularies=terms)
    return answer_as_meant(asked, names(terms))


def keys(text: str, language: str) -> set[str]:
    """The works that have all the words."""
    terms = vocabularies()
    asked = read_request({"q": [text]}, language=language, vocabularies=terms)
    works: set[str] = set()
    for number in range(1, 9):
        page = answer_as_meant(asked.on_page(number), names(terms))[1]
        works |= {hit.key for hit in page.hits}
    return works


def key(slug: str) -> str:
    return str(Page.objects.get(slug=slug, locale__language_code="en").translation_key)


class TestExamples:
    def test_are_all_there_and_find_something(self, shown: dict[str, Example]) -> None:
        assert set(shown) == {*WORDS, *CHOSEN}
        for name, example in shown.items():
            assert example.total, name
            assert example.title, name

    def test_of_all_words_has_others_with_some_of_them_below(
        self, shown: dict[str, Example], language: str
    ) -> None:
        _asked, page = found(shown["all"].label, language)
        assert page.total
        assert page.more
        assert not page.relaxed

    def test_of_names_puts_what_they_name_first_and_offers_them_as_filters(
        self, shown: dict[str, Example], language: str
    ) -> None:
        asked, page = found(shown["names"].label, language)
        assert page.hits[0].key == key("library-ngo")
        assert {value for name in asked.named for value in name.values} >= {("kind", "mou")}
        asked, page = found(shown["place"].label, language)
        assert page.hits[0].kind == "case-study"
        assert "sub-saharan-africa" in page.hits[0].facets["region"]
        assert offers(page, asked, vocabularies())

    def test_of_another_language_puts_what_can_be_read_first(
        self, shown: dict[str, Example], language: str
    ) -> None:
        _asked, page = found(shown["foreign"].label, language)
        assert page.hits[0].language == language

    def test_of_a_phrase_finds_less_than_its_words(
        self, shown: dict[str, Example], language: str
    ) -> None:
        phrase, loose = shown["phrase"].label, shown["loose"].label
        assert parse_query(phrase).phrases == (loose,)
        apart, together = keys(loose, language), keys(phrase, language)
        if language == "zh":  # written without spaces, its words stand together anyway
            assert together <= apart
        else:
            assert together < apart

    def test_of_a_minus_leaves_out_what_has_the_word_and_nothing_else(
        self, shown: dict[str, Example], language: str
    ) -> None:
        query = parse_query(shown["without"].label)
        (word,), (without,) = query.words, query.excluded
        kept = keys(shown["without"].label, language)
        assert kept
        assert kept < keys(word, language)
        assert not kept & keys(f'"{without}"', language)

    def test_of_two_spellings_find_the_same(self, shown: dict[str, Example], language: str) -> None:
        one, other = shown["spelling"].label, shown["respelling"].label
        assert one != other
        assert keys(one, language) == keys(other, language)

    def test_of_a_beginning_is_no_word_and_not_respelt(
        self, shown: dict[str, Example], language: str
    ) -> None:
        text = shown["beginning"].label
        _asked, page = found(text, language)
        assert page.total
        assert not page.typed
        quoted = found(f'"{text}"', language)[1]
        assert not quoted.total  # it is no word of its own

    def test_of_a_misspelt_word_is_respelt(self, shown: dict[str, Example], language: str) -> None:
        asked, page = found(shown["misspelt"].label, language)
        assert page.typed == shown["misspelt"].label
        assert asked.text != page.typed

    def test_of_what_is_not_understood(self, language: str, shown: dict[str, Example]) -> None:
        word = shown["spelling"].label
        assert keys(f"{word}*", language) == keys(f"({word})", language) == keys(word, language)
        asked, page = found(f"{word} OR xylophone", language)
        assert "OR" in asked.text
        assert page.relaxed


class TestThePage:
    def test_links_every_example_to_its_search_and_tells_what_that_finds(
        self, shown: dict[str, Example], language: str
    ) -> None:
        answer = Client().get(f"/{language}/search/help/")
        assert answer.status_code == 200
        page = BeautifulSoup(answer.content.decode(), "html.parser")
        links = {link.get_text(): link for link in page.select(".try__search")}
        assert set(links) == {example.label for example in shown.values()}
        for label, link in links.items():
            there = Client().get(link["href"])
            assert there.status_code == 200, label
            results = BeautifulSoup(there.content.decode(), "html.parser")
            first = results.select_one(".hit__title").get_text()
            told = link.parent.select_one(".try__first bdi").get_text()
            assert told == first, label
        files = [link["href"] for link in page.select("#take-along .forms a")]
        assert len(files) == 6
        for address in files:
            assert Client().get(address).status_code == 200, address

    def test_is_told_to_machines_in_every_language(self, language: str) -> None:
        page = BeautifulSoup(Client().get(f"/{language}/search/help/").content, "html.parser")
        assert len(page.select("link[hreflang]")) == 8
        assert page.select_one("meta[name=robots]") is None
        listed = Client().get(f"/sitemap-{language}.xml").content.decode()
        assert f"/{language}/search/help/</loc>" in listed

    def test_is_linked_where_a_reader_looks_for_it(self, language: str) -> None:
        for address, place in (
            ("search/", "#search-hint"),
            ("", "footer"),
            ("search/?q=qqxyzzyqq", ".nothing"),
        ):
            page = BeautifulSoup(Client().get(f"/{language}/{address}").content, "html.parser")
            assert page.select(f"{place} a[href='/{language}/search/help/']"), address
