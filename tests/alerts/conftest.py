from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from toolkit.alerts.models import Alert

Ask = Callable[..., Alert]


def links(message: EmailMessage) -> list[str]:
    """The addresses that stand in a mail, without the site's own."""
    root = "http://127.0.0.1:8000"
    return [line.strip().removeprefix(root) for line in message.body.splitlines() if root in line]


@pytest.fixture
def subscribed(db: None) -> Ask:
    """``subscribed("a@example.org", search="region=ke", language="en")`` → an alert that was
    asked for by the form, and confirmed by the button that its mail leads to."""
    from toolkit.alerts.telling import tell

    def subscribed(
        email: str = "reader@example.org", *, language: str = "en", **more: Any
    ) -> Alert:
        form = {"email": email, "website": "", "search": "", **more}
        assert Client().post(f"/{language}/search/alert/", form).status_code == 302
        tell()
        (page,) = links(mail.outbox.pop())
        assert Client(enforce_csrf_checks=True).post(page).status_code == 302
        return Alert.objects.get(email=email, search=form["search"], language=language)

    return subscribed
