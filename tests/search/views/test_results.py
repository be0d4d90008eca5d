"""The results page, as a reader meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from search.answers import current_engine
from search.engines.base import EngineUnavailable
from search.requests import MAX_QUERY_LENGTH, Cut
from search.views import results
from tests.attached.files import attach
from tests.factories.pages import CaseStudyPageFactory
from tests.factories.standing import Ground, Stood
from tests.hostile_texts import TEXTS
from tests.search.engines.collection import (
    chosen,
    index,
    number,
    soup,
    text,
    titles,
)
from toolkit.attached.models import FileText
from toolkit.taxonomy.works import Attachment

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # pages are drawn of the index


def get(client: Client, address: str):
    response = client.get(address)
    assert response.status_code == 200
    return soup(response)


def with_file(page, content: str, *, title: str, language: str = "") -> None:
    """A file of an entry, as the worker has read it."""
    document = attach(b"content", "plan.docx", title=title)
    FileText.objects.create(document=document, file=document.file.name, state="read", text=content)
    page.attachments = [Attachment(document=document, language=language)]
    page.save()
    index()


class TestAHitInAFile:
    def test_names_the_file_and_shows_the_passage(self, client, collection) -> None:
        with_file(collection.nigeria, "What we paid: toner and ink.", title="Budget")
        page = get(client, "/en/search/?q=toner")
        hit = page.select_one(".hit")
        assert titles(page) == ["A library campaign in Nigeria"]
        assert text(hit.select_one(".hit__file")) == "In the file Budget (DOCX, 7 byte)"
        assert hit.select_one(".hit__file a")["href"].startswith("/documents/")
        assert text(hit.select_one("mark")) == "toner"
        assert not hit.select_one(".hit__file [lang]")
        assert not get(client, "/en/search/?q=nigeria").select(".hit__file")

    def test_says_in_which_language_the_file_is(self, client, collection) -> None:
        with_file(collection.nigeria, "ما دفعناه: حبر وورق.", title="الميزانية", language="ar")
        hit = get(client, "/en/search/?q=حبر").select_one(".hit")
        assert "Arabic" in text(hit.select_one(".hit__file"))
        assert hit.select_one(".hit__file a")["hreflang"] == "ar"
        assert hit.select_one(".hit__file bdi")["dir"] == "rtl"
        assert [p["lang"] for p in hit.select(".hit__text[lang]")] == ["ar"]

    def test_is_safe_whatever_stands_in_the_file(self, client, collection) -> None:
        for hostile in TEXTS:
            with_file(collection.nigeria, f"toner {hostile} toner", title=f"Plan {hostile}"[:200])
            response = client.get("/en/search/?q=toner")
            assert response.status_code == 200, hostile
            page = soup(response)
            assert not page.select(".hit script, .hit img, .hit [onerror], .hit iframe"), hostile
            assert {tag.name for tag in page.select(".hit__file ~ .hit__text *")} <= {"mark"}

    def test_costs_no_query_more(self, client, collection) -> None:
        with_file(collection.nigeria, "toner", title="Budget")
        client.get("/en/search/?q=toner")
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/search/?q=toner&page=1")
        assert len(asked) <= 12


class TestResultsPage:
    def test_shows_everything_to_whoever_asks_for_nothing(self, client, collection) -> None:
        page = get(client, "/en/search/")
        assert number(page) == 5
        assert len(titles(page)) == 5

    def test_keeps_the_words_in_the_box(self, client, collection) -> None:
        page = get(client, '/en/search/?q=library+"two+libraries"')
        assert page.select_one("#search-words")["value"] == 'library "two libraries"'

    def test_marks_the_words_found_and_escapes_all_else(self, client, collection) -> None:
        CaseStudyPageFactory(parent=collection.home, title='Zebra <img src=x onerror="alert(1)">')
        index()
        response = client.get("/en/search/?q=zebra+<script>alert(2)</script>")
        html = response.content.decode()
        assert "<img src=x" not in html
        assert "<script>alert" not in html
        page = get(client, "/en/search/?q=zebra")
        assert titles(page) == ['Zebra <img src=x onerror="alert(1)">']
        assert text(page.select_one(".hit__title mark")) == "Zebra"

    def test_shows_hostile_names_of_tags_as_text(self, client, collection) -> None:
        name = '"><b onmouseover=alert(1)>'
        CaseStudyPageFactory(parent=collection.home, tags=[name])
        index()
        page = get(client, "/en/search/")
        assert not page.select("[onmouseover]")
        assert name in [text(label) for label in page.select("#facet-tag .facet__name")]

    def test_tells_browsers_how_to_search_the_site(self, client, collection) -> None:
        link = get(client, "/fr/search/").select_one("link[rel=search]")
        assert link["href"] == "/fr/search/opensearch.xml"
        assert client.get(link["href"]).status_code == 200

    def test_asks_to_be_listed_by_search_engines_only_without_a_question(
        self, client, collection
    ) -> None:
        def robots(address: str) -> str | None:
            told = get(client, address).select_one("meta[name=robots]")
            return told and told["content"]

        assert robots("/en/search/") is None
        for asked in ("q=minister", "q=memorandun", "kind=mou", "sort=title"):
            assert robots(f"/en/search/?{asked}") == "noindex, follow", asked

    def test_claims_no_other_address_for_a_page_that_is_not_to_be_listed(
        self, client, collection
    ) -> None:
        """Search engines that are told both may take the one for the other, and list neither."""
        whole = get(client, "/en/search/").head
        assert whole.select_one("link[rel=canonical]")["href"].endswith("/en/search/")
        assert len(whole.select("link[hreflang]")) == 8
        asked = get(client, "/en/search/?q=minister").head
        assert not asked.select("link[rel=canonical], link[hreflang]")

    def test_announces_the_total_to_screen_readers(self, client, collection) -> None:
        page = get(client, "/en/search/?q=library")
        assert re.match(
            r"\d+ results? for “ ?library ?”", text(page.select_one("h2#results-title"))
        )
        assert page.select_one("[role=status][aria-live=polite]") is not None

    @pytest.mark.usefixtures("looks_each_time")
    def test_needs_the_same_few_queries_whatever_it_finds(self, client, collection) -> None:
        def queries() -> int:
            client.get("/en/search/")  # what a process keeps is kept
            with CaptureQueriesContext(connection) as captured:
                client.get("/en/search/?q=library")
            return len(captured)

        few = queries()
        for n in range(30):
            CaseStudyPageFactory(parent=collection.home, title=f"Library {n}", tags=[f"tag {n}"])
        index()
        assert queries() == few <= 12

    def test_answers_not_modified_while_nothing_changes(self, client, collection) -> None:
        first = client.get("/en/search/?q=library")
        again = client.get("/en/search/?q=library", headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304
        assert "no-cache" in first["Cache-Control"]
        assert "Cookie" in first["Vary"]

    def test_takes_no_post(self, client) -> None:
        assert client.post("/en/search/").status_code == 405

    @pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
    def test_exists_in_every_language(self, client, collection, language: str) -> None:
        page = get(client, f"/{language}/search/")
        assert page.html["lang"] == language
        assert page.html["dir"] == ("rtl" if language == "ar" else "ltr")
        assert len(titles(page)) == 5

    def test_loads_no_script_or_style_in_place(self, client, collection) -> None:
        page = get(client, "/en/search/?q=library")
        assert not page.select("style, script:not([src]), [style], [onclick], [onchange]")


class TestFacets:
    def test_are_labelled_checkboxes_in_one_form_with_a_button(self, client, collection) -> None:
        page = get(client, "/en/search/?q=library&region=ke")
        form = page.select_one("form#search-form")
        assert form["method"] == "get"
        assert form["action"] == "/en/search/"
        for group in form.select("[role=group] [role=group]"):
            assert text(page.find(id=group["aria-labelledby"]))
        for box in form.select("input[type=checkbox]"):
            assert page.select_one(f'label[for="{box["id"]}"]') is not None
        assert form.select_one(".filters button[type=submit]") is not None
        assert form.select_one("input[name=q]")["value"] == "library"
        assert [box["value"] for box in form.select("input[checked]")] == ["ke"]

    def test_tell_the_truth_about_every_click(self, client, collection) -> None:
        """For each value the page shows, the number after the click is the one promised; with a
        plus, what the click adds. Each has one number, and what is selected none."""
        for start in ("", "q=library", "region=ke", "region=ke&partner=government&tag=advocacy"):
            page = get(client, f"/en/search/?{start}")
            for box in page.select("input[type=checkbox]"):
                told = text(box.find_parent("label").select_one(".facet__count"))
                if box.has_attr("checked"):
                    assert told == ""
                    continue
                assert told.startswith("+") == bool(page.select(f"[name={box['name']}][checked]"))
                expected = int(told) + (number(page) if told.startswith("+") else 0)
                joined = f"{start}&{box['name']}={box['value']}"
                assert number(get(client, f"/en/search/?{joined}")) == expected, joined

    def test_count_a_work_once_in_whatever_languages_it_is(self, client, collection) -> None:
        for language in ("en", "fr", "ar", "zh"):
            page = get(client, f"/{language}/search/")
            assert chosen(page, "kind")["mou"].endswith("1")
            assert chosen(page, "region")["sub-saharan-africa"].endswith("3")

    def test_nest_countries_below_their_region(self, client, collection) -> None:
        page = get(client, "/en/search/")
        africa = page.select_one("#f-region-sub-saharan-africa").find_parent("li")
        assert [box["value"] for box in africa.select(".facet__values--narrower input")] == [
            "ke",
            "ng",
        ]

    def test_stand_under_the_edition_of_their_strategy(self, client, collection) -> None:
        page = get(client, "/en/search/")
        sections = page.select("#facet-direction details.facet__section")
        assert [text(section.summary) for section in sections] == [
            "Strategy 2019–2024",
            "Plan 2015–2021",
        ]

    def test_become_chips_that_remove_them(self, client, collection) -> None:
        page = get(client, "/en/search/?q=library&region=ke&partner=ngos")
        links = {text(chip): chip["href"] for chip in page.select("a.chip")}
        assert links == {
            "Remove the filter Region: Kenya ×": "?q=library&partner=ngos",
            "Remove the filter Partner type: NGOs ×": "?q=library&region=ke",
            "Clear all filters": "?q=library",
        }

    def test_that_are_long_fold_without_losing_a_value(self, client, collection) -> None:
        for n in range(14):
            CaseStudyPageFactory(parent=collection.home, tags=[f"tag {n}"])
        index()
        page = get(client, "/en/search/")
        assert len(chosen(page, "tag")) == 16
        assert len(page.select("#facet-tag details input")) == 6
        assert text(page.select_one("#facet-tag-more summary")) == "6 more"
        assert page.select_one("#facet-tag")["data-find"] == "Find in this list"


class TestFolding:
    def test_shows_kind_region_and_partner_and_what_is_selected_in_the_others(
        self, client, collection
    ) -> None:
        page = get(client, "/en/search/?tag=advocacy&sdg=16")
        facets = {facet["id"]: facet for facet in page.select("details.facet")}
        opened = {name for name, facet in facets.items() if facet.has_attr("open")}
        assert opened <= {"facet-kind", "facet-region", "facet-partner"}
        assert {"facet-kind", "facet-region"} <= {
            facet["id"] for facet in get(client, "/en/search/").select("details.facet[open]")
        }
        chosen = {name: text(facet.summary) for name, facet in facets.items() if name not in opened}
        assert chosen["facet-tag"] == "Tag advocacy"
        assert chosen["facet-sdg"].endswith("Peace and justice")

    def test_puts_away_what_would_change_nothing(self, client, collection) -> None:
        """Catches: a result of one entry beside a screen of values that all say "1"."""
        page = get(client, "/en/search/?q=campaign&kind=case-study")
        total = number(page)
        for box in page.select("#filters input[type=checkbox]:not([checked])"):
            told = text(box.find_parent("label").select_one(".facet__count"))
            changes = told not in {str(total), "+0"} or box.find_parent("li").select(
                ".facet__values--narrower input"
            )
            assert changes or box.find_parent(id=re.compile("-idle$")), box
        assert page.select("[id$=-idle] input")
        one = get(client, "/en/search/?q=campaign&kind=case-study&region=ng")
        assert not one.select("#facet-partner[open]")


class TestSkipping:
    @pytest.mark.parametrize("query", ["", "q=library", "q=zzyzx", "q=library&kind=exercise"])
    def test_leads_past_the_filters(self, client, collection, query: str) -> None:
        page = get(client, f"/en/search/?{query}")
        link = next(a for a in page.select(".skip-link") if text(a) == "Skip to the results")
        there = page.select_one(link["href"])
        assert there["tabindex"] == "-1"
        assert there.select(".hit, .nothing")


class TestCount:
    """What the button of the filters asks for on a telephone."""

    @pytest.mark.parametrize("query", ["q=library", "q=librery", "region=ke&kind=mou", "q=zzyzx"])
    def test_is_the_total_of_the_page(self, client, collection, query: str) -> None:
        answer = client.get(f"/en/search/count/?{query}&page=7").json()
        assert answer["total"] == number(get(client, f"/en/search/?{query}"))

    def test_is_said_in_the_readers_language(self, client, collection) -> None:
        assert client.get("/en/search/count/?kind=mou").json()["button"] == "Show 1 result"
        assert "نتائج" in client.get("/ar/search/count/").json()["button"]
        assert client.post("/en/search/count/").status_code == 405

    def test_says_while_the_index_is_made_that_it_knows_none(
        self, client, collection, monkeypatch
    ) -> None:
        def lost(*args: object, **kwargs: object) -> None:
            raise EngineUnavailable

        monkeypatch.setattr(current_engine(), "search", lost)
        answer = client.get("/en/search/count/?q=library")
        assert (answer.status_code, answer["Retry-After"]) == (503, "15")


class TestLanguages:
    def test_of_a_hit_are_labelled_where_they_differ_from_the_readers(
        self, client, collection
    ) -> None:
        page = get(client, "/en/search/?q=bibliothèque")
        hit = next(h for h in page.select(".hit") if "Campagne" in text(h.select_one("h3")))
        assert hit.select_one(".hit__title")["lang"] == "fr"
        assert hit.select_one("a")["hreflang"] == "fr"
        assert text(hit.select_one(".hit__language")) == "In French"

    def test_part_the_list_with_a_heading_that_counts(self, client, collection) -> None:
        page = get(client, "/fr/search/?q=library")
        languages = [hit.get("lang") for hit in page.select(".hit__title")]
        assert languages == sorted(languages, key=lambda code: code is not None)
        divider = text(page.select_one(".hits__divider"))
        assert divider.startswith(str(languages.count("en")))
        assert "anglais" in divider

    def test_show_the_readers_version_of_a_work(self, client, collection) -> None:
        page = get(client, "/ar/search/?kind=mou")
        assert titles(page) == ["مذكرة بين مكتبتين"]
        assert page.select_one(".hit__title a")["href"] == "/ar/memorandum/"
        assert page.select_one(".hits__divider") is None


class TestOrder:
    def test_is_chosen_by_links_and_kept_by_the_form(self, client, collection) -> None:
        page = get(client, "/en/search/?q=library&sort=title")
        assert titles(page) == sorted(titles(page), key=str.lower)
        links = page.select(".sort a")
        assert [text(link) for link in links] == ["Relevance", "Newest first", "Title"]
        assert text(page.select_one(".sort a[aria-current]")) == "Title"
        assert page.select_one("#search-form input[type=hidden][name=sort]")["value"] == "title"

    def test_offers_no_relevance_without_words(self, client, collection) -> None:
        links = get(client, "/en/search/").select(".sort a")
        assert [text(link) for link in links] == ["Newest first", "Title"]


class TestPages:
    @pytest.fixture(scope="class")
    @classmethod
    def standing_many(cls, standing_collection: Stood, ground: Ground) -> Iterator[Stood]:
        def make_many() -> None:
            for n in range(40):
                CaseStudyPageFactory(parent=standing_collection.made.home, title=f"Zebra {n:02}")
            index()

        with ground.standing(make_many) as stood:
            yield stood

    @pytest.fixture
    def many(self, standing_many: Stood, own_index: None) -> None:
        standing_many.use_copy_of_index()

    def test_hold_twenty_results_with_real_links(self, client, many) -> None:
        seen: list[str] = []
        address = "/en/search/?q=zebra"
        while address:
            page = get(client, address)
            assert len(titles(page)) == 20
            seen += titles(page)
            following = page.select_one(".pagination a[rel=next]")
            address = f"/en/search/{following['href']}" if following else ""
        assert len(seen) == len(set(seen)) == 40

    def test_beyond_the_last_lead_to_the_last(self, client, many) -> None:
        response = client.get("/en/search/?q=zebra&page=7")
        assert response.status_code == 302
        assert response["Location"] == "?q=zebra&page=2"

    def test_are_left_when_a_filter_changes(self, client, many) -> None:
        page = get(client, "/en/search/?q=zebra&page=2")
        assert "page" not in [box["name"] for box in page.select("#search-form [name]")]


class TestSomeOfTheWords:
    def test_stand_behind_what_has_them_all(self, client, collection) -> None:
        page = get(client, "/en/search/?q=campaign+library")
        assert number(page) == 1
        assert titles(page) == ["A library campaign in Nigeria", "Memorandum of two libraries"]
        heading = page.select_one("#some-words")
        assert text(heading) == "Some of the words: 1 more"
        assert len(heading.find_all_previous(class_="hit__title")) == 1

    def test_are_listed_where_the_filters_leave_nothing_else(self, client, collection) -> None:
        page = get(client, "/en/search/?q=campaign+library&region=ke")
        assert number(page) == 0
        assert "fits all of this" in text(page.select_one(".nothing"))
        assert titles(page) == ["Memorandum of two libraries"]
        assert page.select_one(".sort")

    def test_go_on_over_the_pages_and_say_once_that_nothing_has_them_all(
        self, client, collection
    ) -> None:
        for number_ in range(21):
            title = f"Campaign {number_}"
            CaseStudyPageFactory(parent=collection.home, title=title, regions=["ke"])
        index()
        page = get(client, "/en/search/?q=campaign+library+nigeria&region=ke&page=2")
        assert number(page) == 0
        assert titles(page)
        assert page.select_one(".nothing") is None
        assert text(page.select_one("#some-words")) == "Some of the words: 23 more (continued)"

    def test_are_a_part_of_their_own_to_a_screen_reader(self, client, collection) -> None:
        page = get(client, "/en/search/?q=campaign+library")
        assert [title.name for title in page.select(".hit__title")] == ["h3", "h4"]
        assert page.select_one("#some-words").name == "h3"
        assert not page.select("ul.hits:empty")

    def test_are_told_to_programs(self, client, collection) -> None:
        answer = client.get("/api/v1/search?q=campaign+library&lang=en").json()
        assert (answer["total"], answer["more"]) == (1, 1)
        assert [hit["title"] for hit in answer["others"]] == ["Memorandum of two libraries"]


class TestNames:
    def test_are_offered_as_filters_of_one_click(self, client, collection) -> None:
        page = get(client, "/en/search/?q=kenya+campaign")
        offered = page.select(".chip--offer")
        assert [text(chip) for chip in offered] == ["Region: Kenya 2"]
        after = get(client, "/en/search/" + offered[0]["href"])
        assert number(after) == 2
        assert set(titles(after)) == {"Memorandum of two libraries", "Map of partners"}

    def test_say_why_a_hit_is_there_that_has_none_of_the_words(self, client, collection) -> None:
        page = get(client, "/en/search/?q=NRO")  # what NGOs are called in German
        assert text(page.select_one(".hit__reason")) == "Found by its classification: NGOs"

    def test_are_told_to_programs(self, client, collection) -> None:
        answer = client.get("/api/v1/search?q=kenya+campaign").json()
        assert answer["named"] == [{"facet": "region", "value": "ke", "label": "Kenya", "total": 2}]


class TestNothingFound:
    def test_keeps_the_filters_and_says_what_dropping_each_would_give(
        self, client, collection
    ) -> None:
        page = get(client, "/en/search/?q=minister&region=ke&partner=government")
        assert number(page) == 0
        assert set(chosen(page, "region")) >= {"ke"}
        for link in page.select(".nothing__drops a"):
            promised = int(text(link.find_parent("li").select_one(".nothing__total")).split()[0])
            assert number(get(client, f"/en/search/{link['href']}")) == promised
        assert "Without Region: Kenya" in text(page.select_one(".nothing__drops"))

    def test_of_all_words_shows_those_with_some_and_says_so(self, client, collection) -> None:
        page = get(client, "/en/search/?q=minister+xylophone")
        assert titles(page)[0] == "Writing to a minister"
        assert "No entry has all of these words" in text(page.select_one("#results"))

    def test_names_only_what_leads_to_something_and_what_comes_closest(
        self, client, collection
    ) -> None:
        page = get(client, "/en/search/?q=minister&region=zw")
        assert number(page) == 0
        assert [text(link) for link in page.select(".nothing__drops a")] == [
            "Without Region: Zimbabwe"
        ]
        assert titles(page) == ["Writing to a minister"]
        parts = [text(title) for title in page.select(".nothing h3")]
        assert parts == ["Leave something out", "What comes closest"]
        beyond = get(client, "/en/search/?q=minister&region=zw&page=3")
        assert beyond.select_one(".nothing__drops")
        link = page.find("a", string="Tell us what is missing")
        assert link["href"] == "/en/search/missing/?q=minister&region=zw"
        without_words = get(client, "/en/search/?kind=mou&region=ng")
        closest = without_words.select(".nothing .hit__title")
        assert closest
        assert len(closest) <= 3


class TestMisspelling:
    ASKED = "q=memorandun&kind=mou"

    def test_that_nothing_has_shows_what_was_meant_and_says_so(self, client, collection) -> None:
        page = get(client, f"/en/search/?{self.ASKED}")
        assert titles(page) == ["Memorandum of two libraries"]
        said = text(page.select_one(".search__respelt"))
        assert said.startswith("Nothing has “ memorandun ”. These have “ memorandum ”.")
        assert page.select_one("#search-words")["value"] == "memorandum"
        assert all("memorandun" not in link["href"] for link in page.select(".chip, .sort a"))
        meant = get(client, "/en/search/?q=memorandum&kind=mou")
        for name in ("kind", "region", "partner"):
            assert chosen(page, name) == chosen(meant, name)

    def test_can_be_insisted_on(self, client, collection) -> None:
        insisting = get(client, f"/en/search/?{self.ASKED}").select_one(".search__respelt a")
        page = get(client, f"/en/search/{insisting['href']}")
        assert number(page) == 0
        assert page.select_one("#search-words")["value"] == '"memorandun"'
        assert page.select_one(".search__respelt") is None
        assert text(page.select_one(".search__suggestion a")) == '“ "memorandum" ”'

    def test_beside_known_words_is_a_question(self, client, collection) -> None:
        page = get(client, "/en/search/?q=memorandun+library")
        assert text(page.select_one(".search__suggestion a")) == "“ memorandum library ”"
        assert page.select_one(".search__respelt") is None

    def test_is_told_to_programs(self, client, collection) -> None:
        answer = client.get(f"/api/v1/search?{self.ASKED}&lang=en").json()
        assert (answer["total"], len(answer["hits"])) == (1, 1)
        assert answer["respelt"] == {"from": "memorandun", "to": "memorandum"}
        assert [notice["code"] for notice in answer["notices"]] == ["respelt"]

    @pytest.mark.parametrize("hostile", [*TEXTS.values()][::3])
    def test_of_any_kind_is_said_as_text(self, client, collection, hostile: str) -> None:
        page = get(
            client, "/en/search/?" + urlencode({"q": f"memorandun {hostile}"}, errors="replace")
        )
        assert not page.select("main script, main img")


class TestWithoutWords:
    def test_a_question_says_that_it_narrows_nothing(self, client, collection) -> None:
        for symbols in ("📚", "-📚", '"…"'):
            page = get(client, "/en/search/?" + urlencode({"q": symbols}))
            assert number(page) == 5
            assert text(page.select_one("#results-title")) == "5 entries"
            assert "There is no word in" in text(page.select_one(".note--warning"))
        assert page.select_one("#search-words")["value"] == '"…"'
        assert get(client, "/en/search/?q=-library").select_one(".note--warning") is None


class TestCaps:
    def test_are_those_of_every_box(self, client, collection) -> None:
        """Catches: a box that lets nobody type what the search would read."""
        for address in ("/en/", "/en/search/"):
            boxes = get(client, address).select("input[type=search][name=q]")
            assert boxes
            assert {box["maxlength"] for box in boxes} == {str(MAX_QUERY_LENGTH)}

    def test_say_what_was_left_out(self, client, collection) -> None:
        page = get(client, "/en/search/?q=" + "a+b+c+d+" * 40)
        assert "Only the first 128 words were searched for." in text(page.select_one("#results"))

    def test_name_a_filter_that_does_not_exist_any_more(self, client, collection) -> None:
        """Catches: an old address that finds more than it says, and says nothing about it."""
        page = get(client, "/en/search/?region=atlantis&region=ke&tag=%3Cb%3E")
        said = text(page.select_one("#results"))
        assert "There is no “atlantis” under “Region” here, or no longer. It was left out." in said
        assert "There is no “<b>” under “Tag” here" in said
        assert len(page.select(".chip--remove")) == 1
        answer = client.get("/api/v1/search?region=atlantis&lang=fr").json()
        assert [notice["code"] for notice in answer["notices"]] == ["unknown-value"]
        assert "atlantis" in answer["notices"][0]["message"]

    @pytest.mark.parametrize("cut", list(Cut))
    def test_have_a_message_each(self, cut: Cut) -> None:
        assert "%" not in results.cut_message(cut)


class TestTroubles:
    def test_with_the_main_engine_are_said_calmly(self, client, collection, monkeypatch) -> None:
        engine = current_engine()
        search = engine.search
        monkeypatch.setattr(engine, "search", lambda asked: replace(search(asked), degraded=True))
        page = get(client, "/en/search/?q=library")
        assert "a second one found these results" in text(page.select_one("#results"))
        assert titles(page)

    def test_with_a_lost_index_say_that_it_is_being_rebuilt(
        self, client, collection, monkeypatch
    ) -> None:
        started: list[bool] = []
        monkeypatch.setattr("search.answers.rebuild_elsewhere", lambda: started.append(True))

        def lost(asked: object) -> None:
            raise EngineUnavailable("no index")

        monkeypatch.setattr(current_engine(), "search", lost)
        response = client.get("/en/search/?q=library&region=ke")
        assert response.status_code == 503
        assert response["Retry-After"]
        assert "no-store" in response["Cache-Control"]
        page = soup(response)
        assert "being made anew" in text(page.main)
        assert page.select_one("main a.button")["href"] == "?q=library&region=ke"
        assert started == [True]
