"""Whatever changes what the public may find reaches the index after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from casestudies.models import CaseStudyPage
from search.answers import current_engine
from search.catalogue import changes, indexing
from search.engines import engines
from search.engines.base import EngineUnavailable, RebuildRunning
from search.entries import SearchEntry
from search.models import IndexState, PendingChange
from search.requests import SearchRequest
from tests.factories.pages import (
    CaseStudyPageFactory,
    DirectionFactory,
    ExercisePageFactory,
    RegionFactory,
    SectionPageFactory,
    make_site,
    translated,
)
from tests.factories.standing import Ground, Stood, found_again
from toolkit.core import leases
from toolkit.core.models import Lease
from toolkit.pages.models import HomePage
from toolkit.taxonomy.terms import DirectionMapping, EntryTag

pytestmark = pytest.mark.django_db(transaction=True)


def make_home() -> HomePage:
    home = make_site()
    indexing.rebuild(engines()[0])
    return home


@pytest.fixture(scope="module")
def standing_home(ground: Ground) -> Iterator[Stood[HomePage]]:
    with ground.committed(make_home) as stood:
        yield stood


@pytest.fixture
def home(standing_home: Stood[HomePage], own_index: None) -> HomePage:
    standing_home.use_copy_of_index()
    return found_again(standing_home.made)


def titles(text: str = "", **selected: str) -> list[str]:
    request = SearchRequest.of(
        text, language="en", selected={name: (value,) for name, value in selected.items()}
    )
    return sorted(hit.title for hit in current_engine().search(request).hits)


class TestAPage:
    def test_is_found_once_it_is_published(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries")
        assert titles("mobile") == ["Mobile libraries"]

    def test_is_not_found_as_a_draft(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries", live=False)
        assert titles("mobile") == []

    def test_is_found_by_its_new_words_after_a_change(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        page.title = "Floating libraries"
        page.save_revision().publish()
        assert (titles("mobile"), titles("floating")) == ([], ["Floating libraries"])

    def test_keeps_its_public_words_while_a_draft_of_it_waits(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        page.title = "Secret plans"
        page.save_revision()
        assert (titles("mobile"), titles("secret")) == (["Mobile libraries"], [])

    def test_is_gone_after_it_is_unpublished(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries").unpublish()
        assert titles("mobile") == []

    def test_is_gone_after_it_is_deleted(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries").delete()
        assert titles("mobile") == []

    def test_is_gone_after_its_section_is_deleted(self, home: HomePage) -> None:
        section = SectionPageFactory(parent=home)
        CaseStudyPageFactory(parent=section, title="Mobile libraries")
        assert titles("mobile") == ["Mobile libraries"]
        Page.objects.get(pk=section.pk).delete()
        assert titles("mobile") == []

    def test_shows_its_new_address_after_its_section_got_another_slug(self, home: HomePage) -> None:
        section = SectionPageFactory(parent=home, slug="old")
        CaseStudyPageFactory(parent=section, title="Mobile libraries", slug="mobile")
        section.slug = "new"
        section.save_revision().publish()
        (hit,) = current_engine().search(SearchRequest.of("mobile")).hits
        assert hit.url == "/en/new/mobile/"

    def test_shows_its_new_address_after_it_was_moved(self, home: HomePage) -> None:
        one, other = (SectionPageFactory(parent=home, slug=slug) for slug in ("one", "other"))
        page = CaseStudyPageFactory(parent=one, title="Mobile libraries", slug="mobile")
        page.move(other, pos="last-child")
        (hit,) = current_engine().search(SearchRequest.of("mobile")).hits
        assert hit.url == "/en/other/mobile/"

    def test_is_not_found_after_a_transaction_was_rolled_back(self, home: HomePage) -> None:
        with transaction.atomic():
            CaseStudyPageFactory(parent=home, title="Mobile libraries")
            transaction.set_rollback(True)
        assert titles("mobile") == []
        assert not PendingChange.objects.exists()


class TestPrivacy:
    def test_of_a_page_takes_it_out_and_its_end_brings_it_back(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        restriction = PageViewRestriction.objects.create(
            page=page, restriction_type=PageViewRestriction.LOGIN
        )
        assert titles("mobile") == []
        restriction.delete()
        assert titles("mobile") == ["Mobile libraries"]

    def test_of_a_section_takes_out_all_below_it(self, home: HomePage) -> None:
        section = SectionPageFactory(parent=home)
        CaseStudyPageFactory(parent=section, title="Mobile libraries")
        PageViewRestriction.objects.create(
            page=section, restriction_type=PageViewRestriction.PASSWORD, password="x"
        )
        assert titles("mobile") == []


class TestAWork:
    def test_is_one_entry_in_all_its_languages(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries", regions=["europe"])
        translated(page, "fr", title="Bibliothèques mobiles")
        found = current_engine().search(SearchRequest.of("", language="fr"))
        assert [(hit.title, hit.language) for hit in found.hits] == [
            ("Bibliothèques mobiles", "fr")
        ]
        assert found.counts["language"] == {"en": 1, "fr": 1}
        assert found.counts["region"] == {"europe": 1}

    def test_keeps_its_other_languages_when_one_goes(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        translated(page, "fr", title="Bibliothèques mobiles").unpublish()
        assert titles() == ["Mobile libraries"]

    def test_is_classified_by_its_original_alone(self, home: HomePage) -> None:
        page = CaseStudyPageFactory(parent=home, regions=["europe"])
        copy = translated(page, "fr")
        copy.regions = [RegionFactory(code="asia")]
        copy.save_revision().publish()
        counts = current_engine().search(SearchRequest.of("")).counts
        assert counts["region"] == {"europe": 1}


class TestATerm:
    def test_with_a_new_name_is_a_new_word_for_its_entries(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries", regions=["europe"])
        region = RegionFactory(code="europe")
        region.label_ru = "Европа"
        region.save()
        assert titles("европа") == ["Mobile libraries"]

    def test_is_found_through_a_wider_term(self, home: HomePage) -> None:
        RegionFactory(code="ke", parent=RegionFactory(code="africa"), label_en="Kenya")
        CaseStudyPageFactory(parent=home, title="Mobile libraries", regions=["ke"])
        assert titles(region="africa") == ["Mobile libraries"]
        africa = RegionFactory(code="africa")
        africa.also_known_as_fr = "Afrique"
        africa.save()
        assert titles("afrique") == ["Mobile libraries"]

    def test_that_is_deleted_leaves_its_entries(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries", regions=["europe"])
        RegionFactory(code="europe").delete()
        assert titles() == ["Mobile libraries"]
        assert (
            "region" not in current_engine().search(SearchRequest.of("")).counts
            or not (current_engine().search(SearchRequest.of("")).counts["region"])
        )

    def test_that_is_a_series_takes_its_new_hashtag_to_its_exercises(self, home: HomePage) -> None:
        exercise = ExercisePageFactory(parent=home, title="Find a partner")
        exercise.series.hashtag = "#TenMinutes"
        exercise.series.save()
        assert titles("tenminutes") == ["Find a partner"]

    def test_that_is_a_tag_takes_its_new_name_to_its_entries(self, home: HomePage) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries", tags=["buses"])
        tag = EntryTag.objects.get(name="buses")
        tag.name = "bookmobiles"
        tag.save()
        assert titles("bookmobiles") == ["Mobile libraries"]

    @pytest.mark.parametrize("label", ["مكتبات متنقلة", "Bücherbusse", "流动图书馆"])
    def test_that_is_a_tag_is_found_in_any_language(self, home: HomePage, label: str) -> None:
        CaseStudyPageFactory(parent=home, title="Mobile libraries", tags=["buses"])
        tag = EntryTag.objects.get(name="buses")
        tag.label_ar, tag.label_de, tag.label_zh = "مكتبات متنقلة", "Bücherbusse", "流动图书馆"
        tag.save()
        assert titles(label) == ["Mobile libraries"]

    def test_that_is_mapped_is_seen_under_the_other_edition(self, home: HomePage) -> None:
        old = DirectionFactory(number="1", strategy__code="2019-24")
        new = DirectionFactory(number="2", strategy__code="2024-29")
        CaseStudyPageFactory(parent=home, title="Mobile libraries", directions=[old.code])
        assert titles(direction=new.code) == []
        mapping = DirectionMapping.objects.create(source=old, target=new)
        assert titles(direction=new.code) == ["Mobile libraries"]
        mapping.delete()
        assert titles(direction=new.code) == []

    def test_that_is_mapped_to_another_leaves_the_first(self, home: HomePage) -> None:
        old, other = (DirectionFactory(number=n, strategy__code="2019-24") for n in "12")
        new = DirectionFactory(number="3", strategy__code="2024-29")
        CaseStudyPageFactory(parent=home, title="Mobile libraries", directions=[old.code])
        mapping = DirectionMapping.objects.create(source=old, target=new)
        mapping.source = other
        mapping.save()
        assert titles(direction=new.code) == []

    def test_with_another_parent_takes_the_entries_of_its_equals_along(
        self, home: HomePage
    ) -> None:
        wide = DirectionFactory(number="1", strategy__code="2019-24")
        narrow = DirectionFactory(number="1.1", strategy__code="2019-24", parent=wide)
        left, right = (DirectionFactory(number=n, strategy__code="2024-29") for n in "45")
        moved = DirectionFactory(number="4.1", strategy__code="2024-29", parent=left)
        DirectionMapping.objects.create(source=wide, target=moved)
        CaseStudyPageFactory(parent=home, title="Mobile libraries", directions=[narrow.code])
        assert titles(direction=left.code) == ["Mobile libraries"]
        moved.parent = right
        moved.save()
        assert (titles(direction=left.code), titles(direction=right.code)) == (
            [],
            ["Mobile libraries"],
        )


class TestAPageTypeThatFails:
    def test_keeps_no_other_page_from_being_found(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: CaseStudyPage) -> str:
            raise ValueError(self.title)

        monkeypatch.setattr(CaseStudyPage, "search_text", fail)
        CaseStudyPageFactory(parent=home, title="Broken")
        ExercisePageFactory(parent=home, title="Whole")
        assert titles() == ["Broken", "Whole"]
        assert not PendingChange.objects.exists()


class TestAnEngineThatFails:
    def test_gets_the_change_later(self, home: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
        (engine,) = engines()

        def fail(*_args: object) -> None:
            raise EngineUnavailable("locked")

        with monkeypatch.context() as patch:
            patch.setattr(engine, "upsert", fail)
            CaseStudyPageFactory(parent=home, title="Mobile libraries")
            assert PendingChange.objects.exists()
        assert titles("mobile") == []
        assert indexing.apply_changes()
        assert titles("mobile") == ["Mobile libraries"]
        assert not PendingChange.objects.exists()

    def test_in_whatever_way_fails_no_save_that_is_committed(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A full disk, a missing right, a mistake of ours: logged, and tried again."""
        (engine,) = engines()

        def fail(*_args: object, **_options: object) -> None:
            raise ValueError("bug in the writer")

        with monkeypatch.context() as patch:
            patch.setattr(engine, "upsert", fail)
            CaseStudyPageFactory(parent=home, title="Mobile libraries")
        assert PendingChange.objects.exists()
        assert IndexState.objects.get(engine="embedded").refused == "bug in the writer"
        indexing.apply_changes()
        assert titles("mobile") == ["Mobile libraries"]
        assert IndexState.objects.get(engine="embedded").refused == ""

    def test_is_asked_nothing_when_a_draft_is_saved(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        asked: list[object] = []
        monkeypatch.setattr(indexing, "note_changes", asked.append)
        monkeypatch.setattr(changes, "note_changes", asked.append)
        for number in range(3):
            page.title = f"Draft {number}"
            page.save_revision()
        assert asked == []


class TestAChangeOfManyWorks:
    def test_is_the_workers_and_the_editor_is_told(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch, client: Client
    ) -> None:
        """Renaming a region with ten thousand entries must not hold the save of its name."""
        monkeypatch.setattr(indexing, "MOST_IN_A_SAVE", 2)
        region = RegionFactory(code="europe")
        for title in "abc":
            CaseStudyPageFactory(parent=home, title=title, regions=["europe"])
        client.force_login(User.objects.create_superuser("chief", password="x"))
        address = region.snippet_viewset.get_url_name("edit")
        form = {
            **{f"label_{code}": "Europa" for code in ["ar", "de", "en", "es", "fr", "ru", "zh"]},
            **{f"scope_note_{code}": "" for code in ["ar", "de", "en", "es", "fr", "ru", "zh"]},
            "code": "europe",
            "parent": "",
            "order": 0,
            **{f"also_known_as_{code}": "" for code in ["ar", "de", "en", "es", "fr", "ru", "zh"]},
        }
        page = client.post(reverse(address, args=[region.pk]), form, follow=True)
        assert "3 entries follow" in page.content.decode()
        assert PendingChange.objects.count() == 3
        assert titles("europa") == []
        # His next save is not held by what waits
        CaseStudyPageFactory(parent=home, title="Another", regions=["europe"])
        assert titles("europa") == ["Another"]
        call_command("worker", "--once")
        assert titles("europa") == ["Another", "a", "b", "c"]


class TestWriters:
    def test_take_turns(self, home: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that reads while another writes must not write what it read over the newer: whoever
        comes second goes away, and the first looks again."""
        (engine,) = engines()
        page = CaseStudyPageFactory(parent=home, title="One")
        monkeypatch.setattr(indexing, "IN_A_SAVE", 30.0)
        upsert, wrote = engine.upsert, []

        def slow(entries: Iterable[SearchEntry], **options: Any) -> None:
            read = list(entries)
            if not wrote:
                wrote.append(1)
                page.title = "Three"
                page.save()  # as another process would
                assert titles() == ["One"]
            upsert(read, **options)

        monkeypatch.setattr(engine, "upsert", slow)
        page.title = "Two"
        page.save()
        assert titles() == ["Three"]
        assert not PendingChange.objects.exists()

    def test_that_lost_their_turn_have_it_written_again(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A process that slept over its lease may have undone what the next one wrote."""
        (engine,) = engines()
        page = CaseStudyPageFactory(parent=home, title="One")
        monkeypatch.setattr(indexing, "IN_A_SAVE", 30.0)
        upsert, wrote = engine.upsert, []

        def asleep(entries: Iterable[SearchEntry], **options: Any) -> None:
            read = list(entries)
            if not wrote:
                wrote.append(1)
                Lease.objects.filter(name="index:embedded").update(until=timezone.now())
                page.title = "Three"
                page.save()
                assert titles() == ["Three"]
            upsert(read, **options)

        monkeypatch.setattr(engine, "upsert", asleep)
        page.title = "Two"
        page.save()
        assert titles() == ["Three"]


class TestARebuild:
    def test_keeps_what_was_changed_meanwhile(self, home: HomePage) -> None:
        (engine,) = engines()
        pages = [CaseStudyPageFactory(parent=home, title="Mobile libraries")]
        rebuild = type(engine).rebuild

        def entries_then_a_change(entries: object) -> int:
            read = list(entries)  # type: ignore[call-overload]
            page = CaseStudyPage.objects.get(pk=pages[0].pk)
            page.title = "Floating libraries"
            page.save_revision().publish()
            return rebuild(engine, read)

        engine.rebuild = entries_then_a_change  # type: ignore[method-assign, assignment]
        try:
            assert indexing.rebuild(engine) == 1
        finally:
            del engine.rebuild  # type: ignore[method-assign]
        assert titles() == ["Floating libraries"]
        assert not PendingChange.objects.exists()

    def test_keeps_what_was_changed_after_another_rebuild_overtook_it(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (engine,) = engines()
        page = CaseStudyPageFactory(parent=home, title="Mobile libraries")
        rebuild = engine.rebuild

        def overtaken(entries: Iterable[SearchEntry]) -> int:
            read = list(entries)
            monkeypatch.setattr(engine, "rebuild", rebuild)
            # As if this process had slept for longer than its lease
            Lease.objects.filter(name="rebuild:embedded").update(until=timezone.now())
            indexing.rebuild(engine)
            page.title = "Floating libraries"
            page.save_revision().publish()
            return rebuild(read)

        monkeypatch.setattr(engine, "rebuild", overtaken)
        indexing.rebuild(engine)
        assert titles() == ["Floating libraries"]
        assert not PendingChange.objects.exists()

    def test_does_not_keep_a_longer_row_of_changes_from_readers(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (engine,) = engines()
        monkeypatch.setattr(indexing, "APPLIED_AT_ONCE", 2)
        with leases.lease(f"rebuild:{engine.name}", seconds=60):
            for title in "abcde":
                CaseStudyPageFactory(parent=home, title=title)
            indexing.apply_changes()
            assert titles() == ["a", "b", "c", "d", "e"]
            assert PendingChange.objects.exists()
        indexing.apply_changes()
        assert not PendingChange.objects.exists()

    def test_that_was_killed_keeps_no_change_waiting(self, home: HomePage) -> None:
        """Its mark ends with its process, not with a clock."""
        (engine,) = engines()
        held = leases.take(f"rebuild:{engine.name}", seconds=3600)
        assert held is not None
        gone = " ".join([*held.holder.split(" ")[:2], "4194305", "1", "x"])
        Lease.objects.filter(name=held.name).update(holder=gone)
        CaseStudyPageFactory(parent=home)
        assert not PendingChange.objects.exists()

    def test_is_refused_while_another_one_lives(self, home: HomePage) -> None:
        (engine,) = engines()
        with (
            leases.lease(f"rebuild:{engine.name}", seconds=60),
            pytest.raises(RebuildRunning),
        ):
            indexing.rebuild(engine)


class TestDifferences:
    def test_are_named_and_mended(self, home: HomePage) -> None:
        (engine,) = engines()
        kept, lost, changed = (
            CaseStudyPageFactory(parent=home, title=title) for title in ("kept", "lost", "changed")
        )
        exercise = ExercisePageFactory(parent=home, title="stale")
        stale = str(exercise.translation_key)
        Page.objects.filter(pk=exercise.pk).update(live=False)
        Page.objects.filter(pk=changed.pk).update(title="otherwise")
        engine.delete([str(lost.translation_key)])

        found = indexing.differences(engine)
        assert found.missing == (str(lost.translation_key),)
        assert found.outdated == (str(changed.translation_key),)
        assert found.surplus == (stale,)

        indexing.note_changes(found.keys)
        assert not indexing.differences(engine)
        assert titles() == ["kept", "lost", "otherwise"]
        assert kept.live
