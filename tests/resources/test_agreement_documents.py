from __future__ import annotations

from dataclasses import replace

import pytest

from resources.agreements import (
    Clause,
    UnknownMarker,
    Variant,
    agreement_outline,
    undeclared_markers,
)
from tests.documents.samples import SAMPLES, agreement
from toolkit.documents.html import text_of
from toolkit.documents.languages import words
from toolkit.documents.outline import (
    Blank,
    Heading,
    LineBreak,
    Note,
    NumberedList,
    Paragraph,
    SignatureBlock,
    Text,
)


def headings(outline):
    return [(block.level, block.text) for block in outline.blocks if isinstance(block, Heading)]


class TestOutline:
    def test_clauses_are_numbered_headings_and_signatures_come_last(self):
        outline = agreement_outline(agreement(), with_guidance=False)
        assert headings(outline) == [
            (1, "1. Parties"),
            (1, "2. Aim"),
            (1, "3. Money"),
            (2, "Aim"),
            (1, "Signatures"),
        ]

    def test_markers_become_blanks(self):
        outline = agreement_outline(agreement(), with_guidance=False)
        lists = [block for block in outline.blocks if isinstance(block, NumberedList)]
        assert lists[0].items[0][0] == Paragraph((Blank("Name of the first party", "party"),))

    def test_every_party_signs(self):
        outline = agreement_outline(agreement(), values={"first_party": "City Library"})
        assert outline.blocks[-1] == SignatureBlock(
            ((Text("City Library"),), (Blank("Name of the second party", "party"),))
        )

    def test_values_fill_blanks_and_keep_their_lines(self):
        outline = agreement_outline(
            agreement(), with_guidance=False, values={"start": "1 March\n2027"}
        )
        paragraph = next(
            block
            for block in outline.blocks
            if isinstance(block, Paragraph)
            and block.runs[0] == Text("Costs are shared from 1 March")
        )
        assert paragraph.runs[1:] == (LineBreak(), Text("2027."))

    def test_an_empty_value_leaves_the_blank(self):
        assert agreement_outline(agreement(), values={"start": " "}) == agreement_outline(
            agreement()
        )

    def test_the_clean_copy_has_no_guidance(self):
        outline = agreement_outline(agreement(), with_guidance=False)
        assert not [block for block in outline.blocks if isinstance(block, Note)]
        assert "Talk first" not in repr(outline)

    def test_guidance_says_why_what_to_watch_and_what_is_optional(self):
        outline = agreement_outline(agreement())
        notes = [block for block in outline.blocks if isinstance(block, Note)]
        assert [note.kind for note in notes] == ["about", "why", "watch_out", "why", "about"]
        assert words("en").optional in repr(notes[3])

    def test_direction_follows_from_the_language(self):
        assert agreement_outline(agreement("ar")).direction == "rtl"
        assert agreement_outline(agreement("zh")).direction == "ltr"


class TestColophon:
    @pytest.mark.parametrize(
        ("language", "date"),
        [
            ("en", "20 November 2026"),
            ("ar", "20 نوفمبر 2026"),
            ("ru", "20 ноября 2026"),
            ("zh", "2026年11月20日"),
        ],
    )
    def test_it_credits_and_spells_the_date_out(self, language, date):
        line = text_of(agreement_outline(agreement(language)).colophon)
        assert line.startswith("Collaboration Toolkit · ")
        assert "CC BY 4.0" in line
        assert date in line
        assert line.endswith("https://toolkit.example.org/resources/")


class TestVariants:
    def test_a_partner_type_chooses_the_wording(self):
        outline = agreement_outline(agreement(), partner_type="ngos")
        assert SAMPLES["en"].aim_ngos in repr(outline.blocks)
        assert "promote reading" not in repr(outline.blocks)

    def test_one_wording_may_serve_several_partner_types(self):
        variant = Variant(partner_types=("ngos", "media"), text="<p>As friends do.</p>")
        clause = Clause(code="aim", heading="Aim", text="<p>As usual.</p>", variants=(variant,))
        served = {kind: clause.text_for(kind) for kind in ("ngos", "media", "business", None)}
        usual = "<p>As usual.</p>"
        assert served == {
            "ngos": variant.text, "media": variant.text, "business": usual, None: usual,
        }  # fmt: skip

    def test_another_partner_type_gets_the_usual_wording(self):
        outline = agreement_outline(agreement(), partner_type="media", with_guidance=False)
        assert "promote reading" in repr(outline.blocks)

    def test_without_a_choice_the_guidance_shows_each_variant_by_its_label(self):
        outline = agreement_outline(
            agreement(), partner_type_labels={"ngos": "Non-governmental organisations"}
        )
        (note,) = [b for b in outline.blocks if isinstance(b, Note) and "Non-gov" in b.label]
        assert SAMPLES["en"].aim_ngos in repr(note)


class TestUnknownMarkers:
    def test_a_marker_without_a_placeholder_is_named_with_its_clause(self):
        bad = replace(
            agreement(), clauses=(Clause(code="law", heading="Law", text="<p>{country}</p>"),)
        )
        with pytest.raises(UnknownMarker, match=r"clause law: the marker \{country\}"):
            agreement_outline(bad)
        assert [(error.code, error.where) for error in undeclared_markers(bad)] == [
            ("country", "clause law")
        ]

    def test_a_value_for_nothing_is_refused(self):
        with pytest.raises(UnknownMarker, match="values"):
            agreement_outline(agreement(), values={"nobody": "x"})

    def test_other_braces_are_text(self):
        odd = replace(
            agreement(), clauses=(Clause(code="a", heading="{0}", text="<p>{{7*7}} {} {1}</p>"),)
        )
        assert "{{7*7}} {} {1}" in repr(agreement_outline(odd))
        assert undeclared_markers(odd) == []
