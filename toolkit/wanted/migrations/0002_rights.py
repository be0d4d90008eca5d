"""Once: editors see and answer what readers miss, moderators remove it as well. What an
administrator changes later stays."""

from __future__ import annotations

from django.db import migrations

GROUPS = {"Editors": ("view", "change"), "Moderators": ("view", "change", "delete")}


def grant(apps, schema_editor):
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wanted", model="wanted"
    )
    for name, verbs in GROUPS.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=name):
            for verb in verbs:
                permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(
                    content_type=content_type,
                    codename=f"{verb}_wanted",
                    defaults={"name": f"Can {verb} message about what is missing"},
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("wanted", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0002_initial_data"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
