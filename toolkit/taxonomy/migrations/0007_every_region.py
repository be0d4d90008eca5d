"""What holds for every region has a value of its own: works that carry all top regions get it.

Drafts that may still be published change with their works, so that none brings the old state back.
The term comes with the words of its file; a site without regions gets it when it loads them.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import migrations
from django.db.models import Q

from toolkit.taxonomy.loading import DATA, columns_in

EVERY_REGION = "every-region"


def gather(apps: Any, schema_editor: Any) -> None:
    regions = apps.get_model("taxonomy", "Region").objects
    tops = regions.filter(parent=None).exclude(code=EVERY_REGION)
    divisions = dict(tops.values_list("pk", "order"))
    if len(divisions) < 2:
        return
    words = {
        name: text
        for name, text in columns_in("regions", EVERY_REGION, DATA).items()
        if name in {field.name for field in regions.model._meta.get_fields()}
    }
    general, _made = regions.get_or_create(
        code=EVERY_REGION, defaults={**words, "order": max(divisions.values()) + 1}
    )
    _settle_pages(apps, set(divisions), general.pk)
    _settle_drafts(apps, set(divisions), general.pk)
    # Every process reads the vocabulary anew
    apps.get_model("taxonomy", "VocabularyEdition").objects.update_or_create(
        name="region", defaults={"number": secrets.randbits(62)}
    )


def _settle_pages(apps: Any, divisions: set[int], general: int) -> None:
    through = apps.get_model("taxonomy", "EntryPage").regions.through.objects
    having: dict[int, set[int]] = {}
    found = through.filter(region_id__in=divisions).values_list("entrypage_id", "region_id")
    for page, region in found.iterator():
        having.setdefault(page, set()).add(region)
    pages = [page for page, regions in having.items() if regions == divisions]
    for start in range(0, len(pages), 500):
        part = pages[start : start + 500]
        through.filter(entrypage_id__in=part).delete()
        through.bulk_create(through.model(entrypage_id=page, region_id=general) for page in part)


def _settle_drafts(apps: Any, divisions: set[int], general: int) -> None:
    pages = apps.get_model("wagtailcore", "Page").objects
    revisions = apps.get_model("wagtailcore", "Revision").objects
    entries = apps.get_model("taxonomy", "EntryPage").objects.values_list("pk", flat=True)
    ids = {str(pk) for pk in entries}
    current = Q(pk__in=pages.values("latest_revision"))
    scheduled = Q(approved_go_live_at__isnull=False)
    found = revisions.filter(base_content_type__model="page").filter(current | scheduled)
    for revision in found.iterator():
        content = revision.content
        held = content.get("regions")
        if revision.object_id not in ids or not isinstance(held, list):
            continue
        if divisions <= {value for value in held if isinstance(value, int)}:
            revisions.filter(pk=revision.pk).update(content={**content, "regions": [general]})


class Migration(migrations.Migration):
    dependencies = [
        ("taxonomy", "0006_names_by_language"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [migrations.RunPython(gather, migrations.RunPython.noop)]
