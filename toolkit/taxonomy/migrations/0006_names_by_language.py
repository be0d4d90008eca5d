"""Other names of terms belong to a language: each had them in one list, whatever they were of.

A name goes to the languages under which the vocabularies' own files have it, else by its script;
other names in Latin letters count as English, as they did.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.db import migrations, models

from toolkit.taxonomy.loading import DATA, other_names_in

FILES = {
    "kind": "kinds",
    "region": "regions",
    "partnertype": "partner_types",
    "strategy": "strategies",
    "direction": "strategies",
    "sdg": "sdgs",
    "role": "roles",
    "series": "series",
}
MODELS = (*FILES, "entrytag")
LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")
SCRIPTS = {"ARABIC": "ar", "CYRILLIC": "ru", "CJK": "zh"}


def column() -> models.TextField[str, str]:
    return models.TextField(
        blank=True,
        default="",
        help_text="Other names in this language, one a line. Readers find entries by them.",
        verbose_name="also known as",
    )


def sort_names(apps: Any, schema_editor: Any) -> None:
    for model, file in FILES.items():
        terms = apps.get_model("taxonomy", model).objects.exclude(also_known_as="")
        if not terms.exists():
            continue
        shipped = other_names_in(file, DATA)
        for term in terms:
            names: dict[str, list[str]] = {language: [] for language in LANGUAGES}
            for name in filter(None, map(str.strip, term.also_known_as.splitlines())):
                known = shipped.get(name.casefold(), set()) & names.keys()
                for language in known or {_by_script(name)}:
                    names[language].append(name)
            for language, found in names.items():
                setattr(term, f"also_known_as_{language}", "\n".join(found))
            term.save()


def join_names(apps: Any, schema_editor: Any) -> None:
    for model in FILES:
        for term in apps.get_model("taxonomy", model).objects.all():
            found = [getattr(term, f"also_known_as_{language}") for language in LANGUAGES]
            lines = "\n".join(found).splitlines()
            term.also_known_as = "\n".join(dict.fromkeys(filter(None, lines)))
            term.save()


def _by_script(name: str) -> str:
    for sign in name:
        for script, language in SCRIPTS.items():
            if unicodedata.name(sign, "").startswith(script):
                return language
    return settings.LANGUAGE_CODE


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0005_works")]

    operations = [
        *(
            migrations.AddField(
                model, f"also_known_as_{language}", column(), preserve_default=False
            )
            for model in MODELS
            for language in LANGUAGES
        ),
        migrations.RunPython(sort_names, join_names),
        *(migrations.RemoveField(model, "also_known_as") for model in FILES),
    ]
