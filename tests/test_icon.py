"""The icon, for those whom no page told where it is."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db


class TestTheIcon:
    def test_is_where_browsers_look_without_being_told(self) -> None:
        """There was an error page of 7 kB, drawn anew for every visitor."""
        response = Client().get("/favicon.ico")
        assert response.status_code == 302
        assert response["Location"] == "/static/img/favicon.svg"
        assert finders.find("img/favicon.svg")
        assert response["Cache-Control"] == "public, max-age=86400"
        assert not response.content
