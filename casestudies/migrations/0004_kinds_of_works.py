"""The works that are there already learn their kind from their originals."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def tell_kinds(apps: Any, schema_editor: Any) -> None:
    pages = apps.get_model("casestudies", "CaseStudyPage").objects
    works = apps.get_model("taxonomy", "Work").objects
    works.filter(original__in=pages.values("pk")).update(kind="case-study")


class Migration(migrations.Migration):
    dependencies = [
        ("casestudies", "0003_blocks_of_the_web"),
        ("taxonomy", "0005_works"),
    ]

    operations = [migrations.RunPython(tell_kinds, migrations.RunPython.noop)]
