from __future__ import annotations

from typing import Any

from django.db import migrations

from toolkit.core.composing import compose_stored_texts


def compose(apps: Any, schema_editor: Any) -> None:
    # What is stored, whatever its table: of a new database nothing
    compose_stored_texts()


class Migration(migrations.Migration):
    dependencies = [("core", "0002_site_change")]

    operations = [migrations.RunPython(compose, migrations.RunPython.noop)]
