"""What is read from the declaration of the facets, and nowhere else."""

from __future__ import annotations

import pytest

from search.requests import FACET_NAMES
from search.views.browse import WITH_PAGES
from toolkit.importing.plans import TERM_COLUMNS
from toolkit.taxonomy.facets import CLASSIFYING, CONTROLLED, FACETS, canonical
from toolkit.taxonomy.vocabularies import MODELS, NAMES
from toolkit.taxonomy.works import EntryPage


class TestAFacet:
    def test_is_a_field_of_entries_that_holds_terms_of_its_vocabulary(self) -> None:
        for facet in CONTROLLED:
            field = EntryPage._meta.get_field(facet.field)
            assert field.related_model is facet.model is MODELS[facet.name], facet.name

    def test_is_a_parameter_and_has_a_vocabulary(self) -> None:
        assert tuple(FACETS) == FACET_NAMES
        assert set(FACETS) <= set(NAMES)

    def test_is_said_on_an_entrys_page_in_words(self) -> None:
        assert all(facet.heading and facet.field_name for facet in CLASSIFYING)

    def test_has_pages_for_its_terms_where_its_list_is_browsed(self) -> None:
        for facet in FACETS.values():
            assert bool(facet.browsed) == facet.has_pages == (facet.name in WITH_PAGES), facet.name

    def test_is_a_column_of_an_imported_table(self) -> None:
        assert {facet.field: facet.name for facet in CONTROLLED} == TERM_COLUMNS


class TestCanonical:
    @pytest.mark.parametrize(
        ("facet", "written", "code"),
        [("sdg", "5B", "5.b"), ("sdg", "16.10", "16.10"), ("region", "5B", "5B"), ("x", "y", "y")],
    )
    def test_reads_a_value_as_its_facet_does(self, facet: str, written: str, code: str) -> None:
        assert canonical(facet, written) == code
