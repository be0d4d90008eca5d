"""Atom (RFC 4287): what a reader's program asks for again to see what is new."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from toolkit.interchange.references import Reference
from toolkit.interchange.selections import Selection

_NEVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class _Feed(Atom1Feed):
    """Entries in languages of their own; without any, the same text at whatever time."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, Any]:
        return {**super().item_attributes(item), "xml:lang": item["language"]}

    def latest_post_date(self) -> datetime.datetime:
        return max((item["updateddate"] for item in self.items), default=_NEVER)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for link in item["links"]:
            handler.addQuickElement("link", "", link)


def write(selection: Selection) -> bytes:
    feed = _Feed(
        title=selection.title,
        link=selection.url,
        description=None,
        subtitle=None if selection.is_whole else selection.note,
        language=selection.language,
        author_name=selection.publisher,
        feed_url=selection.own_url,
        feed_guid=selection.own_url,
    )
    for reference in selection.references:
        feed.add_item(**_item(reference))
    return feed.writeString("utf-8").encode()


def _item(reference: Reference) -> dict[str, Any]:
    links = [
        {"rel": "enclosure", "href": file.url, "type": file.mime_type} for file in reference.files
    ]
    if reference.licence_url:
        links.append({"rel": "license", "href": reference.licence_url})  # RFC 4946
    return {
        "title": reference.title,
        "link": reference.url,
        "description": escape(reference.summary),  # it is said to be HTML
        "author_name": reference.author,
        "unique_id": f"urn:uuid:{reference.key}",
        "pubdate": _midnight(reference.issued),
        "updateddate": reference.changed or _NEVER,
        "categories": reference.keywords,
        "item_copyright": reference.licence,
        "language": reference.language,
        "links": links,
    }


def _midnight(day: datetime.date | None) -> datetime.datetime | None:
    midnight = datetime.time(tzinfo=datetime.UTC)
    return datetime.datetime.combine(day, midnight) if day else None
