"""CSL-JSON: what citation processors read (docs.citationstyles.org, version 1.0.2)."""

from __future__ import annotations

import json
from typing import Any

from toolkit.interchange.references import Reference
from toolkit.interchange.selections import Selection


def write(selection: Selection) -> bytes:
    items = [csl_item(reference) for reference in selection.references]
    return json.dumps(items, ensure_ascii=False, indent=1).encode()


def csl_item(reference: Reference) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": reference.name,
        "type": reference.type,
        "title": reference.title,
        "author": [{"literal": reference.author}],
        "publisher": reference.publisher,
        "genre": reference.kind_label,
        "language": reference.language,
        "abstract": reference.summary,
        "keyword": ", ".join(reference.keywords),
        "license": reference.licence_url or reference.licence,
        "URL": reference.url,
    }
    if reference.type == "webpage":
        item["container-title"] = reference.publisher
    if reference.issued:
        day = reference.issued
        item["issued"] = {"date-parts": [[day.year, day.month, day.day]]}
    return {name: value for name, value in item.items() if value}
