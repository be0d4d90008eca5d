"""Who may edit the vocabularies.

Wagtail's own migrations give the group "Editors" the right to write pages and files, and
"Moderators" the right to publish them. What is added here is that moderators keep the
vocabularies.
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from toolkit.taxonomy.models import DirectionMapping, EntryTag
from toolkit.taxonomy.vocabularies import MODELS

GROUP = "Moderators"


def grant_rights() -> list[str]:
    """Let moderators keep the vocabularies, unless somebody has decided about that already.

    A group that has any right on any vocabulary is left alone: an administrator who took
    some away keeps them away. Returns what was done, a line each.
    """
    types = ContentType.objects.get_for_models(*MODELS.values(), DirectionMapping, EntryTag)
    rights = Permission.objects.filter(content_type__in=types.values())
    group = Group.objects.filter(name=GROUP).first()
    if group is None or group.permissions.filter(pk__in=rights).exists():
        return []
    group.permissions.add(*rights)
    return [f"{GROUP} may edit the vocabularies"]
