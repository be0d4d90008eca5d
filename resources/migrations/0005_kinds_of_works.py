"""The works that are there already learn their kinds from their originals."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def tell_kinds(apps: Any, schema_editor: Any) -> None:
    works = apps.get_model("taxonomy", "Work").objects
    for model, field in (("ResourcePage", "resource_type"), ("AgreementPage", "agreement_type")):
        pages = apps.get_model("resources", model).objects
        for kind in pages.order_by().values_list(field, flat=True).distinct():
            works.filter(original__in=pages.filter(**{field: kind}).values("pk")).update(kind=kind)
    exercises = apps.get_model("resources", "ExercisePage").objects
    works.filter(original__in=exercises.values("pk")).update(kind="exercise")


class Migration(migrations.Migration):
    dependencies = [
        ("resources", "0004_blocks_of_the_web"),
        ("taxonomy", "0005_works"),
    ]

    operations = [migrations.RunPython(tell_kinds, migrations.RunPython.noop)]
