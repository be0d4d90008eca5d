"""The blocks that the body of any page is written with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock as WagtailTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from toolkit.core.charts import PERCENT, Bar, bar_chart
from toolkit.core.privacy import may_have
from toolkit.core.richtext import INLINE_FEATURES, SanitisedRichTextBlock
from toolkit.core.templatetags.localise import local_number, local_percent


class HeadingBlock(blocks.CharBlock):
    """A heading of the second level; headings inside texts are of the third."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "blocks/heading.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quotation"))
    source = blocks.CharBlock(required=False, label=_("Who said it, and where"))

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "blocks/quote.html"


class StepsBlock(blocks.ListBlock):
    """Numbered steps, one thing to do in each."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            SanitisedRichTextBlock(features=INLINE_FEATURES, label=_("Step")), **kwargs
        )

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "blocks/steps.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("note", _("Note")), ("tip", _("Tip")), ("warning", _("Watch out"))],
        default="note",
        label=_("Kind"),
    )
    text = SanitisedRichTextBlock(label=_("Text"))

    class Meta:
        icon = "warning"
        label = _("Callout")
        template = "blocks/callout.html"


class TableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Caption"), help_text=_("What the table shows."))
    table = WagtailTableBlock(label=_("Table"))

    class Meta:
        icon = "table"
        label = _("Table")
        template = "blocks/table.html"


class ChartRowBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Label"))
    value = blocks.FloatBlock(min_value=0, label=_("Value"))


class ChartBlock(blocks.StructBlock):
    """A bar chart, drawn as SVG, with its figures in a table beside it.

    Every share stands with the number that it is a share of, and the note says how far the
    figures carry: neither can be left out of what is shown.
    """

    title = blocks.CharBlock(label=_("Title"), help_text=_("The question that was asked."))
    column = blocks.CharBlock(label=_("What the rows are"), help_text=_("For example Partner"))
    unit = blocks.CharBlock(
        label=_("What was counted"),
        help_text=_(
            "For example Answers. A per cent sign says that the values are shares already."
        ),
    )
    n = blocks.IntegerBlock(
        required=False,
        min_value=1,
        label=_("Of how many"),
        help_text=_("Left empty, the page says that this number was not published."),
    )
    rows = blocks.ListBlock(ChartRowBlock(), min_num=1, label=_("Rows"))
    note = blocks.TextBlock(
        label=_("What to bear in mind"),
        help_text=_("How the sample leans, and where the source contradicts itself."),
    )

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        shares_only = value["unit"] == PERCENT
        chart = bar_chart(
            [
                (row["label"], row["value"])
                for row in value["rows"]
                if row["value"] is not None  # in a draft
            ],
            unit=value["unit"],
            n=value["n"],
            from_right=get_language_bidi(),
        )
        context["chart"] = chart
        context["shares_only"] = shares_only
        context["rows"] = [(bar, self._figure(bar, shares_only=shares_only)) for bar in chart.bars]
        context["from_right"] = get_language_bidi()
        return context

    def _figure(self, bar: Bar, *, shares_only: bool) -> str:
        """What stands behind a bar: "46 (36.5%)"."""
        if shares_only or bar.share is None:
            return local_percent(bar.share) if shares_only else local_number(bar.value)
        return f"{local_number(bar.value)} ({local_percent(bar.share)})"

    class Meta:
        icon = "view"
        label = _("Chart")
        template = "blocks/chart.html"


class ImageBlock(blocks.StructBlock):
    """An image whose alternative text is given or that is said to be decorative."""

    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        required=False,
        max_length=250,
        label=_("Alternative text"),
        help_text=_("What a reader who cannot see the image needs to know."),
    )
    decorative = blocks.BooleanBlock(
        required=False,
        label=_("Decorative"),
        help_text=_("The image adds nothing to the text; screen readers pass over it."),
    )
    caption = blocks.CharBlock(required=False, label=_("Caption"))

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        result = super().clean(value)
        if not result["decorative"] and not result["alt"].strip():
            raise blocks.StructBlockValidationError(
                block_errors={
                    "alt": ValidationError(
                        _("Describe the image, or say below that it is decorative.")
                    )
                }
            )
        return result

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["shown"] = _may_have(value.get("image"), parent_context)
        return context

    class Meta:
        icon = "image"
        label = _("Image")
        template = "blocks/image.html"


class FileBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("File"))
    description = blocks.CharBlock(required=False, label=_("What it is for"))
    language = blocks.CharBlock(
        required=False,
        max_length=8,
        label=_("Language code"),
        help_text=_("Only if it differs from the page: ar, de, en, es, fr, ru, zh …"),
    )

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["shown"] = _may_have(value.get("document"), parent_context)
        return context

    class Meta:
        icon = "doc-full"
        label = _("File")
        template = "blocks/file.html"


class VideoBlock(blocks.StructBlock):
    """A link to a video. Nothing is embedded: no request leaves for a third party."""

    title = blocks.CharBlock(label=_("Title"))
    url = blocks.URLBlock(label=_("Address"))
    length = blocks.CharBlock(required=False, label=_("Length"), help_text=_("For example 4 min"))
    size = blocks.CharBlock(required=False, label=_("Size"), help_text=_("For example 35 MB"))
    transcript = SanitisedRichTextBlock(required=False, label=_("Transcript"))

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        try:
            context["host"] = urlsplit(value.get("url") or "").hostname or ""
        except ValueError:  # "http://[" came by another way than the form
            context["host"] = ""
        return context

    class Meta:
        icon = "media"
        label = _("Video")
        template = "blocks/video.html"


class RelatedEntriesBlock(blocks.StructBlock):
    heading = blocks.CharBlock(required=False, label=_("Heading"))
    entries = blocks.ListBlock(blocks.PageChooserBlock(label=_("Entry")), label=_("Entries"))

    class Meta:
        icon = "link"
        label = _("Related entries")
        template = "blocks/related.html"


class BodyBlock(blocks.StreamBlock):
    """The body of a page."""

    heading = HeadingBlock()
    text = SanitisedRichTextBlock(label=_("Text"), template="blocks/text.html")
    quote = QuoteBlock()
    steps = StepsBlock()
    callout = CalloutBlock()
    table = TableBlock()
    chart = ChartBlock()
    image = ImageBlock()
    file = FileBlock()
    video = VideoBlock()
    related = RelatedEntriesBlock()

    class Meta:
        required = False


def _may_have(file: Any, context: dict[str, Any] | None) -> bool:
    """Whether there is such a document or image, and the reader of this page may have it."""
    return bool(file) and may_have(file, (context or {}).get("request"))


def raw_values(value: blocks.StreamValue | None) -> list[Any]:
    """The values of a StreamField's blocks as they are stored: plain data, for the many pages of
    an index or an export, where making every block costs more than all the rest."""
    return [block["value"] for block in value.stream_block.get_prep_value(value)] if value else []


def raw_items(value: list[Any]) -> list[Any]:
    """The values of a stored ``ListBlock``, of today's form or of the older one without ids."""
    return [
        item["value"] if isinstance(item, dict) and item.keys() >= {"type", "value"} else item
        for item in value
    ]


def body_text(value: blocks.StreamValue | None) -> str:
    """The words of a StreamField as plain text, for the search index and for summaries.

    Chosen images, files and pages contribute nothing: they are entries of their own.
    """
    if not value:
        return ""
    from toolkit.core.sanitising import running_text

    parts: list[str] = []

    def collect(raw: Any) -> None:
        if isinstance(raw, str):
            parts.append(raw)
        elif isinstance(raw, dict):
            for name, inner in raw.items():
                if name not in {"id", "type", "kind", "code", "language", "url", "partner_types"}:
                    collect(inner)
        elif isinstance(raw, (list, tuple)):
            for inner in raw:
                collect(inner)

    collect(value.stream_block.get_prep_value(value))
    return running_text(*parts)
