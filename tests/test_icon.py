"""The icon, for those whom no page told where it is."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

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

    @pytest.mark.parametrize("name", ["apple-touch-icon", "apple-touch-icon-precomposed"])
    def test_is_drawn_in_dots_where_telephones_look(self, name: str) -> None:
        """There was a whole page that nothing was found; iOS asks for it with every bookmark."""
        response = Client().get(f"/{name}.png")
        assert response.status_code == 302
        assert response["Location"] == "/static/img/touch-icon.png"
        assert response["Cache-Control"] == "public, max-age=86400"
        with Image.open(finders.find("img/touch-icon.png")) as picture:
            assert picture.size == (180, 180)
            assert "transparency" not in picture.info  # iOS would draw it black
