"""The JSON of the search, held against its own description."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from search.answers import current_engine
from search.engines.base import EngineUnavailable
from tests.factories.pages import CaseStudyPageFactory, SdgFactory
from tests.search.engines.collection import index, number, soup, titles
from tests.search.views.test_results import with_file

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")


def check(client: Client, address: str, *, status: int = 200) -> Any:
    """The answer, after it was held against the OpenAPI description."""
    response = client.get(address)
    assert response.status_code == status
    description = client.get("/api/v1/openapi.json").json()
    declared = description["paths"][address.partition("?")[0]]["get"]["responses"][str(status)]
    if "$ref" in declared:
        declared = description["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    media = response["Content-Type"].partition(";")[0]
    schema = declared["content"][media]["schema"]
    validator = Draft202012Validator({**schema, "components": description["components"]})
    answer = response.json()
    assert [error.message for error in validator.iter_errors(answer)] == []
    return answer


def facet(answer: Any, name: str) -> dict[str, Any]:
    return {value["value"]: value for value in answer["facets"][name]}


class TestSearch:
    def test_tells_the_file_in_which_the_words_stand(self, client, collection) -> None:
        with_file(collection.nigeria, "What we paid: toner & ink.", title="Budget")
        found = check(client, "/api/v1/search?q=toner")["hits"][0]["found_in"]
        assert found.pop("url").startswith("/documents/")
        assert found == {
            "title": "Budget",
            "language": "en",
            "format": "DOCX",
            "size": 7,
            "highlight": "What we paid: <mark>toner</mark> &amp; ink.",
        }
        assert check(client, "/api/v1/search?q=nigeria")["hits"][0]["found_in"] is None

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "q=library&lang=en",
            "q=library&lang=ar&region=ke&region=ng&sort=title",
            "q=minister&region=ke&partner=government&lang=fr",
            "q=memorandun&lang=zh",
            "q=minister+xylophone",
            "q=%F0%9F%93%9A&page=9",
            "sort=newest&page=3&sdg=5B&colour=red&region=atlantis",
            "page=51&q=" + "a+" * 1_400,
        ],
    )
    def test_answers_as_described(self, client, collection, query: str) -> None:
        check(client, f"/api/v1/search?{query}")

    @pytest.mark.parametrize(
        "address", ["search?q=a", "suggest?q=a", "openapi.json", "nothing", "search?lang=xx"]
    )
    def test_is_not_to_be_listed_by_search_engines(self, client, collection, address: str) -> None:
        assert client.get(f"/api/v1/{address}")["X-Robots-Tag"] == "noindex"

    def test_gives_what_the_page_shows(self, client, collection) -> None:
        for query in ("", "q=library", "q=library&region=ke", "sort=title&partner=ngos"):
            for language in ("en", "fr", "ar"):
                page = soup(client.get(f"/{language}/search/?{query}"))
                answer = check(client, f"/api/v1/search?{query}&lang={language}")
                assert answer["total"] == number(page)
                assert [hit["title"] for hit in answer["hits"]] == titles(page)
                for name, values in answer["facets"].items():
                    boxes = page.select(f"input[type=checkbox][name={name}]")
                    # the page has what would change nothing behind the others
                    shown = sorted(str(box["value"]) for box in boxes)
                    assert sorted(value["value"] for value in values) == shown, name

    def test_counts_what_is_found_after_the_click(self, client, collection) -> None:
        for start in ("", "q=library", "region=ke", "partner=ngos&region=de&tag=agreement"):
            answer = check(client, f"/api/v1/search?{start}")
            for name, values in answer["facets"].items():
                for value in values:
                    if not value["selected"]:
                        more = check(client, f"/api/v1/search?{start}&{name}={value['value']}")
                        assert more["total"] == value["after"]

    def test_leaves_a_facets_own_selection_out_of_its_counts(self, client, collection) -> None:
        free = facet(check(client, "/api/v1/search"), "region")
        chosen = facet(check(client, "/api/v1/search?region=ke"), "region")
        assert {v: x["count"] for v, x in free.items()} == {
            v: x["count"] for v, x in chosen.items()
        }
        assert chosen["ke"]["selected"]
        assert chosen["ke"]["after"] is None

    def test_names_the_parent_of_a_narrower_value(self, client, collection) -> None:
        answer = check(client, "/api/v1/search")
        assert facet(answer, "region")["ke"]["parent"] == "sub-saharan-africa"
        assert facet(answer, "sdg")["16.10"]["parent"] == "16"
        assert facet(answer, "direction")["2019-24.3.2"]["parent"] == "2019-24.3"
        assert facet(answer, "region")["europe"]["parent"] is None

    def test_labels_in_the_language_asked_for(self, client, collection) -> None:
        answer = check(client, "/api/v1/search?lang=fr")
        assert facet(answer, "region")["de"]["label"] == "Allemagne"
        assert facet(answer, "language")["en"]["label"] == "Anglais"
        german = client.get("/api/v1/search", headers={"accept-language": "de"})
        assert german["Content-Language"] == "de"
        assert facet(german.json(), "partner")["ngos"]["label"] == "NRO"
        assert "Accept-Language" in german["Vary"]

    def test_lists_every_value_however_many(self, client, collection) -> None:
        for n in range(70):
            CaseStudyPageFactory(parent=collection.home, tags=[f"tag {n}"])
        index()
        assert len(facet(check(client, "/api/v1/search"), "tag")) == 72

    def test_keeps_a_selected_value_at_zero(self, client, collection) -> None:
        answer = check(client, "/api/v1/search?region=zw&partner=ngos")
        assert answer["total"] == 0
        assert facet(answer, "region")["zw"] == {
            "value": "zw",
            "label": "Zimbabwe",
            "count": 0,
            "after": None,
            "selected": True,
            "parent": "sub-saharan-africa",
        }
        totals = {(drop["facet"], drop["value"]): drop["total"] for drop in answer["drops"]}
        assert totals == {("region", "zw"): 2, ("partner", "ngos"): 0}

    def test_refuses_an_unknown_language_in_words(self, client) -> None:
        answer = check(client, "/api/v1/search?lang=tlh", status=400)
        assert answer["error"]["code"] == "unknown-language"
        assert "ar, de, en, es, fr, ru, zh" in answer["error"]["message"]

    def test_reports_what_was_over_a_cap(self, client, collection) -> None:
        answer = check(client, "/api/v1/search?page=51&q=" + "a+" * 140)
        assert [notice["code"] for notice in answer["notices"]] == [
            "too-many-words",
            "page-too-deep",
        ]

    def test_may_be_read_by_scripts_of_any_site(self, client, collection) -> None:
        assert client.get("/api/v1/search")["Access-Control-Allow-Origin"] == "*"
        refused = client.get("/api/v1/search?lang=tlh")
        assert refused["Access-Control-Allow-Origin"] == "*"
        preflight = client.options("/api/v1/search")
        assert preflight.status_code == 204
        assert preflight["Access-Control-Allow-Origin"] == "*"
        assert "GET" in preflight["Access-Control-Allow-Methods"]

    @pytest.mark.parametrize(
        ("method", "address", "status"),
        [
            ("post", "/api/v1/search", 405),
            ("delete", "/api/v1/suggest?lang=ar", 405),
            ("put", "/api/v1/openapi.json", 405),
            ("get", "/api/v1/serach", 404),
            ("get", "/api/v1/search/", 404),
            ("get", "/api/v1/", 404),
            ("post", "/api/v1/nothing", 405),
        ],
    )
    def test_refuses_as_json(self, method: str, address: str, status: int) -> None:
        response = getattr(Client(enforce_csrf_checks=True), method)(address)
        assert response.status_code == status
        assert set(response.json()["error"]) == {"code", "message"}
        assert response["Access-Control-Allow-Origin"] == "*"
        if status == 405:
            assert response["Allow"] == "GET, HEAD, OPTIONS"

    def test_says_that_there_is_no_such_page(self, client, collection) -> None:
        answer = check(client, "/api/v1/search?page=7&lang=en")
        assert answer["hits"] == []
        assert answer["notices"] == [{"code": "page-beyond-end", "message": "There is 1 page."}]

    def test_answers_not_modified_while_nothing_changes(self, client, collection) -> None:
        first = client.get("/api/v1/search?q=library&lang=en")
        again = client.get(
            "/api/v1/search?q=library&lang=en", headers={"if-none-match": first["ETag"]}
        )
        assert again.status_code == 304

    def test_says_that_the_index_is_being_rebuilt(self, client, collection, monkeypatch) -> None:
        monkeypatch.setattr("search.answers.rebuild_elsewhere", lambda: True)

        def lost(*args: object, **kwargs: object) -> None:
            raise EngineUnavailable("no index")

        monkeypatch.setattr(current_engine(), "search", lost)
        monkeypatch.setattr(current_engine(), "suggest", lost)
        answer = check(client, "/api/v1/search?q=library", status=503)
        assert answer["error"]["code"] == "rebuilding"
        assert proposed(check(client, "/api/v1/suggest?q=library&lang=en")) == ([], [])


def proposed(answer: Any) -> tuple[list[str], list[str]]:
    """The texts of the filters, without what isolates their labels, and the other proposals."""
    isolates = str.maketrans("", "", "\u2068\u2069")
    return [one["text"].translate(isolates) for one in answer["filters"]], answer["suggestions"]


class TestSuggest:
    def test_completes_what_was_typed(self, client, collection) -> None:
        answer = check(client, "/api/v1/suggest?q=memo&lang=en")
        assert answer["q"] == "memo"
        assert answer["suggestions"][0] == "Memorandum of two libraries"
        assert answer["urls"][0] == "/en/memorandum/"
        assert answer["suggestions"][-1] == "memorandum"
        assert answer["urls"][-1] == ""
        assert len(answer["urls"]) == len(answer["suggestions"])

    @pytest.mark.parametrize(
        ("language", "typed", "rest", "filters"),
        [
            ("en", "nige", "", ["Region: Nigeria"]),
            ("en", "library in nige", "library", ["Region: Nigeria"]),
            ("fr", "allem", "", ["Région\u00a0: Allemagne"]),
            ("fr", "bibliothèque germany", "bibliothèque", ["Région\u00a0: Allemagne"]),
            ("de", "nro", "", ["Art des Partners: NRO"]),
            ("en", "advo", "", ["Tag: advocacy"]),
            ("en", "16.1", "", ["Sustainable Development Goal: 16.10 Access to information"]),
            ("en", "memo", "", []),
        ],
    )
    def test_proposes_what_is_named_as_a_filter(
        self, client, collection, language: str, typed: str, rest: str, filters: list[str]
    ) -> None:
        address = f"/api/v1/suggest?{urlencode({'q': typed, 'lang': language})}"
        answer = check(client, address)
        assert (answer["rest"], proposed(answer)[0]) == (rest, filters)
        for one in answer["filters"]:
            asked = urlencode({"q": rest, one["facet"]: one["value"], "lang": language})
            assert check(client, f"/api/v1/search?{asked}")["total"] > 0

    def test_says_how_many_there_are_in_the_language_asked_for(self, client, collection) -> None:
        assert check(client, "/api/v1/suggest?q=nige&lang=en")["message"] == "3 proposals"
        assert check(client, "/api/v1/suggest?q=nige&lang=ar")["message"] == "اقتراحان"

    def test_has_nothing_to_say_to_nothing(self, client, collection) -> None:
        for nothing in ("", "?q=", "?q=l&lang=en", "?q=%F0%9F%93%9A", "?q=" + "library+" * 20):
            assert proposed(check(client, f"/api/v1/suggest{nothing}")) == ([], [])

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_answers_in_two_thousand_bytes(self, client, collection, language: str) -> None:
        """Titles as long as they may be, of letters of three bytes, beside names of sentences."""
        word = "图书" if language == "zh" else "library"
        for n in range(12):
            title = f"{word} {n} " + "图书馆协会" * 48
            CaseStudyPageFactory(parent=collection.home, title=title[:250])
            SdgFactory(code=f"9.{n}", label_en=f"{word} {'馆' * 280}"[:250])
        index()
        response = client.get("/api/v1/suggest", {"q": word, "lang": language})
        assert len(response.content) <= 2_000
        assert response.json()["suggestions"]
        long = client.get("/api/v1/suggest", {"q": "图" * 4_000, "lang": language})
        assert len(long.content) <= 2_000

    def test_may_be_kept_for_a_while(self, client, collection) -> None:
        response = client.get("/api/v1/suggest?q=memo&lang=en")
        assert response["Cache-Control"] == "public, max-age=60"
        assert "Cookie" not in response.get("Vary", "")
        again = client.get(
            "/api/v1/suggest?q=memo&lang=en", headers={"if-none-match": response["ETag"]}
        )
        assert again.status_code == 304

    def test_answers_browsers_in_their_format(self, client, collection) -> None:
        answer = check(client, "/api/v1/suggest?q=memo&lang=en&format=opensearch")
        assert answer[0] == "memo"
        assert "Memorandum of two libraries" in answer[1]

    def test_refuses_an_unknown_language(self, client) -> None:
        check(client, "/api/v1/suggest?q=a&lang=xx", status=400)


class TestDescription:
    def test_names_every_path_that_is_served(self, client) -> None:
        response = client.get("/api/v1/openapi.json")
        assert response["Access-Control-Allow-Origin"] == "*"
        description = response.json()
        assert set(description["paths"]) == {"/api/v1/search", "/api/v1/suggest"}

    def test_holds_valid_schemas(self, client) -> None:
        for schema in client.get("/api/v1/openapi.json").json()["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)

    def test_refuses_an_answer_of_another_shape(self, client) -> None:
        """The checks above can fail: a schema that takes everything would prove nothing."""
        description = client.get("/api/v1/openapi.json").json()
        schema = {
            "$ref": "#/components/schemas/SearchAnswer",
            "components": description["components"],
        }
        assert not Draft202012Validator(schema).is_valid({"total": 0, "hits": []})
