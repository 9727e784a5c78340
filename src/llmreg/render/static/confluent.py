"""What Schema Registry clients of Confluent's kind GET, by URL without the leading slash, as without any query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from llmreg.index.confluent import MOST, TYPES, ConfluentError, SchemaRegistry, gone
from llmreg.index.reader import IndexedSubject, StoredVersion
from llmreg.render.static.tree import Body, json_body


def general(registry: SchemaRegistry) -> Iterator[tuple[str, Body]]:
    """What belongs to no single subject, but for the list of schemas."""
    answers: dict[str, Any] = {
        "subjects": registry.subjects(),
        "schemas/types": list(TYPES),
        "config": registry.level(None),
        "mode": registry.mode(None),
        "contexts": ["."],
        "v1/metadata/id": registry.cluster(),
        "v1/metadata/version": registry.program(),
    }
    for url, value in answers.items():
        yield url, json_body(value)


def listing(registry: SchemaRegistry) -> tuple[str, Body]:
    """The first page of all schemas, with their texts."""
    return "schemas", json_body(registry.listing("", (0, MOST)))


def subject_folder(name: str) -> str:
    return f"subjects/{name}"


def of_subject(registry: SchemaRegistry, subject: IndexedSubject) -> Iterator[tuple[str, Body]]:
    """A subject's versions that are not retired; `latest` is the pointer that moves."""
    name = subject.name
    try:
        live = registry.versions(name)
    except ConfluentError:
        live = []
    if subject.config.kind == "prompt" or subject.config.format not in TYPES.values():
        return
    yield f"config/{name}", json_body(registry.level(name))
    yield f"mode/{name}", json_body(registry.mode(name))
    folder = f"{subject_folder(name)}/versions"
    if live:
        yield folder, json_body([version.number for version in live])
    for version in subject.versions:
        names = [str(version.number), *(["latest"] if live and version == live[-1] else [])]
        users = json_body(registry.referenced_by(version))
        whole = None if gone(version) else registry.version(version)
        for each in names:
            yield f"{folder}/{each}/referencedby", users
            if whole is not None:
                yield f"{folder}/{each}", json_body(whole)
                yield f"{folder}/{each}/schema", Body(whole["schema"].encode())


def of_content(registry: SchemaRegistry, found: StoredVersion) -> Iterator[tuple[str, Body]]:
    """A content by id and by GUID, retired or not."""
    by_id, by_guid = f"schemas/ids/{found.schema_id}", f"schemas/guids/{found.guid}"
    try:
        holders = registry.by_id(str(found.schema_id))
        same = registry.by_guid(found.guid)
    except ConfluentError:
        return
    live = [version for version in holders if not gone(version)]
    pairs = sorted((version.subject, version.number) for version in live)
    yield by_id, json_body(registry.schema(holders))
    yield f"{by_id}/schema", Body(registry.text(holders[0]).encode())
    yield f"{by_id}/subjects", json_body(sorted({subject for subject, _ in pairs}))
    yield f"{by_id}/versions", json_body([{"subject": subject, "version": number} for subject, number in pairs])
    yield by_guid, json_body(registry.schema(same))
    ids = sorted({version.schema_id for version in same})
    yield f"{by_guid}/ids", json_body([{"context": ".", "id": each} for each in ids])
