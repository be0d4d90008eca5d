"""Holds the catalogues against the code: ``python -m tests.translations``.

Every string of the interface must stand in the catalogue of each of the seven languages,
translated, none fuzzy, with the same placeholders. Collecting the strings needs gettext; on a
machine without it that part is left out with a word, under CI it is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management import call_command

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
MESSAGE = tuple[str | None, str]
NOT_CODE = shutil.ignore_patterns("__pycache__", "static", "collection", "data", "fonts")


def placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def faults(catalogue: Path) -> list[str]:
    """What is missing or wrong in one catalogue, a line each."""
    found: list[str] = []
    po = polib.pofile(str(catalogue))
    source = catalogue.parent.parent.name == settings.LANGUAGE_CODE
    for entry in po:
        if entry.obsolete:
            continue
        if entry.fuzzy:
            found.append(f"fuzzy: {entry.msgid!r}")
        if source:
            continue  # the source language shows its own strings
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not texts or not all(texts):
            found.append(f"not translated: {entry.msgid!r}")
            continue
        wanted = placeholders(entry.msgid_plural or entry.msgid)
        optional = placeholders(entry.msgid) ^ wanted
        for text in texts:
            # One form of a plural may leave the number out ("one entry").
            wrong = placeholders(text) ^ wanted
            if wrong - optional and not (entry.msgid_plural and wrong <= wanted):
                found.append(f"placeholders differ: {entry.msgid!r} → {text!r}")
    return found


def messages(catalogue: Path) -> set[MESSAGE]:
    return {
        (entry.msgctxt, entry.msgid) for entry in polib.pofile(str(catalogue)) if not entry.obsolete
    }


def collected() -> set[MESSAGE]:
    """All strings of the code and the templates, collected by gettext in a copy of them."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "code"
        for name in ("toolkit", "search", "resources", "casestudies", "templates"):
            shutil.copytree(settings.BASE_DIR / name, copy / name, ignore=NOT_CODE)
        locale = copy / "locale"
        (locale / "en" / "LC_MESSAGES").mkdir(parents=True)
        settings.LOCALE_PATHS = [str(locale)]
        os.chdir(copy)
        try:
            with redirect_stdout(StringIO()):
                call_command("makemessages", locale=["en"], no_location=True, verbosity=0)
        finally:
            os.chdir(here)
        return messages(locale / "en" / "LC_MESSAGES" / "django.po")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toolkit.settings.test")
    django.setup()
    languages = [code for code, _name in settings.LANGUAGES]
    catalogues = {
        code: Path(settings.BASE_DIR) / "locale" / code / "LC_MESSAGES" / "django.po"
        for code in languages
    }
    wrong = 0
    in_code: set[MESSAGE] | None = None
    if shutil.which("xgettext"):
        in_code = collected()
    elif os.environ.get("CI"):
        print("gettext is not installed: the strings of the code cannot be collected.")
        wrong += 1
    else:
        print("gettext is not installed: whether strings are missing was not checked.")
    for code, path in catalogues.items():
        lines = faults(path) if path.exists() else ["there is no catalogue"]
        if in_code is not None and path.exists():
            lines += [
                f"missing: {msgid!r}"
                for _c, msgid in sorted(in_code - messages(path), key=lambda message: message[1])
            ]
        for line in lines[:20]:
            print(f"{code}: {line}")
        if len(lines) > 20:
            print(f"{code}: and {len(lines) - 20} more")
        wrong += len(lines)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
