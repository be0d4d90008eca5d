"""What editors are told of files whose words cannot be found: in a list, at the file, and at the
entry that it is attached to."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.documents.permissions import permission_policy

from toolkit.attached.models import FileText
from toolkit.core.spreadsheets import harmless_cell


def told(trouble: FileText) -> str:
    """That the words of a file cannot be found, why, and what to do."""
    return " ".join(
        [
            gettext("The words in this file cannot be found."),
            str(trouble.get_reason_display()),
            str(trouble.remedy),
        ]
    )


def unread_files(user: Any) -> QuerySet[FileText]:
    """The files that could not be read, of the documents that this user may change; the latest
    first."""
    documents = permission_policy.instances_user_has_permission_for(user, "change")
    return (
        FileText.objects.failed()
        .filter(document__in=documents.order_by().values("pk"))
        .defer("text")
        .select_related("document__collection")
        .order_by("-at", "pk")
    )


def unread_among(documents: Any) -> list[FileText]:
    """Those of these documents (by number) whose file could not be read."""
    found = FileText.objects.failed().filter(document__in=documents).defer("text")
    return list(found.select_related("document").order_by("document__title"))


class _Reason(Column):
    """Why, and what to do."""

    def get_value(self, instance: FileText) -> str:
        return f"{instance.get_reason_display()} {instance.remedy}"


class UnreadFilesView(ReportView):
    """The list, for those who may change documents, and of these documents alone."""

    page_title = _("Files that cannot be read")
    header_icon = "doc-full"
    template_name = "attached/admin/unread-files.html"
    index_url_name = "unread_files"
    index_results_url_name = "unread_files_results"
    permission_policy = permission_policy
    permission_required = "change"
    export_filename = "files"
    list_export = ["document.title", "file", "get_reason_display", "remedy", "at"]
    export_headings = {
        "document.title": _("File"),
        "file": _("name"),
        "get_reason_display": _("reason"),
        "remedy": _("what to do"),
        "at": _("looked at"),
    }
    columns = [
        TitleColumn(
            "document",
            label=_("File"),
            accessor="document.title",
            get_url=lambda row: reverse("wagtaildocs:edit", args=[row.pk]),
        ),
        _Reason("reason", label=_("What is the matter")),
        Column("collection", label=_("Collection"), accessor="document.collection"),
        DateColumn("at", label=_("Looked at")),
    ]

    def get_queryset(self) -> QuerySet[FileText]:
        return unread_files(self.request.user)

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        return harmless_cell(super().preprocess_field_value(field, value, export_format))
