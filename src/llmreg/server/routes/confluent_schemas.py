"""The Schema Registry API for reading: schemas by id and by GUID, which is what a deserializer asks for."""

from __future__ import annotations

from typing import Any

from llmreg.index.confluent import MOST, TYPES, SchemaRegistry, gone, plain_name
from llmreg.server.confluent import MEDIA, Asked, reading
from llmreg.server.routing import Route, Shape

_ID = "/schemas/ids/{id}"
_GUID = "/schemas/guids/{guid}"


def _schemas(registry: SchemaRegistry, asked: Asked) -> Any:
    limit = asked.number("limit", MOST)
    page = (max(asked.number("offset", 0), 0), limit if 0 < limit <= MOST else MOST)
    return registry.listing(
        asked.text("subjectPrefix"), page, deleted=asked.flag("deleted"), latest_only=asked.flag("latestOnly")
    )


def _types(registry: SchemaRegistry, asked: Asked) -> Any:
    return list(TYPES)


def _schema(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.schema(
        registry.by_id(asked.path["id"]),
        asked.text("format"),
        subject=asked.text("subject"),
        maximum=asked.flag("fetchMaxId", "fetch_max_id"),
    )


def _text(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.text(registry.by_id(asked.path["id"])[0], asked.text("format"))


def _holders(registry: SchemaRegistry, asked: Asked) -> Any:
    name = plain_name(asked.text("subject"))
    return [
        item
        for item in sorted(registry.by_id(asked.path["id"]), key=lambda item: (item.subject, item.number))
        if (asked.flag("deleted") or not gone(item)) and name in {"", item.subject}
    ]


def _subjects(registry: SchemaRegistry, asked: Asked) -> Any:
    return asked.page(list(dict.fromkeys(item.subject for item in _holders(registry, asked))))


def _versions(registry: SchemaRegistry, asked: Asked) -> Any:
    return asked.page([{"subject": item.subject, "version": item.number} for item in _holders(registry, asked)])


def _by_guid(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.schema(registry.by_guid(asked.path["guid"]), asked.text("format"))


def _ids(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.ids(asked.path["guid"])


_READS = (
    ("/schemas", _schemas, "Versions with their texts"),
    ("/schemas/types", _types, "The formats that are served here"),
    (_ID, _schema, "A content by id"),
    (f"{_ID}/schema", _text, "Its served text"),
    (f"{_ID}/subjects", _subjects, "Subjects that hold it"),
    (f"{_ID}/versions", _versions, "Versions that hold it"),
    (_GUID, _by_guid, "A content by GUID"),
    (f"{_GUID}/ids", _ids, "The id of a GUID, by context"),
)
ROUTES = tuple(
    Route("GET", path, reading(work), summary, media=MEDIA[0], shape=Shape.CONFLUENT) for path, work, summary in _READS
)
