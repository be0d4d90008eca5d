from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from tests.factories.pages import (
    CaseStudyPageFactory,
    DirectionFactory,
    KindFactory,
    PartnerTypeFactory,
    RegionFactory,
    SectionPageFactory,
    StrategyFactory,
    make_site,
)
from toolkit.taxonomy.editing_rights import grant_rights
from toolkit.taxonomy.terms import Direction, EntryTag, Kind, PartnerType, Region
from toolkit.taxonomy.viewsets import VocabulariesGroup

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("chief", password="x"))
    return client


def member_of(group: str) -> Client:
    user = User.objects.create_user(f"member of {group}", password="x")
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def address(model: Any, view: str, *args: Any) -> str:
    return reverse(model.snippet_viewset.get_url_name(view), args=args)


def words(**fields: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"order": "0"}
    for code, _name in settings.LANGUAGES:
        data[f"label_{code}"] = data[f"scope_note_{code}"] = ""
    return {**data, "label_en": "Friends of the library", **fields}


class TestEveryVocabulary:
    @pytest.mark.parametrize(
        "model", [viewset.model for viewset in VocabulariesGroup.items], ids=lambda m: m.__name__
    )
    def test_has_a_list_and_a_search(self, chief: Client, model: Any) -> None:
        assert chief.get(address(model, "list")).status_code == 200
        assert chief.get(address(model, "list") + "?q=library").status_code == 200

    def test_is_in_the_menu(self, chief: Client) -> None:
        assert "Vocabularies" in chief.get(reverse("wagtailadmin_home")).content.decode()


class TestForm:
    def test_makes_a_term_with_labels_in_seven_languages(self, chief: Client) -> None:
        response = chief.post(
            address(PartnerType, "add"), words(code="friends", label_ar="أصدقاء المكتبة")
        )
        assert response.status_code == 302
        term = PartnerType.objects.get(code="friends")
        assert term.label("ar") == "أصدقاء المكتبة"

    def test_shows_arabic_from_right_to_left(self, chief: Client) -> None:
        content = chief.get(address(PartnerType, "add")).content.decode()
        assert 'lang="ar" dir="rtl"' in content

    def test_never_changes_a_code(self, chief: Client) -> None:
        term = PartnerTypeFactory(code="friends")
        chief.post(address(PartnerType, "edit", term.pk), words(code="foes", label_en="Friends"))
        term.refresh_from_db()
        assert (term.code, term.label_en) == ("friends", "Friends")

    def test_makes_the_code_of_a_direction_from_edition_and_number(self, chief: Client) -> None:
        strategy = StrategyFactory(code="2019-24")
        parent = DirectionFactory(strategy=strategy, number="3", code="2019-24.3")
        chief.post(
            address(Direction, "add"), words(strategy=strategy.pk, number="3.9", parent=parent.pk)
        )
        assert Direction.objects.get(number="3.9").code == "2019-24.3.9"

    def test_refuses_a_parent_of_another_edition(self, chief: Client) -> None:
        old = StrategyFactory(code="2010-15", starts=2010, ends=2015)
        parent = DirectionFactory(strategy=old, number="1", code="2010-15.1")
        new = StrategyFactory(code="2019-24")
        chief.post(
            address(Direction, "add"), words(strategy=new.pk, number="9.9", parent=parent.pk)
        )
        assert not Direction.objects.filter(number="9.9").exists()

    def test_refuses_a_second_direction_of_the_same_number(self, chief: Client) -> None:
        there = DirectionFactory(number="3")
        response = chief.post(
            address(Direction, "add"), words(strategy=there.strategy_id, number="3", parent="")
        )
        assert response.status_code == 200
        assert Direction.objects.count() == 1


class TestDeleting:
    @pytest.fixture
    def page(self) -> Any:
        section = SectionPageFactory(parent=make_site())
        return CaseStudyPageFactory(
            parent=section, title="A bus of books", partner_types=["ngos"], tags=["e-books"]
        )

    def test_lists_the_entries_first(self, chief: Client, page: Any) -> None:
        term = PartnerType.objects.get(code="ngos")
        content = chief.get(address(PartnerType, "delete", term.pk)).content.decode()
        assert "1 entry has this term" in content
        assert "A bus of books" in content

    def test_needs_a_decision(self, chief: Client, page: Any) -> None:
        term = PartnerType.objects.get(code="ngos")
        response = chief.post(address(PartnerType, "delete", term.pk), {})
        assert "Say what becomes of the entries." in response.content.decode()
        assert PartnerType.objects.filter(code="ngos").exists()

    def test_needs_a_term_to_move_to(self, chief: Client, page: Any) -> None:
        term = PartnerType.objects.get(code="ngos")
        response = chief.post(address(PartnerType, "delete", term.pk), {"then": "move"})
        assert "Choose the term to move the entries to." in response.content.decode()
        assert PartnerType.objects.filter(code="ngos").exists()

    def test_moves_the_entries(self, chief: Client, page: Any) -> None:
        term, other = PartnerType.objects.get(code="ngos"), PartnerTypeFactory(code="charities")
        data = {"then": "move", "replacement": other.pk}
        response = chief.post(address(PartnerType, "delete", term.pk), data, follow=True)
        assert "1 page has “Charities” now." in response.content.decode()
        page.refresh_from_db()
        assert [term.code for term in page.partner_types.all()] == ["charities"]

    def test_takes_the_term_off(self, chief: Client, page: Any) -> None:
        term = PartnerType.objects.get(code="ngos")
        chief.post(address(PartnerType, "delete", term.pk), {"then": "take-off"})
        assert not PartnerType.objects.filter(code="ngos").exists()

    def test_of_an_unused_term_needs_no_decision(self, chief: Client) -> None:
        term = PartnerTypeFactory(code="nobody")
        chief.post(address(PartnerType, "delete", term.pk), {})
        assert not PartnerType.objects.filter(code="nobody").exists()

    def test_of_a_region_with_countries_says_which(self, chief: Client) -> None:
        africa = RegionFactory(code="africa")
        RegionFactory(code="ke", label_en="Kenya", parent=africa)
        for response in (
            chief.get(address(Region, "delete", africa.pk)),
            chief.post(address(Region, "delete", africa.pk), {"then": "take-off"}),
        ):
            assert "These belong to it: Kenya." in response.content.decode()
        assert Region.objects.filter(code="africa").exists()

    def test_of_a_tag_merges_it(self, chief: Client, page: Any) -> None:
        old, new = EntryTag.objects.get(name="e-books"), EntryTag.objects.create(name="ebooks")
        assert "Merge into another tag" in chief.get(address(EntryTag, "list")).content.decode()
        chief.post(address(EntryTag, "delete", old.pk), {"then": "move", "replacement": new.pk})
        fresh = type(page).objects.get(pk=page.pk)
        assert [tag.name for tag in fresh.tags.all()] == ["ebooks"]

    def test_in_bulk_is_refused_for_terms_in_use(self, chief: Client, page: Any) -> None:
        term = PartnerType.objects.get(code="ngos")
        bulk = reverse("wagtail_bulk_action", args=("taxonomy", "partnertype", "delete"))
        response = chief.post(f"{bulk}?id={term.pk}", follow=True)
        assert "In use, to be deleted one by one" in response.content.decode()
        assert PartnerType.objects.filter(code="ngos").exists()

    def test_in_bulk_works_for_terms_that_nothing_uses(self, chief: Client) -> None:
        term = PartnerTypeFactory(code="nobody")
        bulk = reverse("wagtail_bulk_action", args=("taxonomy", "partnertype", "delete"))
        chief.post(f"{bulk}?id={term.pk}")
        assert not PartnerType.objects.filter(code="nobody").exists()


class TestTags:
    def test_have_labels_in_the_other_languages(self, chief: Client) -> None:
        tag = EntryTag.objects.create(name="e-books")
        content = chief.get(address(EntryTag, "edit", tag.pk)).content.decode()
        assert 'name="label_en"' not in content
        assert re.search(r'name="label_ar"[^>]*lang="ar" dir="rtl"', content)
        data = {**words(label_ar="كتب إلكترونية"), "name": "e-books", "slug": "e-books"}
        assert chief.post(address(EntryTag, "edit", tag.pk), data).status_code == 302
        tag.refresh_from_db()
        assert (tag.label("ar"), tag.label("fr"), tag.slug) == (
            "كتب إلكترونية",
            "e-books",
            "e-books",
        )

    def test_need_no_labels(self, chief: Client) -> None:
        chief.post(address(EntryTag, "add"), {**words(), "name": "zines", "slug": "zines"})
        assert EntryTag.objects.get(name="zines").label("zh") == "zines"
        chief.post(address(EntryTag, "add"), {**words(), "name": "★★", "slug": ""})
        assert EntryTag.objects.get(name="★★").slug == "black-star-black-star"

    def test_are_found_by_their_labels(self, chief: Client) -> None:
        EntryTag.objects.create(name="zines")
        EntryTag.objects.create(name="e-books", label_zh="电子书")
        content = chief.get(address(EntryTag, "list") + "?q=电子书").content.decode()
        assert "e-books" in content
        assert "zines" not in content


class TestKinds:
    def test_can_be_renamed(self, chief: Client) -> None:
        kind = KindFactory(code="mou")
        chief.post(address(Kind, "edit", kind.pk), words(code="mou", label_en="Agreement"))
        kind.refresh_from_db()
        assert kind.label_en == "Agreement"

    def test_neither_come_nor_go(self, chief: Client) -> None:
        kind = KindFactory(code="mou")
        chief.post(address(Kind, "add"), words(code="poem"))
        chief.post(address(Kind, "delete", kind.pk), {})
        bulk = reverse("wagtail_bulk_action", args=("taxonomy", "kind", "delete"))
        chief.post(f"{bulk}?id={kind.pk}")
        assert [kind.code for kind in Kind.objects.all()] == ["mou"]


class TestRights:
    def test_let_moderators_keep_the_vocabularies(self) -> None:
        grant_rights()
        client = member_of("Moderators")
        assert client.get(address(Region, "list")).status_code == 200
        client.post(address(PartnerType, "add"), words(code="friends"))
        assert PartnerType.objects.filter(code="friends").exists()

    def test_keep_editors_out(self) -> None:
        grant_rights()
        client = member_of("Editors")
        client.post(address(PartnerType, "add"), words(code="friends"))
        assert not PartnerType.objects.exists()
        assert client.get(address(PartnerType, "list")).status_code == 302

    def test_are_granted_once(self) -> None:
        assert grant_rights()
        group = Group.objects.get(name="Moderators")
        group.permissions.remove(*group.permissions.filter(codename="delete_region"))
        assert grant_rights() == []
        assert not group.permissions.filter(codename="delete_region").exists()
