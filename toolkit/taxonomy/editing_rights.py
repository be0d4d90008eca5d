"""What the site's people may do beyond what Wagtail's own migrations grant.

Wagtail's "Editors" write pages and files, its "Moderators" publish them. Here the two or three
editors of a site publish, too, and moderators keep the vocabularies.
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import GroupPagePermission

from toolkit.taxonomy.terms import DirectionMapping, EntryTag
from toolkit.taxonomy.vocabularies import MODELS

GROUP = "Moderators"
EDITORS = "Editors"


def grant_rights() -> list[str]:
    """Let editors publish and moderators keep the vocabularies, once.

    Done before any of these rights was ever given; an administrator who takes one away later
    keeps it away. Returns what was done, a line each.
    """
    types = ContentType.objects.get_for_models(*MODELS.values(), DirectionMapping, EntryTag)
    rights = Permission.objects.filter(content_type__in=types.values())
    group = Group.objects.filter(name=GROUP).first()
    if group is None or group.permissions.filter(pk__in=rights).exists():
        return []
    group.permissions.add(*rights)
    done = [f"{GROUP} may edit the vocabularies"]
    publish = Permission.objects.get(content_type__app_label="wagtailcore", codename="publish_page")
    for editors in Group.objects.filter(name=EDITORS):
        for where in GroupPagePermission.objects.filter(
            group=editors, permission__codename="change_page"
        ):
            GroupPagePermission.objects.get_or_create(
                group=editors, page=where.page, permission=publish
            )
        done.append(f"{EDITORS} may publish")
    return done
