"""The Schema Registry API for reading: subjects, their versions, levels and modes, and what this registry is."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from llmreg.index.confluent import SchemaRegistry
from llmreg.server.confluent import MEDIA, Asked, reading
from llmreg.server.routing import Route, Shape

_SUBJECT = "/subjects/{subject}"
_VERSIONS = f"{_SUBJECT}/versions"
_VERSION = f"{_VERSIONS}/{{version}}"
_MOST = 1000


def _subjects(registry: SchemaRegistry, asked: Asked) -> Any:
    return asked.page(
        registry.subjects(
            asked.text("subjectPrefix"),
            deleted=asked.flag("deleted"),
            deleted_only=asked.flag("deletedOnly", "deleted_only"),
        )
    )


def _versions(registry: SchemaRegistry, asked: Asked) -> Any:
    return asked.page(
        registry.numbers(
            asked.path["subject"],
            deleted=asked.flag("deleted"),
            deleted_only=asked.flag("deletedOnly", "deleted_only"),
            negative=asked.flag("deletedAsNegative", "deleted_as_negative"),
        )
    )


def _version(registry: SchemaRegistry, asked: Asked) -> Any:
    found = registry.pick(asked.path["subject"], asked.path["version"], deleted=asked.flag("deleted"))
    return registry.version(found, asked.text("format"))


def _text(registry: SchemaRegistry, asked: Asked) -> Any:
    found = registry.pick(asked.path["subject"], asked.path["version"], deleted=asked.flag("deleted"))
    return registry.text(found, asked.text("format"))


def _referenced_by(registry: SchemaRegistry, asked: Asked) -> Any:
    found = registry.pick(asked.path["subject"], asked.path["version"], deleted=True)
    return asked.page(registry.referenced_by(found, deleted=asked.flag("deleted")), _MOST)


def _with_metadata(registry: SchemaRegistry, asked: Asked) -> Any:
    """Python's client encodes keys and values twice."""
    keys, values = (list(map(unquote, asked.all(name))) for name in ("key", "value"))
    found = registry.with_metadata(
        asked.path["subject"], dict(zip(keys, values, strict=False)), deleted=asked.flag("deleted")
    )
    return registry.version(found, asked.text("format"))


def _level(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.level(asked.path.get("subject"), default=asked.flag("defaultToGlobal"))


def _mode(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.mode(asked.path.get("subject"), default=asked.flag("defaultToGlobal"))


def _contexts(registry: SchemaRegistry, asked: Asked) -> Any:
    return asked.page([name for name in (".",) if name.startswith(asked.text("contextPrefix"))])


def _cluster(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.cluster()


def _program(registry: SchemaRegistry, asked: Asked) -> Any:
    return registry.program()


def _deployment(registry: SchemaRegistry, asked: Asked) -> Any:
    return {"attributes": ["read-only"]}


def _associations(registry: SchemaRegistry, asked: Asked) -> Any:
    """None: the clients then name a topic's subjects after the topic."""
    return []


_READS = (
    ("/subjects", _subjects, "Names of subjects"),
    (_VERSIONS, _versions, "Integer versions of a subject"),
    (_VERSION, _version, "One version"),
    (f"{_VERSION}/schema", _text, "The served text of one version"),
    (f"{_VERSION}/referencedby", _referenced_by, "Ids of what refers to one version"),
    (f"{_SUBJECT}/metadata", _with_metadata, "The newest version with some properties"),
    ("/config", _level, "The registry's compatibility level"),
    ("/config/{subject}", _level, "A subject's compatibility level"),
    ("/mode", _mode, "READONLY"),
    ("/mode/{subject}", _mode, "READONLY"),
    ("/contexts", _contexts, "The one context there is"),
    ("/v1/metadata/id", _cluster, "Which registry this is"),
    ("/v1/metadata/version", _program, "What made the index, of which commit"),
    ("/v1/metadata/deployment", _deployment, "That nothing can be written"),
    ("/associations/{path}", _associations, "None: topics are named after their subjects"),
)
ROUTES = tuple(
    Route("GET", path, reading(work), summary, media=MEDIA[0], shape=Shape.CONFLUENT) for path, work, summary in _READS
)
