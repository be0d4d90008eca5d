"""The files of the starter collection: one a work and language, texts in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

COLLECTION = Path(__file__).parent / "collection"
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CollectionError(ValueError):
    """A file of the collection that cannot be loaded; the message names it."""


@dataclass(frozen=True)
class Source:
    """A work in one language, as its file tells it."""

    folder: str
    slug: str
    language: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Names the work for good, such as ``agreements/library-ngo``."""
        return f"{self.folder}/{self.slug}"

    def __getitem__(self, key: str) -> Any:
        try:
            return self.data[key]
        except KeyError:
            raise CollectionError(
                f"{self.name}/{self.language}.yaml: “{key}” is missing."
            ) from None

    def get(self, key: str, default: Any = "") -> Any:
        """The value, or ``default`` where the file has none or leaves it empty."""
        value = self.data.get(key)
        return default if value is None else value


def read_collection(directory: Path = COLLECTION) -> dict[str, dict[str, Source]]:
    """All works by name, each with its versions by language, the original first.

    Raises ``CollectionError`` for a file that is not YAML and for a work without an original.
    """
    works: dict[str, dict[str, Source]] = {}
    languages = [code for code, _name in settings.LANGUAGES]
    languages.sort(key=lambda code: code != settings.LANGUAGE_CODE)
    for folder in sorted(path for path in directory.glob("*/*") if path.is_dir()):
        versions = {}
        for language in languages:
            path = folder / f"{language}.yaml"
            if path.exists():
                versions[language] = Source(
                    folder.parent.name, folder.name, language, _read(path, directory)
                )
        if settings.LANGUAGE_CODE in versions:
            works[f"{folder.parent.name}/{folder.name}"] = versions
        elif versions:
            raise CollectionError(
                f"{folder.relative_to(directory)}: there is no {settings.LANGUAGE_CODE}.yaml."
            )
    return works


def _read(path: Path, directory: Path) -> Mapping[str, Any]:
    try:
        with path.open(encoding="utf-8") as file:
            data = yaml.load(file, Loader=_YAML_LOADER)  # noqa: S506  a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CollectionError(f"{path.relative_to(directory)}: {error}") from error
    if not isinstance(data, Mapping) or not data.get("title"):
        raise CollectionError(f"{path.relative_to(directory)}: a title is missing.")
    return data
