"""What a page says of its versions in other languages."""

from __future__ import annotations

import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from tests.factories.pages import CaseStudyPageFactory, make_site, translated

pytestmark = pytest.mark.django_db


def versions(client: Client, url: str) -> str:
    page = BeautifulSoup(client.get(url).content, "html.parser")
    return " ".join(page.select_one("nav.versions").get_text(" ").split())


class TestReadIn:
    def test_names_the_original(self, client: Client) -> None:
        page = CaseStudyPageFactory(parent=make_site())
        copy = translated(page, "de")
        assert "English (" in versions(client, copy.url)
        assert "Deutsch (" not in versions(client, page.url)

    def test_says_that_a_translation_is_older_than_its_original(self, client: Client) -> None:
        page = CaseStudyPageFactory(parent=make_site())
        copy = translated(page, "de")
        now = timezone.now()
        Page.objects.filter(pk=page.pk).update(last_published_at=now)
        Page.objects.filter(pk=copy.pk).update(last_published_at=now - datetime.timedelta(days=3))
        assert "Deutsch (older than the original)" in versions(client, page.url)
        page_of_copy = BeautifulSoup(client.get(copy.url).content, "html.parser")
        assert page_of_copy.select_one("nav.versions p")
