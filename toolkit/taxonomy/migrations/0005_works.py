"""Works become things: a row for each translation group of entries that is there already.

Their kinds are told by the page types, each in a migration of its own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

CONTROLLED = ("regions", "partner_types", "directions", "sdgs", "roles")


def make_works(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("taxonomy", "EntryPage")
    work = apps.get_model("taxonomy", "Work")
    pages: dict[Any, list[Any]] = defaultdict(list)
    found = entries.objects.filter(alias_of=None).order_by("pk")
    for page in found.only("pk", "translation_key", "live", "first_published_at").iterator():
        pages[page.translation_key].append(page)
    works = []
    for key, versions in pages.items():
        if any(page.live for page in versions):
            state = "published"
        elif any(page.first_published_at for page in versions):
            state = "withdrawn"
        else:
            state = "draft"
        works.append(work(key=key, original_id=versions[0].pk, state=state))
    work.objects.bulk_create(works, batch_size=500)
    originals = {
        page.pk: versions[0].pk for versions in pages.values() for page in versions[1:]
    }
    for field in CONTROLLED:
        through = entries._meta.get_field(field).remote_field.through
        term = entries._meta.get_field(field).m2m_reverse_field_name()
        _repeat(through, "entrypage_id", f"{term}_id", originals)
    _repeat(apps.get_model("taxonomy", "TaggedEntry"), "content_object_id", "tag_id", originals)


def _repeat(rows: Any, page: str, term: str, originals: dict[int, int]) -> None:
    """Let every version be classified as its original is."""
    said: dict[int, set[Any]] = defaultdict(set)
    for pk, value in rows.objects.values_list(page, term):
        said[pk].add(value)
    differing = [pk for pk, original in originals.items() if said[pk] != said[original]]
    for start in range(0, len(differing), 500):
        part = differing[start : start + 500]
        rows.objects.filter(**{f"{page}__in": part}).delete()
        rows.objects.bulk_create(
            rows(**{page: pk, term: value}) for pk in part for value in said[originals[pk]]
        )


class Migration(migrations.Migration):
    dependencies = [
        ("taxonomy", "0004_tag_has_a_slug"),
    ]

    operations = [
        migrations.AddField(
            model_name="entrypage",
            name="translated_revision",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="entrypage",
            name="untranslated",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.CreateModel(
            name="Work",
            fields=[
                ("key", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(blank=True, max_length=60, verbose_name="kind")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "not published yet"),
                            ("published", "published in a language at least"),
                            ("withdrawn", "published once, no longer"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "original",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="begun",
                        to="taxonomy.entrypage",
                    ),
                ),
            ],
            options={
                "verbose_name": "work",
                "indexes": [models.Index(fields=["state"], name="works_by_state")],
            },
        ),
        migrations.RunPython(make_works, migrations.RunPython.noop),
    ]
