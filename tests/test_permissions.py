"""Who may do what in the admin: anonymous, member, editor, moderator, administrator.

What they may read stands in ``test_privacy``.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from tests.factories.pages import (
    CaseStudyPageFactory,
    RegionFactory,
    SectionPageFactory,
    make_site,
)
from tests.factories.people import RANKS, as_, make_people
from toolkit.alerts.models import Alert
from toolkit.pages.models import SectionPage
from toolkit.wanted.models import Wanted

pytestmark = pytest.mark.django_db

TO_LOGIN, FORBIDDEN, OK = "to login", "forbidden", "ok"


@pytest.fixture
def section() -> SectionPage:
    home = make_site()
    make_people(home)
    section: SectionPage = SectionPageFactory(parent=home, slug="case-studies")
    return section


def outcome(client: Client, url: str, data: dict[str, str] | None = None) -> str:
    response = client.post(url, data) if data is not None else client.get(url)
    if response.status_code == 302:
        target = response["Location"]
        if "login" in target:
            return TO_LOGIN
        return FORBIDDEN if target == reverse("wagtailadmin_home") else OK
    return {200: OK, 403: FORBIDDEN}[response.status_code]


def outcomes(url: str) -> dict[str, str]:
    return {rank: outcome(as_(rank), url) for rank in RANKS}


def from_rank_on(rank: str, below: str = FORBIDDEN) -> dict[str, Any]:
    """What everybody is told where only this rank and those above may."""
    first = RANKS.index(rank)
    told = {name: OK if place >= first else below for place, name in enumerate(RANKS)}
    return {**told, "anonymous": TO_LOGIN, "member": TO_LOGIN}


class TestTheAdmin:
    def test_edits_pages_from_editors_on(self, section: SectionPage) -> None:
        page = CaseStudyPageFactory(parent=section, live=False)
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert outcomes(url) == from_rank_on("editor")

    def test_publishes_from_editors_on(self, section: SectionPage) -> None:
        for rank, expected in from_rank_on("editor").items():
            page = CaseStudyPageFactory(parent=section)
            url = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
            assert outcome(as_(rank), url, {}) == expected, rank
            page.refresh_from_db()
            assert page.live is (expected != OK), rank

    def test_keeps_vocabularies_for_moderators(self, section: SectionPage) -> None:
        region = RegionFactory(code="europe")
        url = reverse(type(region).snippet_viewset.get_url_name("edit"), args=[region.pk])
        assert outcomes(url) == from_rank_on("moderator")

    def test_shows_what_readers_miss_to_editors_and_lets_moderators_remove_it(
        self, section: SectionPage
    ) -> None:
        message = Wanted.objects.create(text="A radio", language="en")
        told = {
            name: outcomes(reverse(f"wanted:{name}", args=[message.pk] if name != "index" else []))
            for name in ("index", "edit", "delete")
        }
        assert told["index"] == told["edit"] == from_rank_on("editor")
        assert told["delete"] == from_rank_on("moderator")
        add = outcomes(reverse("wanted:add"))  # readers write them, nobody else
        assert {add[rank] for rank in ("editor", "moderator", "administrator")} == {FORBIDDEN}

    def test_shows_who_is_told_what_is_new_to_administrators_alone(
        self, section: SectionPage
    ) -> None:
        alert = Alert.objects.create(email="reader@example.org", language="en")
        assert outcomes(reverse("alerts:index")) == from_rank_on("administrator")
        assert outcomes(reverse("alerts:delete", args=[alert.pk])) == from_rank_on("administrator")
        listed = as_("administrator").get(reverse("alerts:index"), {"q": "reader@"}).content
        assert b"reader@example.org" in listed
        # readers ask and confirm, nobody else
        assert outcome(as_("administrator"), reverse("alerts:add")) == FORBIDDEN
        edit = reverse("alerts:edit", args=[alert.pk])
        assert outcome(as_("administrator"), edit) == FORBIDDEN
        assert outcome(as_("administrator"), reverse("alerts:delete", args=[alert.pk]), {}) == OK
        assert not Alert.objects.exists()
        assert not ModelLogEntry.objects.filter(label__contains="reader@").exists()

    def test_shows_files_that_cannot_be_read_to_those_who_may_change_them(
        self, section: SectionPage
    ) -> None:
        for name in ("unread_files", "unread_files_results"):
            assert outcomes(reverse(name)) == from_rank_on("editor")

    def test_keeps_accounts_for_administrators(self, section: SectionPage) -> None:
        assert outcomes(reverse("wagtailusers_users:index")) == from_rank_on("administrator")
