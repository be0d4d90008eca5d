"""Accounts for tests: somebody of every rank. Only tests import this."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from toolkit.taxonomy.editing_rights import grant_rights

PASSWORD = "a password of nobody's"
_FILES = {"image": "wagtailimages", "document": "wagtaildocs"}
RANKS = ("anonymous", "member", "editor", "moderator", "administrator")


def make_people(home: Page) -> None:
    """An account of every rank, named after it."""
    groups = make_groups(home)
    grant_rights()
    for rank in RANKS[1:]:
        user = User.objects.create_user(
            rank,
            f"{rank}@example.org",
            PASSWORD,
            is_superuser=rank == "administrator",
        )
        if rank in groups:
            user.groups.add(groups[rank])


def make_groups(home: Page) -> dict[str, Group]:
    """The groups that Wagtail's migrations make; a database that was flushed has lost them."""
    root = home.get_root()
    collections = Collection.get_first_root_node() or Collection.add_root(name="Root")
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    groups = {}
    for name, verbs in {
        "Editors": ("add", "change"),
        "Moderators": ("add", "change", "publish"),
    }.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(access)
        for verb in verbs:
            permission = Permission.objects.get(
                content_type__app_label="wagtailcore", codename=f"{verb}_page"
            )
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        for codename in [
            f"{verb}_{what}" for what in _FILES for verb in ("add", "change", "choose")
        ]:
            permission = Permission.objects.get(
                content_type__app_label=_FILES[codename.partition("_")[2]], codename=codename
            )
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collections, permission=permission
            )
        groups[name.lower().removesuffix("s")] = group
    return groups


def as_(rank: str) -> Client:
    """A browser in which somebody of this rank is signed in."""
    client = Client()
    if rank != "anonymous":
        client.force_login(User.objects.get(username=rank))
    return client
