"""The vocabularies in the admin: how editors see, change and remove terms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_filters import ModelChoiceFilter
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import DeleteView, SnippetViewSet, SnippetViewSetGroup

from toolkit.taxonomy.choosing import file_by_name
from toolkit.taxonomy.removing import entries_with, obstacles, remove_term
from toolkit.taxonomy.terms import (
    EVERY_REGION,
    Direction,
    DirectionMapping,
    EntryTag,
    Kind,
    PartnerType,
    Region,
    Role,
    Sdg,
    Series,
    Strategy,
    Term,
)

LANGUAGES = sorted(settings.LANGUAGES, key=lambda pair: pair[0] != settings.LANGUAGE_CODE)

#: What identifies a term in addresses and elsewhere: chosen once, when the term is made.
LASTING = ("code", "strategy", "number")


OTHER_NAMES = [f"also_known_as_{code}" for code, _name in LANGUAGES]


class TermForm(WagtailAdminModelForm):
    """Shows each language in its own direction; keeps what must not change from changing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            for name in (f"label_{code}", f"scope_note_{code}", f"also_known_as_{code}"):
                if name in self.fields:
                    direction = "rtl" if get_language_info(code)["bidi"] else "ltr"
                    self.fields[name].widget.attrs.update({"lang": code, "dir": direction})
        if self.instance.pk:
            for name in LASTING:
                if name in self.fields and getattr(self.instance, name, None):
                    self.fields[name].disabled = True


class DirectionForm(TermForm):
    """The code of a direction follows from its edition and its number."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        strategy, number = cleaned.get("strategy"), cleaned.get("number")
        if strategy and number and not self.instance.pk:
            self.instance.code = f"{strategy.code}.{number}".lower()
            if Direction.objects.filter(code=self.instance.code).exists():
                self.add_error("number", gettext("This edition has a direction of that number."))
        return cleaned


class ParentForm(TermForm):
    """A term that may belong to another: offers those that belong to none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wider = self._meta.model.objects.filter(parent=None)
        self.fields["parent"].queryset = wider.exclude(pk=self.instance.pk).exclude(
            code=EVERY_REGION
        )


def term_panels(*own: Panel) -> list[Panel]:
    """The panels of a vocabulary: its own fields, then the words in each language."""
    words = [
        MultiFieldPanel(
            [
                FieldPanel(f"label_{code}", heading=_("Label")),
                FieldPanel(f"scope_note_{code}", heading=_("What it covers")),
                FieldPanel(f"also_known_as_{code}"),
            ],
            heading=name,
            classname="" if code == settings.LANGUAGE_CODE else "collapsed",
        )
        for code, name in LANGUAGES
    ]
    return [*own, *words, FieldPanel("order")]


# --- removing ---------------------------------------------------------------------------


class RemovalForm(forms.Form):
    """What becomes of the entries of a term that goes."""

    then = forms.ChoiceField(
        label=_("What becomes of these entries?"),
        choices=[
            ("move", _("Move them to another term")),
            ("take-off", _("Take the term off them")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of the entries.")},
    )
    replacement = forms.ModelChoiceField(
        label=_("The other term"), queryset=EntryTag.objects.none(), required=False
    )

    def __init__(self, *args: Any, term: Term | EntryTag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vocabulary: Any = type(term)
        others = vocabulary.objects.exclude(pk=term.pk)
        self.fields["replacement"].queryset = others  # type: ignore[attr-defined]
        if vocabulary in {EntryTag, Region}:
            file_by_name(self.fields["replacement"])  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("then") == "move" and not cleaned.get("replacement"):
            self.add_error("replacement", gettext("Choose the term to move the entries to."))
        return cleaned


class TermDeleteView(DeleteView):
    """Asks what becomes of a term's entries before it goes."""

    template_name = "taxonomy/term_delete.html"
    page_title = _("Delete")
    SHOWN = 10

    def get_usage_url(self) -> None:
        return None  # the page itself lists the entries

    @property
    def removal_form(self) -> RemovalForm:
        if not hasattr(self, "_removal_form"):
            data = self.request.POST if self.request.method == "POST" else None
            initial = {"then": "move"} if isinstance(self.object, EntryTag) else {}
            self._removal_form = RemovalForm(data, initial=initial, term=self.object)
        return self._removal_form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pages = entries_with(self.object)
        if obstacles(self.object):
            return self.render_to_response(self.get_context_data())
        replacement = None
        if pages.exists():
            if not self.removal_form.is_valid():
                return self.render_to_response(self.get_context_data())
            if self.removal_form.cleaned_data["then"] == "move":
                replacement = self.removal_form.cleaned_data["replacement"]
        response = self.run_before_hook()
        if response is not None:
            return response
        name = str(self.object)
        try:
            with transaction.atomic():
                log(instance=self.object, action="wagtail.delete")
                number = remove_term(self.object, replacement=replacement)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return self.render_to_response(self.get_context_data())
        done = gettext("“%(term)s” is deleted.") % {"term": name}
        if number and replacement is not None:
            done += " " + ngettext(
                "%(number)d page has “%(other)s” now.",
                "%(number)d pages have “%(other)s” now.",
                number,
            ) % {"number": number, "other": replacement}
        messages.success(request, done)
        hook_response = self.run_after_hook()
        if hook_response is not None:
            return hook_response
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        pages = entries_with(self.object).order_by("title")
        number = pages.count()
        context.update(
            obstacles=obstacles(self.object),
            number=number,
            works=pages.order_by().values("translation_key").distinct().count(),
            pages=pages.select_related("locale")[: self.SHOWN],
            more=max(number - self.SHOWN, 0),
            removal_form=self.removal_form,
        )
        return context


# --- the vocabularies -------------------------------------------------------------------


class TermViewSet(SnippetViewSet):
    """A vocabulary's list, forms and removal."""

    icon = "tag"
    list_display = ["__str__", "code"]
    search_backend_name = None
    search_fields = [
        "code",
        *(f"label_{code}" for code, _name in LANGUAGES),
        *OTHER_NAMES,
    ]
    ordering = ["order", "code"]
    list_per_page = 50
    copy_view_enabled = False
    delete_view_class = TermDeleteView
    delete_template_name = "taxonomy/term_delete.html"

    own_panels: list[Panel] = [FieldPanel("code")]
    form: type[TermForm] = TermForm

    def get_edit_handler(self) -> Panel:
        panels = term_panels(*self.own_panels)
        return ObjectList(panels, base_form_class=self.form).bind_to_model(self.model)


class FixedTermsPolicy(ModelPermissionPolicy):
    """Terms that the programs rest on: their words may change, nothing may come or go."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in {"add", "delete"} and super().user_has_permission(user, action)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class KindViewSet(TermViewSet):
    """Kinds come with page types: a kind without one would be an empty promise."""

    model = Kind
    icon = "doc-empty-inverse"

    @property
    def permission_policy(self) -> FixedTermsPolicy:
        return FixedTermsPolicy(self.model)


class PartOfFilterSet(WagtailFilterSet):
    """Narrows a vocabulary of two levels to what belongs to one of the first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wider = self._meta.model.objects.filter(parent=None)
        self.filters["parent"].field.queryset = wider


class RegionFilterSet(PartOfFilterSet):
    parent = ModelChoiceFilter(queryset=Region.objects.filter(parent=None), label=_("Part of"))

    class Meta:
        model = Region
        fields = ["parent"]


class RegionViewSet(TermViewSet):
    model = Region
    icon = "globe"
    list_display = ["__str__", "code", Column("parent", label=_("Part of"))]
    filterset_class = RegionFilterSet
    own_panels = [FieldPanel("code"), FieldPanel("parent")]
    form = ParentForm


class PartnerTypeViewSet(TermViewSet):
    model = PartnerType
    icon = "group"


class StrategyViewSet(TermViewSet):
    model = Strategy
    icon = "list-ol"
    list_display = ["__str__", "code", "starts", "ends"]
    ordering = ["-starts"]
    own_panels = [FieldPanel("code"), FieldPanel("starts"), FieldPanel("ends")]


class DirectionFilterSet(WagtailFilterSet):
    class Meta:
        model = Direction
        fields = ["strategy"]


class DirectionViewSet(TermViewSet):
    model = Direction
    icon = "list-ul"
    list_display = ["__str__", "code", Column("parent", label=_("Part of"))]
    filterset_class = DirectionFilterSet
    ordering = ["-strategy__starts", "order", "code"]
    own_panels = [FieldPanel("strategy"), FieldPanel("number"), FieldPanel("parent")]
    form = DirectionForm

    def get_queryset(self, request: HttpRequest) -> Any:
        return Direction.objects.select_related("strategy", "parent__strategy")


class DirectionMappingViewSet(SnippetViewSet):
    model = DirectionMapping
    icon = "link"
    list_display = ["source", "relation", "target"]
    list_filter = ["relation"]
    search_backend_name = None
    search_fields = ["source__code", "source__label_en", "target__code", "target__label_en"]
    copy_view_enabled = False
    panels = [FieldPanel("source"), FieldPanel("relation"), FieldPanel("target")]

    def get_queryset(self, request: HttpRequest) -> Any:
        return DirectionMapping.objects.select_related("source__strategy", "target__strategy")


class SdgFilterSet(PartOfFilterSet):
    parent = ModelChoiceFilter(queryset=Sdg.objects.filter(parent=None), label=_("Goal"))

    class Meta:
        model = Sdg
        fields = ["parent"]


class SdgViewSet(TermViewSet):
    model = Sdg
    icon = "success"
    list_display = ["__str__", Column("parent", label=_("Goal"))]
    filterset_class = SdgFilterSet
    own_panels = [FieldPanel("code"), FieldPanel("parent")]
    form = ParentForm


class RoleViewSet(TermViewSet):
    model = Role
    icon = "user"


class SeriesViewSet(TermViewSet):
    model = Series
    icon = "order"
    list_display = ["__str__", "code", "hashtag"]
    own_panels = [FieldPanel("code"), FieldPanel("hashtag")]


#: The columns of a tag in the other languages; its name stands for the site's own.
TAG_LABELS = [f"label_{code}" for code, _name in LANGUAGES if code != settings.LANGUAGE_CODE]


class TagForm(TermForm):
    """A tag's slug is made of its name where nobody wrote one, as the field for tags does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False


class EntryTagViewSet(SnippetViewSet):
    model = EntryTag
    icon = "tag"
    list_display = ["name", "slug"]
    search_backend_name = None
    search_fields = ["name", "slug", *TAG_LABELS, *OTHER_NAMES]
    ordering = ["name"]
    list_per_page = 50
    copy_view_enabled = False
    delete_view_class = TermDeleteView
    delete_template_name = "taxonomy/term_delete.html"

    def get_edit_handler(self) -> Panel:
        labels = MultiFieldPanel([FieldPanel(name) for name in TAG_LABELS], heading=_("Label"))
        others = MultiFieldPanel(
            [
                FieldPanel(f"also_known_as_{code}", heading=name, help_text="")
                for code, name in LANGUAGES
            ],
            heading=_("Also known as"),
            help_text=_("Other names, one a line. Readers find entries by them."),
        )
        panels = [FieldPanel("name"), FieldPanel("slug"), labels, others]
        return ObjectList(panels, base_form_class=TagForm).bind_to_model(self.model)


class VocabulariesGroup(SnippetViewSetGroup):
    menu_label = _("Vocabularies")
    menu_icon = "tag"
    menu_name = "vocabularies"
    menu_order = 250
    items = (
        RegionViewSet,
        PartnerTypeViewSet,
        StrategyViewSet,
        DirectionViewSet,
        DirectionMappingViewSet,
        SdgViewSet,
        RoleViewSet,
        SeriesViewSet,
        KindViewSet,
        EntryTagViewSet,
    )
