"""The form of a page as a browser sends it from the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from wagtail.fields import StreamField
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, streamfield


def form_data(client: Client, address: str, model: Any, **changed: Any) -> dict[str, Any]:
    """What the form at this address sends when only ``changed`` was typed."""
    return sent_by(client.get(address), model, **changed)


def sent_by(response: HttpResponse, model: Any, **changed: Any) -> dict[str, Any]:
    """What the form of an answer sends when only ``changed`` was typed.

    StreamFields, which a browser draws by script, are empty unless they are given as a list
    of (type, value).
    """
    sent = querydict_from_html(response.content.decode(), form_id="page-edit-form")
    data: dict[str, Any] = {name: sent.getlist(name) for name in sent}
    for field in model._meta.get_fields():
        if isinstance(field, StreamField):
            data |= nested_form_data({field.name: streamfield(changed.pop(field.name, []))})
    return {**data, **nested_form_data(changed)}
