"""What every search engine promises, whatever it is made of (search/engines/base.py).

A test module makes a subclass of ``EngineContract`` with a fixture ``engine`` that gives an
engine without an index, and pytest runs all of this on it:

    class TestEmbeddedEngine(EngineContract):
        @pytest.fixture
        def engine(self, tmp_path):
            return EmbeddedEngine(tmp_path)
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.base import EngineUnavailable, Likeness, SearchEngine, SearchPage
from search.entries import AttachedFile, SearchEntry, Version
from search.names import NAMED_FACETS, Names
from search.requests import MAX_WORDS, SearchRequest, Sort
from search.text.completion import Completion
from search.text.queries import parse_query
from search.text.reading import Named
from search.text.terms import fold_word
from search.views.cards import card
from search.views.reasons import Reasons
from tests.search.engines.oracle import Oracle
from tests.search.text.spellings import SPELLINGS
from toolkit.taxonomy.vocabularies import TermValue, Vocabulary

DAY = datetime.date(2026, 11, 20)


def entry(
    key: str,
    title: str = "",
    *,
    language: str = "en",
    summary: str = "",
    body: str = "",
    kind: str = "guideline",
    translations: dict[str, str | Version] | None = None,
    labels: dict[str, tuple[str, ...]] | None = None,
    files: Iterable[AttachedFile] = (),
    published: datetime.date | None = DAY,
    **facets: Iterable[str],
) -> SearchEntry:
    """An entry with what a test is about, and the rest filled in as pages do."""
    versions = {language: Version(language, title or key, f"/{language}/{key}/", summary, body)}
    for code, text in (translations or {}).items():
        version = text if isinstance(text, Version) else Version(code, text, f"/{code}/{key}/")
        versions[code] = version
    values = {"kind": {kind}, "language": set(versions), **facets}
    return SearchEntry(
        key=key,
        kind=kind,
        original=language,
        versions=versions,
        facets={name: frozenset(chosen) for name, chosen in values.items() if chosen},
        labels=labels or {},
        published=published,
        files=tuple(files),
    )


def ask(text: str = "", language: str = "en", **fields: object) -> SearchRequest:
    """A request as the page makes it; facets by name, as a value or several."""
    names = ("kind", "region", "partner", "direction", "sdg", "role", "tag")
    selected = {}
    for name in (*names, "in_language"):
        if name in fields:
            values = fields.pop(name)
            values = (values,) if isinstance(values, str) else tuple(values)  # type: ignore[arg-type]
            selected["language" if name == "in_language" else name] = values
    return SearchRequest.of(text, language=language, selected=selected, **fields)


NGO = Named(("ngo",), (("partner", "ngos"),), ("Non-governmental organisations",))


def keys(page: SearchPage) -> list[str]:
    return [hit.key for hit in page.hits]


def marked(html: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", html)


def listed(page: SearchPage) -> list[str]:
    """The keys of all that a page lists, with all of the words or with some."""
    return [hit.key for hit in (*page.hits, *page.others)]


def completed(engine: SearchEngine, text: str, language: str = "en") -> list[str]:
    return [completion.text for completion in engine.suggest(text, language=language)]


class EngineContract:
    """The promises, each as a sentence that starts with the engine."""

    #: Random collections that are compared with the oracle, twelve searches each.
    examples = 60

    @pytest.fixture
    def engine(self) -> SearchEngine:
        raise NotImplementedError

    @pytest.fixture
    def index(self, engine: SearchEngine) -> Callable[..., SearchEngine]:
        def indexed(*entries: SearchEntry) -> SearchEngine:
            engine.rebuild(entries)
            return engine

        return indexed

    # --- relatives

    def test_relatives_share_what_is_needed_and_come_by_what_they_share(self, index) -> None:
        engine = index(
            entry("self", partner={"ngo"}, tag={"bus", "reading"}),
            entry("far", partner={"ngo"}),
            entry("near", partner={"ngo"}, tag={"bus"}, kind="mou"),
            entry("nearest", partner={"ngo"}, tag={"bus", "reading"}),
            entry("stranger", tag={"bus", "reading"}, kind="mou"),
            entry("equal", partner={"ngo", "media"}),
        )
        like = Likeness(
            key="self",
            weights={("partner", "ngo"): 2.0, ("tag", "bus"): 1.0, ("tag", "reading"): 1.0},
            needed=("partner", ("ngo",)),
        )
        found = engine.related(like, language="fr", limit=4)
        assert [hit.key for hit in found] == ["nearest", "near", "equal", "far"]
        assert (found[0].title, found[0].language, found[0].highlight) == ("nearest", "en", "")
        assert "bus" in found[0].facets["tag"]

    # --- of some entries, which are found

    def test_of_some_entries_those_are_told_that_a_page_would_show(self, index) -> None:
        day = datetime.date(2026, 1, 1)
        engine = index(
            entry("old", "Library partners", published=day, partner=["ngos"]),
            entry("b", "Library partners", partner=["ngos"]),
            entry("a", "Partners of a library", partner=["ngos"]),
            entry("other", "Library partners", partner=["media"]),
            entry("some", "Library", partner=["ngos"]),
            entry("excluded", "Library partners in war", partner=["ngos"]),
            entry("not asked about", "Library partners", partner=["ngos"]),
        )
        asked = ask("library partners -war", partner="ngos", page=9, sort=Sort.TITLE)
        some = ["old", "b", "a", "other", "some", "excluded", "unknown"]
        assert engine.among(asked, some) == ("a", "b", "old")
        assert engine.among(asked, []) == engine.among(asked, ["some"]) == ()
        assert engine.among(ask(), ["some", "old"]) == ("some", "old")
        assert engine.among(ask("libr"), ["some"]) == ("some",)  # a beginning
        assert engine.among(ask("libr", kind="mou"), ["some"]) == ()

    def test_what_has_only_some_of_the_words_is_not_among_them(self, index) -> None:
        """Also where a page shows it, for want of anything that has them all."""
        engine = index(entry("a", "Library"), entry("b", "Partners"))
        assert engine.search(ask("library partners")).relaxed
        assert engine.among(ask("library partners"), ["a", "b"]) == ()
        assert engine.among(ask("zebrafish"), ["a", "b"]) == ()

    def test_it_knows_how_many_entries_have_a_word(self, index) -> None:
        engine = index(
            entry("a", "Minister", body="a minister and ministers"),
            entry("b", "Else", translations={"fr": "Le ministère, minister"}),
            entry("c", "Gone", body="minister"),
        )
        engine.delete(["c"])
        found = engine.frequencies(["minister", "ministere", "nowhere"])
        assert found == {"minister": 2, "ministere": 1, "nowhere": 0}
        assert engine.frequencies([]) == {}

    # --- 1 and 2: facets and their counts

    def test_values_of_a_facet_are_joined_by_or(self, index) -> None:
        engine = index(entry("ke", region=["ke"]), entry("ng", region=["ng"]), entry("de"))
        page = engine.search(ask(region=("ke", "ng"), sort=Sort.TITLE))
        assert (page.total, keys(page)) == (2, ["ke", "ng"])

    def test_facets_are_joined_by_and(self, index) -> None:
        engine = index(
            entry("both", region=["ke"], partner=["ngos"]),
            entry("region", region=["ke"]),
            entry("partner", partner=["ngos"]),
        )
        assert keys(engine.search(ask(region="ke", partner="ngos"))) == ["both"]

    def test_a_facets_own_selection_never_shrinks_its_own_counts(self, index) -> None:
        engine = index(
            entry("a", region=["ke"], partner=["ngos"]),
            entry("b", region=["ng"], partner=["ngos"]),
            entry("c", region=["ng"], partner=["media"]),
        )
        before = engine.search(ask()).counts
        page = engine.search(ask(region="ke"))
        assert page.counts["region"] == before["region"] == {"ke": 1, "ng": 2}
        assert page.counts["partner"] == {"ngos": 1}

    def test_another_facets_selection_does_shrink_the_counts(self, index) -> None:
        engine = index(
            entry("a", region=["ke"], partner=["ngos"]),
            entry("b", region=["ng"], partner=["ngos"]),
            entry("c", region=["ng"], partner=["media"]),
        )
        page = engine.search(ask(partner="media"))
        assert page.counts["region"] == {"ng": 1}
        assert page.counts["partner"] == {"ngos": 2, "media": 1}

    def test_the_number_beside_a_value_is_the_total_after_the_click(self, index) -> None:
        engine = index(
            entry("a", region=["ke", "ng"], partner=["ngos"]),
            entry("b", region=["ng"], partner=["ngos"]),
            entry("c", region=["gh"], partner=["media"]),
            entry("d", region=["ke"], partner=["media"]),
        )
        request = ask(region="ke")
        page = engine.search(request)
        for facet, values in page.counts.items():
            for value, count in values.items():
                if value in request.selected.get(facet, ()):
                    continue
                told = page.after.get(facet, {}).get(value, count)
                assert told == engine.search(request.toggled(facet, value)).total, (facet, value)
        assert page.after["region"] == {"ng": 3, "gh": 3}

    def test_after_is_told_only_where_something_is_selected(self, index) -> None:
        engine = index(entry("a", region=["ke"]), entry("b", region=["ng"]))
        assert engine.search(ask()).after == {}
        assert engine.search(ask(region="ke")).after == {"region": {"ng": 2}}

    def test_a_parent_region_includes_its_children(self, index) -> None:
        africa = "sub-saharan-africa"
        engine = index(entry("ke", region=["ke", africa]), entry("all", region=[africa]))
        page = engine.search(ask(region=africa))
        assert page.total == 2
        assert page.counts["region"] == {africa: 2, "ke": 1}
        assert engine.search(ask(region=(africa, "ke"))).total == 2

    def test_all_values_are_reached(self, index) -> None:
        engine = index(*(entry(f"e{n}", tag=[f"tag-{n}", "all"]) for n in range(300)))
        counts = engine.search(ask()).counts["tag"]
        assert len(counts) == 301
        assert counts["all"] == 300

    def test_all_values_are_reached_with_few_hits_among_many(self, index) -> None:
        many = [entry(f"e{n}", "common", tag=["common"]) for n in range(200)]
        engine = index(entry("rare", "rare", tag=[f"tag-{n}" for n in range(30)]), *many)
        assert len(engine.search(ask("rare")).counts["tag"]) == 30

    def test_a_selected_value_that_is_in_no_entry_finds_nothing(self, index) -> None:
        engine = index(entry("a", region=["ke"]), entry("b", region=["ng"]))
        page = engine.search(ask(region="fr"))
        assert page.total == 0
        assert page.counts["region"] == {"ke": 1, "ng": 1}
        assert page.after["region"] == {"ke": 1, "ng": 1}

    def test_counts_leave_out_zeros(self, index) -> None:
        engine = index(entry("a", "apple", region=["ke"]), entry("b", "pear", region=["ng"]))
        page = engine.search(ask("apple"))
        assert page.counts["region"] == {"ke": 1}
        assert 0 not in {n for values in page.counts.values() for n in values.values()}

    def test_of_several_values_each_is_named_with_what_the_others_leave(self, index) -> None:
        engine = index(
            entry("a", "apple", region=["ke"], partner=["ngos"]),
            entry("b", "apple", region=["ng"], partner=["ngos"]),
            entry("c", "apple", region=["tz"], partner=["media"]),
            entry("d", "pear", region=["ke"], partner=["media"]),
            entry("e", "pear", region=["ng"], partner=["media"]),
        )
        page = engine.search(ask("apple", region=["ke", "ng"], partner="media"))
        assert page.total == 0
        assert page.drops == {
            ("region", "ke"): 0,
            ("region", "ng"): 0,
            ("partner", "media"): 2,
            ("q", ""): 2,
        }

    def test_kind_and_language_are_facets_like_others(self, index) -> None:
        engine = index(
            entry("a", kind="mou", translations={"fr": "Accord"}), entry("b", kind="exercise")
        )
        counts = engine.search(ask()).counts
        assert counts["kind"] == {"mou": 1, "exercise": 1}
        assert counts["language"] == {"en": 2, "fr": 1}
        assert keys(engine.search(ask(in_language="fr"))) == ["a"]

    def test_unknown_facets_and_values_are_ignored(self, index) -> None:
        engine = index(entry("a", region=["ke"]))
        known = {"region": {"ke"}}
        query = {"region": ["ke", "nowhere"], "colour": ["red"], "sort": ["odd"], "page": ["x"]}
        request = SearchRequest.from_query(query, language="en", known=known)
        assert engine.search(request).total == 1

    def test_what_leaves_nothing_is_named(self, index) -> None:
        engine = index(
            entry("a", "apple", region=["ke"], partner=["ngos"]),
            entry("b", "apple", region=["ng"], partner=["media"]),
            entry("c", "pear", region=["ke"], partner=["media"]),
        )
        page = engine.search(ask("apple", region="ke", partner="media"))
        assert page.total == 0
        assert not page.relaxed
        assert page.drops == {("region", "ke"): 1, ("partner", "media"): 1, ("q", ""): 1}
        assert engine.search(ask("apple")).drops == {}

    # --- 3: words

    def test_all_words_must_match_in_any_order(self, index) -> None:
        engine = index(
            entry("both", body="a partnership between libraries"),
            entry("one", body="a partnership between museums"),
        )
        assert keys(engine.search(ask("libraries partnership"))) == ["both"]

    def test_words_match_across_fields(self, index) -> None:
        engine = index(
            entry(
                "a",
                "Memorandum",
                summary="between neighbours",
                body="who lend books",
                labels={"en": ("Non-governmental organisations",)},
            )
        )
        assert engine.search(ask("memorandum neighbours books organisations")).total == 1

    def test_words_match_across_languages(self, index) -> None:
        engine = index(entry("a", "Memorandum", translations={"fr": "Bibliothèques voisines"}))
        assert keys(engine.search(ask("memorandum bibliotheques"))) == ["a"]
        # as they are written: an English reader's words are not stemmed as French ones
        assert engine.search(ask("bibliothèque memorandum")).relaxed

    def test_another_languages_stemmer_touches_no_word(self, index) -> None:
        engine = index(entry("a", "library"), entry("b", "libros", language="es"))
        assert engine.search(ask("libraryan ")).total == 0  # Spanish would cut it to "library"
        assert keys(engine.search(ask("libros "))) == ["b"]
        assert keys(engine.search(ask("libro ", "es"))) == ["b"]

    def test_quotes_make_a_phrase(self, index) -> None:
        engine = index(
            entry("row", body="a memorandum of understanding"),
            entry("apart", body="understanding what a memorandum is made of"),
            entry("other", body="of memorandum understanding"),
        )
        assert keys(engine.search(ask('"memorandum of understanding"'))) == ["row"]
        assert keys(engine.search(ask("«memorandum of understanding»"))) == ["row"]
        assert engine.search(ask("memorandum of understanding")).total == 3

    def test_a_phrase_never_reaches_from_one_field_into_the_next(self, index) -> None:
        engine = index(entry("a", "Public", summary="library", body="friends"))
        assert engine.search(ask('"public library"')).relaxed is False
        assert engine.search(ask('"public library"')).total == 0
        assert engine.search(ask('"public library" friends')).relaxed

    def test_a_phrase_is_found_without_its_accents(self, index) -> None:
        engine = index(entry("a", "Asociación de bibliotecarios", language="es"))
        assert engine.search(ask('"asociacion de bibliotecarios"')).total == 1

    def test_a_leading_minus_excludes(self, index) -> None:
        engine = index(
            entry("a", "Partnership agreement"),
            entry("b", "Partnership training"),
            entry("c", "Partnership", translations={"fr": "Training"}),
        )
        assert keys(engine.search(ask("partnership -training"))) == ["a"]
        assert keys(engine.search(ask("-training"))) == ["a"]

    def test_an_excluded_phrase_excludes_only_the_phrase(self, index) -> None:
        engine = index(entry("a", "open access policy"), entry("b", "access to open shelves"))
        assert keys(engine.search(ask('access -"open access"'))) == ["b"]

    def test_an_exclusion_is_no_prefix(self, index) -> None:
        engine = index(entry("a", "national library"))
        assert engine.search(ask("library -nat")).total == 1

    def test_the_last_word_is_a_beginning_where_no_entry_has_it(self, index) -> None:
        engine = index(
            entry("a", "International library mountain"), entry("b", "Inter-library loan, MOU")
        )
        assert keys(engine.search(ask("library intern"))) == ["a"]
        assert keys(engine.search(ask("library inter"))) == ["b"]  # a word of its own
        assert keys(engine.search(ask("mou"))) == ["b"]
        assert engine.search(ask("library int")).relaxed  # too short
        assert engine.search(ask("zebra intern")).relaxed
        assert keys(engine.search(ask("zebra intern"))) == ["a"]
        assert engine.search(ask("l")).total == 0

    def test_only_the_last_word_is_a_beginning(self, index) -> None:
        engine = index(entry("a", "International library"), entry("b", "library"))
        assert engine.search(ask("intern library")).relaxed
        assert not engine.search(ask("library intern")).relaxed
        assert engine.search(ask('intern "library"')).relaxed

    def test_stop_words_need_not_match(self, index) -> None:
        engine = index(entry("a", "Library partnership"))
        page = engine.search(ask("what is the partnership of a library"))
        assert (page.total, page.relaxed) == (1, False)

    def test_stop_words_alone_are_words(self, index) -> None:
        engine = index(entry("a", "To be or not to be"), entry("b", "Hamlet"))
        assert keys(engine.search(ask("to be or not to be"))) == ["a"]

    def test_repeated_words_keep_their_weight(self, index) -> None:
        engine = index(
            entry("libraries", body="library library library museum " + "filler " * 20),
            entry("museums", body="museum museum museum library " + "filler " * 20),
        )
        assert keys(engine.search(ask("library museum museum museum"))) == ["museums", "libraries"]
        assert keys(engine.search(ask("library library library museum"))) == [
            "libraries",
            "museums",
        ]

    def test_where_nothing_has_all_words_any_counts(self, index) -> None:
        engine = index(
            entry("three", body="apple pear plum", region=["ke"]),
            entry("two", body="apple pear", region=["ng"]),
            entry("one", body="plum", region=["gh"]),
            entry("none", body="bread", region=["gh"]),
        )
        page = engine.search(ask("apple pear plum cherry"))
        assert page.relaxed
        assert keys(page)[0] == "three"
        assert (page.total, page.more, page.others) == (3, 0, ())
        assert page.counts["region"] == {"ke": 1, "ng": 1, "gh": 1}

    def test_behind_what_has_all_words_stands_what_has_some(self, index) -> None:
        """Catches: one accidental entry with all the words of a long question, and nothing else."""
        engine = index(
            entry("all", body="need template local newspaper " + "filler " * 50, region=["ke"]),
            entry("best", "Newspaper template", body="a template", region=["ke"]),
            entry("some", body="newspaper", region=["ng"]),
            entry("none", body="bread", region=["ke"]),
        )
        page = engine.search(ask("we need a template for the local newspaper"))
        assert (page.total, page.more, page.relaxed) == (1, 2, False)
        assert keys(page) == ["all"]
        assert [hit.key for hit in page.others] == ["best", "some"]
        assert page.counts["region"] == {"ke": 1}
        page = engine.search(ask("need template local newspaper", region="ke"))
        assert (page.total, page.more) == (1, 1)
        assert [hit.key for hit in page.others] == ["best"]

    def test_pages_run_through_both(self, index) -> None:
        engine = index(
            *(entry(f"both{n}", body="apple pear") for n in range(4)),
            *(entry(f"one{n}", body="apple") for n in range(4)),
        )
        for sort in Sort:
            pages = [
                engine.search(ask("apple pear", page=n, page_size=3, sort=sort)) for n in (1, 2, 3)
            ]
            assert [(page.total, page.more) for page in pages] == [(4, 4)] * 3
            assert [(len(page.hits), len(page.others)) for page in pages] == [
                (3, 0),
                (1, 2),
                (0, 2),
            ]
            assert len({key for page in pages for key in listed(page)}) == 8

    def test_what_facets_leave_nothing_of_is_still_followed_by_the_rest(self, index) -> None:
        engine = index(entry("a", "apple pear", region=["ke"]), entry("b", "apple", region=["ng"]))
        page = engine.search(ask("apple pear", region="ng"))
        assert (page.total, page.more, page.relaxed) == (0, 1, False)
        assert [hit.key for hit in page.others] == ["b"]

    def test_a_facet_never_relaxes_a_search(self, index) -> None:
        engine = index(entry("a", "apple pear", region=["ke"]), entry("b", "apple", region=["ng"]))
        page = engine.search(ask("apple pear", region="ng"))
        assert (page.total, page.relaxed) == (0, False)
        assert page.drops["region", "ng"] == 1

    def test_an_exclusion_holds_in_a_relaxed_search(self, index) -> None:
        engine = index(entry("a", "apple bread"), entry("b", "apple"))
        page = engine.search(ask("apple cherry -bread"))
        assert (keys(page), page.relaxed) == (["b"], True)

    def test_words_that_are_nowhere_find_nothing(self, index) -> None:
        engine = index(entry("a", "apple", region=["ke"]))
        page = engine.search(ask("qwertz", region="ke"))
        assert (page.total, page.relaxed, page.hits) == (0, False, ())
        assert page.drops == {("region", "ke"): 0, ("q", ""): 1}

    def test_a_misspelling_gets_a_suggestion(self, index) -> None:
        engine = index(
            entry("a", "Memorandum of understanding"), entry("b", "Memorandum"), entry("c", "Mora")
        )
        assert engine.search(ask("memorandom")).suggestion == "memorandum"
        assert (
            engine.search(ask("memorandom of undrestanding")).suggestion
            == "memorandum of understanding"
        )
        assert engine.search(ask("memorandum")).suggestion is None
        assert engine.search(ask("memo")).suggestion is None
        assert engine.search(ask("xylophone")).suggestion is None

    def test_a_suggestion_is_written_with_its_accents(self, index) -> None:
        engine = index(entry("a", "Asociación nacional", language="es"))
        assert engine.search(ask("asosiación", "es")).suggestion == "asociación"

    def test_a_suggestion_prefers_the_frequent_word(self, index) -> None:
        frequent = [entry(f"e{n}", "partner") for n in range(5)]
        engine = index(entry("a", "parther"), *frequent)
        assert engine.search(ask("parmner")).suggestion == "partner"

    def test_a_suggestion_is_a_word_of_the_readers_language(self, index) -> None:
        engine = index(entry("a", "Bibliothek", language="de"), entry("b", "library"))
        assert engine.search(ask("Biblithek", "de")).suggestion == "bibliothek"
        assert engine.search(ask("Biblithek", "en")).suggestion is None
        assert engine.search(ask("libary", "de")).suggestion is None

    def test_a_suggestion_leaves_what_is_written_onto_an_arabic_word(self, index) -> None:
        """Catches: a right word respelt (with funding → by delegation)."""
        engine = index(
            entry("a", "تمويل المكتبات", language="ar"),
            *(entry(f"b{n}", "بتفويض", language="ar") for n in range(3)),
        )
        assert engine.search(ask("بتمويل", "ar")).suggestion == "تمويل"

    def test_a_suggestion_prefers_first_letter_then_distance(self, index) -> None:
        engine = index(
            entry("a", "walnut"),
            *(entry(f"h{n}", "halnot") for n in range(3)),
            entry("b", "walnutto"),
            *(entry(f"p{n}", "partner partnar") for n in range(3)),
            entry("c", "partnor", language="fr"),
        )
        # "halnot" is as near and more frequent
        assert engine.search(ask("walnot")).suggestion == "walnut"
        assert engine.search(ask("awlnutto")).suggestion == "walnutto"
        assert engine.search(ask("partnur", "fr")).suggestion == "partnor"
        assert engine.search(ask("partnur", "en")).suggestion == "partnar"

    def test_a_suggestion_is_a_word_that_an_entry_has_now(self, index) -> None:
        engine = index(entry("a", "lobster"), entry("b", "else"))
        engine.upsert([entry("c", "octopus")])
        assert engine.search(ask("octapus")).suggestion == "octopus"
        engine.delete(["a"])
        assert engine.search(ask("lobsters lobstar")).suggestion is None

    def test_a_suggestion_leaves_numbers_chinese_and_short_words_alone(self, index) -> None:
        engine = index(entry("a", "2019 covid19 mou", translations={"zh": "图书馆协会"}))
        for asked in ("2018", "covid18", "图书店", "mo"):
            assert engine.search(ask(asked)).suggestion is None
        assert engine.search(ask("moo")).suggestion == "mou"

    def test_words_without_letters_ask_nothing(self, index) -> None:
        engine = index(entry("a"), entry("b"))
        page = engine.search(ask("??? !"))
        assert (page.total, page.relaxed) == (2, False)

    # --- 4: languages

    def test_the_same_words_mean_what_the_readers_language_makes_of_them(self, index) -> None:
        """What is remembered of one reader's question never answers another language's."""
        engine = index(
            entry("a", "die bibliothek", language="de"),
            entry("b", "bibliothek", language="de"),
            entry("c", "die hard bibliothek"),
        )
        for _ in range(2):
            assert engine.search(ask("die bibliothek ", "de")).total == 3
            assert engine.search(ask("die bibliothek ", "en")).total == 2

    @pytest.mark.parametrize(
        ("language", "written", "asked"),
        [
            ("en", "libraries", "library"),
            ("de", "Bibliotheken", "Bibliothek"),
            ("de", "Verträge", "vertrag"),
            ("es", "asociaciones", "asociación"),
            ("es", "asociación", "asociacion"),
            ("fr", "Bibliothèques", "bibliotheque"),
            ("fr", "l’accord", "accord"),
            ("fr", "accord", "l'accord"),
            ("ru", "библиотеками", "библиотека"),
            ("ru", "учёба", "учеба"),
            ("ru", "йогурт", "йогурт"),
            ("ar", "الكتاب", "كتاب"),
            ("ar", "كتاب", "الكتاب"),
            ("ar", "والمكتبات", "مكتبة"),
            ("ar", "إتفاقية", "اتفاقيه"),
            ("ar", "مُذَكِّرة", "مذكرة"),
            ("zh", "中国图书馆协会", "图书馆协会"),
            ("zh", "图书馆", "图"),
            ("zh", "图书馆", "馆"),
            ("en", "SDG 16.10", "16.10"),
            ("en", "SDG 5.b", "5B"),
            ("en", "SDG 5.b", "5.B"),
            ("en", "CAFÉ", "cafe\u0301"),
            ("de", "Straße", "strasse"),
        ],
    )
    def test_forms_of_a_word_find_each_other(self, index, language, written, asked) -> None:
        engine = index(entry("a", written, language=language), entry("b", "else"))
        page = engine.search(ask(f"{asked} ", language))
        assert (keys(page), page.relaxed) == (["a"], False)
        assert page.hits[0].title_html.count("<mark>") == 1

    @pytest.mark.parametrize("language", SPELLINGS)
    def test_spellings_of_one_word_find_each_other(self, index, language) -> None:
        pairs = SPELLINGS[language]
        assert len(pairs) >= 20
        engine = index(
            *(
                entry(f"e{number:02}", "x", language=language, body=written)
                for number, (written, _asked) in enumerate(pairs)
            )
        )
        missed = []
        for number, (written, asked) in enumerate(pairs):
            page = engine.search(ask(f"{asked} ", language, page_size=50))
            if page.relaxed or f"e{number:02}" not in keys(page):
                missed.append((written, asked))
        assert missed == []

    def test_short_i_is_a_letter_of_its_own(self, index) -> None:
        engine = index(entry("a", "война", language="ru"), entry("b", "воина", language="ru"))
        assert keys(engine.search(ask("война", "ru"))) == ["a"]

    def test_chinese_words_need_all_their_pairs(self, index) -> None:
        engine = index(
            entry("a", "中国图书馆协会", language="zh"), entry("b", "图书出版", language="zh")
        )
        assert keys(engine.search(ask("图书馆协会", "zh"))) == ["a"]
        assert engine.search(ask("图书", "zh")).total == 2

    def test_labels_in_all_languages_are_synonyms(self, index) -> None:
        labels = {
            "ru": ("Меморандум о взаимопонимании",),
            "en": ("Memorandum of understanding", "MOU"),
            "zh": ("谅解备忘录",),
        }
        engine = index(entry("mou", "Template", kind="mou", labels=labels), entry("b", "Else"))
        for asked in ("меморандум", "MOU", "谅解备忘录", "memorandum"):
            for reader in ("en", "ru", "zh", "ar"):
                assert keys(engine.search(ask(asked, reader))) == ["mou"]

    def test_a_hit_is_shown_in_the_readers_language(self, index) -> None:
        engine = index(entry("a", "Agreement", translations={"fr": "Accord"}))
        hit = engine.search(ask("agreement", "fr")).hits[0]
        assert (hit.language, hit.title, hit.url) == ("fr", "Accord", "/fr/a/")
        assert hit.languages == ("en", "fr")

    def test_a_hit_falls_back_to_its_original(self, index) -> None:
        engine = index(entry("a", "Acuerdo", language="es", translations={"fr": "Accord"}))
        hit = engine.search(ask("acuerdo", "ar")).hits[0]
        assert (hit.language, hit.title) == ("es", "Acuerdo")

    def test_works_in_the_readers_language_come_first(self, index) -> None:
        french = Version("fr", "Autre chose", "/fr/b/", body="un jour memorandum")
        engine = index(
            entry("a", "memorandum memorandum", body="memorandum " * 5),
            entry("b", "Other", translations={"fr": french}),
        )
        assert keys(engine.search(ask("memorandum", "fr"))) == ["b", "a"]
        assert keys(engine.search(ask("memorandum", "en")))[0] == "a"

    def test_pages_run_across_the_border_of_languages(self, index) -> None:
        engine = index(
            *(entry(f"fr{n}", "memorandum", translations={"fr": "Note"}) for n in range(5)),
            *(entry(f"en{n}", "memorandum") for n in range(5)),
        )
        found = []
        for page in range(1, 5):
            found += keys(engine.search(ask("memorandum", "fr", page=page, page_size=3)))
        assert found == [f"fr{n}" for n in range(5)] + [f"en{n}" for n in range(5)]

    def test_a_title_counts_on_top_of_the_text(self, index) -> None:
        engine = index(
            entry("a", "Notes on something", body="harvest other"),
            entry("b", "Notes on harvest", body="something other"),
        )
        assert keys(engine.search(ask("harvest"))) == ["b", "a"]

    def test_letters_in_common_order_what_is_found_and_find_nothing(self, index) -> None:
        """A part of a German compound is no word of its own; its letters are all there."""
        engine = index(
            entry("a", "Satzung", body="Verein der Hundehalter", language="de"),
            entry("b", "Satzung", body="Verein der Bibliotheksleute", language="de"),
            entry("c", "Bibliothekskonferenz", language="de"),
        )
        page = engine.search(ask("Bibliothek Verein", "de"))
        assert (keys(page), page.relaxed, page.more) == (["b", "a"], True, 0)
        assert engine.search(ask("Bibliothek -nichts", "de")).total == 0

    # --- names: what the words are names of

    def test_a_name_is_had_by_what_has_its_value(self, index) -> None:
        engine = index(
            entry("classified", "Agreement", partner=["ngos"]),
            entry("said", "Agreement with an NGO"),
            entry("neither", "Agreement"),
        )
        page = engine.search(ask("ngo agreement", named=(NGO,)))
        assert sorted(keys(page)) == ["classified", "said"]
        assert [hit.key for hit in page.others] == ["neither"]
        assert engine.search(ask("ngo agreement -ngo", named=(NGO,))).total == 1

    def test_a_name_is_had_by_what_holds_for_all_behind_its_own(self, index) -> None:
        every = ("region", "every-region")
        africa = Named(("africa",), (("region", "africa"),), general=(every,))
        engine = index(
            *(entry(f"every{n}", "Agreement", region=["every-region"]) for n in range(4)),
            entry("own", "Agreement", region=["africa"]),
            entry("elsewhere", "Agreement", region=["asia"]),
        )
        page = engine.search(ask("africa agreement", named=(africa,)))
        assert (page.total, keys(page)[0]) == (5, "own")
        assert [hit.key for hit in page.others] == ["elsewhere"]
        assert page.counts["region"] == {"every-region": 4, "africa": 1}

    def test_what_is_named_comes_first_the_rarer_the_sooner(self, index) -> None:
        media = Named(("media",), (("partner", "media"),))
        engine = index(
            entry("neither", "Paper", body="ngo media media"),
            entry("ngos", "Paper", body="ngo media", partner=["ngos"]),
            entry("media", "Paper", body="ngo media", partner=["media"]),
            *(entry(f"more{n}", "Paper", partner=["ngos"]) for n in range(5)),
        )
        found = keys(engine.search(ask("ngo media", named=(NGO, media))))
        assert (found[:2], found[-1]) == (["media", "ngos"], "neither")

    def test_a_name_counts_where_the_title_has_its_label(self, index) -> None:
        engine = index(
            entry("a", "Guide to partners", body="other", partner=["ngos"]),
            entry("b", "Guide to non-governmental organisations", partner=["ngos"]),
        )
        assert keys(engine.search(ask("ngo guide", named=(NGO,)))) == ["b", "a"]

    # --- 5: order and highlights

    def test_without_words_the_newest_come_first(self, index) -> None:
        engine = index(
            entry("old", published=datetime.date(2020, 1, 1)),
            entry("undated", published=None),
            entry("new", published=datetime.date(2026, 1, 1)),
        )
        assert keys(engine.search(ask())) == ["new", "old", "undated"]

    def test_equal_scores_are_ordered_by_key(self, index) -> None:
        numbers = [(n * 37) % 100 for n in range(100)]
        engine = index(*(entry(f"key-with-a-long-beginning-{n:02}", "same") for n in numbers))
        found = []
        for page in range(1, 6):
            found += keys(engine.search(ask("same", page=page)))
        assert found == sorted(found)
        assert len(found) == 100

    def test_equal_days_are_ordered_by_key(self, index) -> None:
        engine = index(entry("c"), entry("a"), entry("b"))
        assert keys(engine.search(ask(sort=Sort.NEWEST))) == ["a", "b", "c"]

    def test_order_outlives_changes_and_rebuilds(self, index) -> None:
        entries = [entry(f"e{n:02}", "same", body="x" * (n % 3)) for n in range(40)]
        engine = index(*entries)
        before = keys(engine.search(ask("same", page_size=40)))
        engine.upsert(entries[10:20])
        assert keys(engine.search(ask("same", page_size=40))) == before
        engine.rebuild(reversed(entries))
        assert keys(engine.search(ask("same", page_size=40))) == before

    def test_titles_are_sorted_as_the_reader_sees_them(self, index) -> None:
        engine = index(
            entry("1", "Zebra", translations={"fr": "Âne"}),
            entry("2", "apple", translations={"fr": "pomme"}),
            entry("3", "Mango"),
        )
        assert keys(engine.search(ask(sort=Sort.TITLE))) == ["2", "3", "1"]
        assert keys(engine.search(ask(language="fr", sort=Sort.TITLE))) == ["1", "3", "2"]

    def test_pages_beyond_the_last_are_empty(self, index) -> None:
        engine = index(*(entry(f"e{n}", "same") for n in range(5)))
        for text in ("", "same"):
            page = engine.search(ask(text, page=3, page_size=3))
            assert (page.total, page.hits) == (5, ())

    @pytest.mark.parametrize(
        "hostile",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "\"><svg/onload=alert('x')>",
            "&lt;b&gt; &amp; <mark>fake</mark>",
            "<mark><script>library</script></mark>",
            "</mark><b>",
            "\u202e<b>\u0000\ufffe",
        ],
    )
    def test_highlights_are_text_with_marks_only(self, index, hostile) -> None:
        text = f"{hostile} library {hostile}"
        engine = index(entry("a", text, summary=text, body=text))
        for asked in ("library", f"library {hostile}"):
            for hit in engine.search(ask(asked)).hits:
                for html in (hit.title_html, hit.highlight):
                    assert "library" in marked(html)
                    rest = re.sub(r"</?mark>", "", html)
                    assert "<" not in rest
                    assert ">" not in rest
                    assert re.sub(r"&(amp|lt|gt|quot|#x27|#39);", "", rest).count("&") == 0

    def test_a_highlight_shows_the_passage_that_matched(self, index) -> None:
        body = "nothing here " * 200 + "the needle stands here " + "nothing there " * 200
        engine = index(entry("a", "Haystack", body=body))
        hit = engine.search(ask("needle")).hits[0]
        assert marked(hit.highlight) == ["needle"]
        assert len(hit.highlight) < 300
        assert hit.title_html == "Haystack"

    def test_a_hit_carries_what_the_page_shows(self, index) -> None:
        engine = index(
            entry("a", "Title", summary="Summary", kind="mou", region=["ke", "africa"], body="x")
        )
        hit = engine.search(ask()).hits[0]
        assert (hit.key, hit.kind, hit.title, hit.summary) == ("a", "mou", "Title", "Summary")
        assert hit.url == "/en/a/"
        assert hit.published == "2026-11-20"
        assert dict(hit.facets)["region"] == ("africa", "ke")

    # --- 6: what a search may cost, and bad input

    @pytest.mark.parametrize(
        "text",
        ["\x00", "a" * 300, "*", "na*", ".*", "[", "a\\", "( OR )", "field:x", "-", '"', '-"a',
         "😀", "\ud800", "\u0301", "ﷺ", "İ", "a.b.c", "5.", "|", "a | b", "text_en:a^9"],
    )  # fmt: skip
    def test_any_text_gets_an_answer(self, index, text) -> None:
        engine = index(entry("a", "apple"))
        page = engine.search(ask(text))
        assert page.total in (0, 1)
        engine.suggest(text, language="en")

    def test_as_many_words_as_may_be_asked_get_an_answer(self, index) -> None:
        engine = index(entry("a", "alpha beta"))
        page = engine.search(ask(" ".join(f"word{n}" for n in range(MAX_WORDS - 1)) + " alpha"))
        assert (page.total, page.relaxed) == (1, True)
        known = " ".join(f"known{n}" for n in range(MAX_WORDS))
        engine.upsert([entry("b", body=known), entry("c", body=known[:200])])
        page = engine.search(ask(known))
        assert (page.total, page.more) == (1, 1)

    # --- keeping

    def test_an_upsert_is_found_at_once(self, index) -> None:
        engine = index(entry("a", "apple"))
        engine.upsert([entry("b", "banana"), entry("a", "cherry")])
        assert keys(engine.search(ask("banana"))) == ["b"]
        assert engine.search(ask("apple")).total == 0
        assert engine.search(ask()).total == 2
        assert engine.search(ask()).counts["kind"] == {"guideline": 2}

    def test_an_upsert_of_the_same_key_twice_keeps_the_last(self, index) -> None:
        engine = index(entry("a", "apple"))
        engine.upsert([entry("b", "banana"), entry("b", "cherry")])
        assert engine.search(ask()).total == 2
        assert engine.search(ask("cherry")).total == 1

    def test_what_is_deleted_is_gone_from_hits_and_counts(self, index) -> None:
        engine = index(entry("a", "apple", tag=["red"]), entry("b", "banana", tag=["yellow"]))
        engine.delete(["b", "unknown"])
        page = engine.search(ask())
        assert (keys(page), page.counts["tag"]) == (["a"], {"red": 1})
        assert engine.search(ask("banana")).total == 0

    def test_a_rebuild_replaces_everything(self, index) -> None:
        engine = index(entry("a"), entry("b"))
        assert engine.rebuild([entry("c"), entry("d"), entry("e")]) == 3
        assert sorted(keys(engine.search(ask()))) == ["c", "d", "e"]

    def test_a_rebuild_with_nothing_is_empty(self, index) -> None:
        engine = index()
        page = engine.search(ask("anything", region="ke"))
        assert (page.total, page.hits, page.suggestion) == (0, (), None)
        assert not any(page.counts.values())
        assert engine.fingerprints() == {}

    def test_fingerprints_tell_what_the_index_holds(self, index) -> None:
        first, second = entry("a", "apple"), entry("key with spaces", "banana")
        engine = index(first, second)
        changed = entry("a", "apricot")
        engine.upsert([changed])
        assert engine.fingerprints() == {
            "a": changed.fingerprint(),
            "key with spaces": second.fingerprint(),
        }

    # --- files

    BUDGET = AttachedFile(
        "en", "Budget <b>2026</b>", "/documents/3/budget.docx",
        "Paper and toner. Subscriptions of the provincial libraries & their rent.", "DOCX", 2048,
    )  # fmt: skip

    def test_the_words_of_a_file_find_its_entry_and_say_so(self, index) -> None:
        engine = index(
            entry("has", title="A plan", body="What it costs.", files=[self.BUDGET]),
            entry("has-not", title="A plan", body="What it takes."),
        )
        page = engine.search(ask("subscription"))
        assert keys(page) == ["has"]
        assert (page.total, page.counts["kind"]) == (1, {"guideline": 1})
        found = page.hits[0].found_in
        assert found is not None
        assert (found.title, found.url) == (self.BUDGET.title, self.BUDGET.url)
        assert (found.language, found.format, found.size) == ("en", "DOCX", 2048)
        assert marked(found.highlight) == ["Subscriptions"]
        assert "libraries &amp; their" in found.highlight
        assert found.title_html == "Budget &lt;b&gt;2026&lt;/b&gt;"
        assert marked(engine.search(ask("budget")).hits[0].found_in.title_html) == ["Budget"]

    def test_words_match_across_a_text_and_its_files(self, index) -> None:
        engine = index(entry("a", title="A plan", files=[self.BUDGET]), entry("b", title="A plan"))
        assert keys(engine.search(ask("plan toner"))) == ["a"]
        assert keys(engine.search(ask("plan -toner"))) == ["b"]
        assert keys(engine.search(ask('"provincial libraries"'))) == ["a"]
        assert not engine.search(ask("plan provinzial")).hits[0].found_in

    def test_a_file_is_named_only_where_the_work_itself_shows_no_word(self, index) -> None:
        engine = index(entry("a", title="Toner", files=[self.BUDGET]))
        assert engine.search(ask("toner")).hits[0].found_in is None
        assert engine.search(ask()).hits[0].found_in is None

    def test_what_has_a_word_in_its_text_comes_before_what_has_it_in_a_file(self, index) -> None:
        others = [entry(f"x{n}", title="Something else") for n in range(6)]
        engine = index(
            entry("a", title="Ink", files=[self.BUDGET]),
            entry("b", title="Ink", body=f"{'Nothing of it. ' * 40} Toner."),
            *others,
        )
        assert keys(engine.search(ask("toner"))) == ["b", "a"]

    def test_files_are_read_in_their_own_language_and_found_by_whole_words_in_others(
        self, index
    ) -> None:
        french = AttachedFile("fr", "Le budget", "/documents/4/b.pdf", "Les abonnements.")
        other = AttachedFile("pt", "Orçamento", "/documents/5/o.pdf", "As assinaturas.")
        engine = index(entry("a", title="A plan", files=[french, other]))
        assert keys(engine.search(ask("abonnement", "fr"))) == ["a"]
        assert engine.search(ask("abonnement", "en")).total == 0
        assert engine.search(ask("abonnements", "en")).hits[0].found_in.url == french.url
        assert engine.search(ask("assinaturas", "ar")).hits[0].found_in.url == other.url

    def test_a_file_in_the_readers_language_is_named_before_others(self, index) -> None:
        files = [
            AttachedFile(code, "Logo", f"/documents/{code}/", "Spirograph.")
            for code in ("en", "fr")
        ]
        engine = index(entry("a", title="A plan", files=files))
        named = [engine.search(ask("spirograph", code)).hits[0].found_in for code in ("fr", "en")]
        assert [found.language for found in named] == ["fr", "en"]

    def test_a_word_of_a_file_is_no_misspelling(self, index) -> None:
        engine = index(entry("a", title="Donor", files=[self.BUDGET]))
        assert engine.search(ask("toner")).suggestion is None
        assert engine.search(ask('"toner donor"')).suggestion is None

    def test_an_entry_goes_with_its_files_and_files_go_alone(self, index) -> None:
        engine = index(entry("a", title="A plan", files=[self.BUDGET]))
        assert engine.search(ask("toner")).total == 1
        engine.upsert([entry("a", title="A plan")])
        assert engine.search(ask("toner")).total == 0

    def test_health_says_how_many_entries_there_are(self, index) -> None:
        health = index(entry("a"), entry("b")).health()
        assert (health.status, health.entries) == ("ok", 2)

    def test_without_an_index_it_says_so(self, engine) -> None:
        with pytest.raises(EngineUnavailable):
            engine.search(ask("apple"))
        assert engine.health().status in ("down", "rebuilding")

    # --- why it was found

    @pytest.mark.parametrize("language", SPELLINGS)
    def test_every_hit_says_why_it_was_found(self, index, language) -> None:
        """Twenty queries a language, whole and as beginnings: each hit has a marked word, or is
        told to be in another language's text or under a term with the word in a name."""
        other = "fr" if language != "fr" else "de"
        entries, terms = [], []
        for number, (written, asked) in enumerate(SPELLINGS[language]):
            there = Version(other, "x", f"/{other}/v{number}/", body=f"x {asked}")
            names = {"en": f"Term {number}", language: f"x {written} x"}
            terms.append(TermValue(f"t{number}", names, also_known_as={other: (f"x {asked}",)}))
            labels = {code: (name,) for code, name in names.items()}
            labels[other] = (*labels.get(other, ()), f"x {asked}")
            entries += [
                entry(f"text{number}", "x", language=language, body=written),
                entry(f"title{number}", written, language=language, body="x"),
                entry(f"version{number}", "x", language=language, translations={other: there}),
                entry(f"term{number}", "x", language=language, tag=[f"t{number}"], labels=labels),
            ]
        engine = index(*entries)
        known = {name: Vocabulary(()) for name in NAMED_FACETS} | {"tag": Vocabulary(terms)}
        named = Names(known)
        unexplained, seen = [], set()
        for _written, asked in SPELLINGS[language]:
            beginning = asked[: max(4, len(asked) - 2)]
            for text in (asked, f"{asked} ", f"{asked} x", beginning, f'"{asked}"'):
                request = ask(text, language, page_size=50)
                request = request.with_text(text, names=named)
                page = engine.search(request)
                reasons = Reasons(request, known)
                for hit in (*page.hits, *page.others):
                    drawn = card(hit, language=language, vocabularies=known, reasons=reasons)
                    is_marked = "<mark>" in f"{drawn.title}{drawn.text}"
                    told = (is_marked, bool(drawn.classified), bool(drawn.elsewhere))
                    seen.add(told)
                    if sum(told) != 1:
                        unexplained.append((text, hit.key, told))
        assert unexplained == []
        assert len(seen) == 3  # each of the three was needed

    def test_a_hit_tells_the_language_that_has_the_words(self, index) -> None:
        engine = index(
            entry("a", "Plan", translations={"fr": "Une bibliothèque", "de": "Bücherei"}),
            entry("b", "Une bibliothèque", language="fr"),
        )
        found = {hit.key: hit for hit in engine.search(ask("bibliothèque", "en")).hits}
        assert (found["a"].language, found["a"].elsewhere) == ("en", "fr")
        assert (found["b"].language, found["b"].elsewhere) == ("fr", "")
        assert engine.search(ask("", "en")).hits[0].elsewhere == ""

    # --- completion

    def test_completion_gives_titles_first(self, index) -> None:
        engine = index(
            entry("a", "Memorandum of understanding"),
            entry("b", "How to read a memorandum"),
            entry("c", "Memory", body="memorial"),
        )
        found = completed(engine, "memor")
        assert found[:3] == ["Memorandum of understanding", "Memory", "How to read a memorandum"]
        assert completed(engine, "xyz") == completed(engine, "") == []
        assert len(engine.suggest("memor", language="en", limit=2)) == 2

    def test_completion_gives_titles_in_the_readers_language_and_where_they_lead(
        self, index
    ) -> None:
        engine = index(
            entry("a", "Library plan", translations={"fr": "Plan de la bibliothèque"}),
            entry("b", "Plan", body="planète"),
        )
        found = engine.suggest("plan", language="fr")
        assert found[:2] == [
            Completion("Plan de la bibliothèque", "/fr/a/"),
            Completion("Plan", "/en/b/"),
        ]
        assert all(not word.url for word in found[2:])

    def test_completion_goes_on_behind_an_apostrophe(self, index) -> None:
        engine = index(
            entry("a", "Protocole d’accord", body="accordéon", language="fr"),
            entry("b", "Protocole de paix", body="Paris dit", language="fr"),
        )
        for typed in ("protocole d'a", "protocole d’acc", "Protocole d\u02bcaccord"):
            assert completed(engine, typed, "fr")[0] == "Protocole d’accord", typed
        # One letter begins too many words to say which
        found = ["Protocole d’accord", "Protocole de paix"]
        assert completed(engine, "protocole d", "fr") == found
        assert completed(engine, "protocole d'", "fr") == found
        assert completed(engine, "d'accor", "fr")[-1] == "d'accordéon"
        assert completed(engine, "d", "fr") == completed(engine, "l'd", "fr") == []

    def test_completion_reads_no_more_than_a_title_is_known_by(self, index) -> None:
        engine = index(entry("a", "One two three four five six seven eight nine"))
        assert completed(engine, "one two three four five six seven ei")
        assert completed(engine, "one two three four five six seven eight ni") == []

    def test_completion_finishes_the_last_word_by_the_most_frequent(self, index) -> None:
        engine = index(
            entry("a", "One", body="accord Bibliothèque bibliothécaire", language="fr"),
            entry("b", "Two", body="bibliothèque", language="fr"),
            entry("c", "Three", body="bibliometric"),
        )
        assert completed(engine, "l’accord bibl", "fr") == [
            "l’accord bibliothèque",
            "l’accord bibliothécaire",
        ]
        engine.delete(["a"])
        assert completed(engine, "bibl", "fr") == ["bibliothèque"]

    # --- all of it at once

    def test_it_agrees_with_the_oracle_on_random_collections(self, engine) -> None:
        @settings(
            max_examples=self.examples, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(collections(), st.lists(requests(), min_size=12, max_size=12))
        def agrees(collection: list[SearchEntry], asked: list[SearchRequest]) -> None:
            engine.rebuild(collection)
            oracle = Oracle(collection)
            for request in asked:
                agree(engine, oracle, request)

        agrees()

    def test_it_agrees_with_the_oracle_after_changes(self, engine) -> None:
        @settings(
            max_examples=max(self.examples // 3, 5),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(collections(), collections(), st.lists(requests(), min_size=6, max_size=6))
        def agrees(
            first: list[SearchEntry], later: list[SearchEntry], asked: list[SearchRequest]
        ) -> None:
            engine.rebuild(first)
            engine.upsert(later)
            gone = [e.key for e in first[::3]]
            engine.delete(gone)
            kept = {e.key: e for e in (*first, *later) if e.key not in gone}
            oracle = Oracle(kept.values())
            for request in asked:
                agree(engine, oracle, request)
            assert engine.fingerprints() == {k: e.fingerprint() for k, e in kept.items()}

        agrees()


def agree(engine: SearchEngine, oracle: Oracle, request: SearchRequest) -> None:
    """One answer is the oracle's in all that does not depend on scores, and its pages join."""
    page, expected = engine.search(request), oracle.search(request)
    said = f"{request.text!r} in {request.language}, {dict(request.selected)}, {request.sort}"
    assert (page.total, page.more) == (expected.total, expected.more), said
    assert page.relaxed == expected.relaxed, said
    assert {f: dict(v) for f, v in page.counts.items() if v} == expected.counts, said
    assert {f: dict(v) for f, v in page.after.items()} == expected.after, said
    assert dict(page.drops) == expected.drops, said
    found: list[str] = []
    for number in range(1, (expected.total + expected.more) // request.page_size + 2):
        found += listed(engine.search(request.on_page(number)))
    assert len(found) == expected.total + expected.more, said
    if expected.groups is None:
        assert tuple(found) == expected.order, said
    else:
        assert sorted(found) == sorted(expected.order), said
        groups = [expected.groups[key] for key in found]
        assert groups == sorted(groups), said


# --- Random collections: few words and values, so that they meet --------------------------------

WORDS = {
    "ar": ("كتاب", "الكتاب", "والمكتبات", "مكتبة", "في", "مُذكِّرة"),
    "de": ("Bücher", "Buch", "die", "Verträge", "Vertrag", "national"),
    "en": ("library", "libraries", "the", "agreement", "agree", "national", "nation", "5.b", "x"),
    "es": ("asociación", "asociaciones", "asociacion", "la", "libro", "nación"),
    "fr": ("bibliothèque", "l’accord", "accords", "et", "nationale", "été"),
    "ru": ("библиотека", "библиотеки", "и", "ёлка", "елки", "мой"),
    "zh": ("图书馆协会", "图书馆", "图", "协会", "的", "MOU模板", "书"),
}
ANY_WORD = st.sampled_from([word for words in WORDS.values() for word in words])
FACETS = {
    "region": ("africa", "africa ke", "africa ng", "europe", "europe fr", "europe de"),
    "partner": ("ngos", "media", "business"),
    "tag": ("a", "b", "c", "d e"),
}


@st.composite
def versions(draw: st.DrawFn, language: str, key: str) -> Version:
    words = st.lists(st.sampled_from(WORDS[language]), max_size=5).map(" ".join)
    title = draw(st.sampled_from(WORDS[language]))
    return Version(language, title, f"/{language}/{key}/", draw(words), draw(words))


@st.composite
def collections(draw: st.DrawFn) -> list[SearchEntry]:
    found = []
    names = draw(st.lists(st.integers(0, 40), max_size=14, unique=True))
    for name in names:
        key = f"{name:x}" if name % 2 else f"a-long-key-with-the-same-start-{name}"
        codes = draw(st.lists(st.sampled_from(list(WORDS)), min_size=1, max_size=3, unique=True))
        texts = {code: draw(versions(code, key)) for code in codes}
        facets = {"language": frozenset(codes), "kind": frozenset({"mou"})}
        for facet, values in FACETS.items():
            chosen = draw(st.lists(st.sampled_from(values), max_size=2))
            if chosen:
                # "africa ke" stands for Kenya with its parent
                split = [v.split() if facet == "region" else [v] for v in chosen]
                facets[facet] = frozenset(value for values_ in split for value in values_)
        labels = {}
        if draw(st.booleans()):
            language = draw(st.sampled_from(list(WORDS)))
            labels[language] = (draw(st.sampled_from(WORDS[language])),)
        day = draw(st.sampled_from([None, DAY, DAY - datetime.timedelta(days=400)]))
        in_languages = draw(st.lists(st.sampled_from([*WORDS, "pt"]), max_size=2))
        files = tuple(
            AttachedFile(
                language, draw(ANY_WORD), f"/documents/{n}/",
                " ".join(draw(st.lists(ANY_WORD, min_size=1, max_size=4))),
            )
            for n, language in enumerate(in_languages)
        )  # fmt: skip
        found.append(SearchEntry(key, "mou", codes[0], texts, facets, labels, day, files))
    return found


@st.composite
def requests(draw: st.DrawFn) -> SearchRequest:
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        word = draw(ANY_WORD)
        form = draw(st.sampled_from(["word", "word", "word", "phrase", "minus", "cut", "typo"]))
        if form == "phrase":
            parts.append(f'"{word} {draw(ANY_WORD)}"')
        elif form == "minus":
            parts.append(f"-{word}")
        elif form == "cut":
            parts.append(word[:2])
        else:
            parts.append(f"{word}q" if form == "typo" else word)
    text = " ".join(parts)
    selected = {}
    for facet in draw(st.lists(st.sampled_from([*FACETS, "language"]), max_size=3, unique=True)):
        values = list(WORDS) if facet == "language" else " ".join(FACETS[facet]).split()
        picked = draw(st.lists(st.sampled_from(sorted(set(values))), min_size=1, max_size=2))
        selected[facet] = tuple(dict.fromkeys(picked))
    query = parse_query(text)
    named = []
    if query.words and draw(st.booleans()):
        facet = draw(st.sampled_from(list(FACETS)))
        value = draw(st.sampled_from(FACETS[facet])).split()[-1]
        word = fold_word(draw(st.sampled_from(query.words)))
        named.append(Named((word,), ((facet, value),), (draw(ANY_WORD),)))
    return SearchRequest(
        language=draw(st.sampled_from(list(WORDS))),
        text=text,
        query=query,
        named=tuple(named),
        selected=selected,
        sort=draw(st.sampled_from(list(Sort))),
        page_size=draw(st.sampled_from([3, 20])),
    )
