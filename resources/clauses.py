"""The clauses of an agreement, and the blanks in them."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from resources.blanks import CODE
from toolkit.core.richtext import SanitisedRichTextBlock


def partner_type_choices() -> list[tuple[str, str]]:
    """Partner types as choices, in the active language."""
    from toolkit.taxonomy.vocabularies import vocabulary

    return [(term.value, term.label()) for term in vocabulary("partner")]


class PlaceholderBlock(blocks.StructBlock):
    """A blank that the parties fill in."""

    code = blocks.CharBlock(
        label=_("Code"),
        max_length=40,
        validators=[RegexValidator(rf"^{CODE}$", _("Small Latin letters, digits and _ only."))],
    )
    type = blocks.ChoiceBlock(
        choices=[
            ("party", _("Party")),
            ("date", _("Date")),
            ("sum", _("Sum")),
            ("text", _("Text")),
        ],
        default="text",
        label=_("Type"),
    )
    label = blocks.CharBlock(label=_("What to fill in"))
    example = blocks.CharBlock(required=False, label=_("Example"))

    class Meta:
        icon = "form"
        label = _("Blank")
        form_classname = "struct-block"


class PartnerTypesBlock(blocks.MultipleChoiceBlock):
    """Codes of partner types. Reading them asks no vocabulary; the form does."""

    def to_python(self, value: list[str] | None) -> list[str]:
        return [str(code) for code in value or []]


class VariantBlock(blocks.StructBlock):
    """The wording of a clause for some partner types."""

    partner_types = PartnerTypesBlock(choices=partner_type_choices, label=_("For"))
    text = SanitisedRichTextBlock(label=_("Text"))

    class Meta:
        label = _("Variant")


class ClauseBlock(blocks.StructBlock):
    """One clause: its text, its guidance, and other wordings of it."""

    code = blocks.CharBlock(
        label=_("Code"),
        max_length=40,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9_-]*$", _("Small Latin letters, digits, - and _ only."))
        ],
        help_text=_("The same in all languages, so that versions can be compared."),
    )
    heading = blocks.CharBlock(label=_("Heading"))
    required = blocks.BooleanBlock(required=False, default=True, label=_("Required"))
    text = SanitisedRichTextBlock(label=_("Text"))
    why = SanitisedRichTextBlock(required=False, label=_("Why it is there"))
    watch_out = SanitisedRichTextBlock(required=False, label=_("Watch out"))
    variants = blocks.ListBlock(VariantBlock(), default=[], label=_("Variants by partner type"))

    class Meta:
        icon = "list-ul"
        label = _("Clause")
