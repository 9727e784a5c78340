"""Parameters in paths, and bodies to post, shown with values of the example registry, so that they work there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PATHS: Mapping[str, Mapping[str, Any]] = {
    "subject": {"description": "The subject's name; its slashes as they are or as %2F", "example": "chat/reply"},
    "range": {"description": "latest, 1.2.0, ^1.2, or the version's integer", "example": "latest"},
    "old": {"description": "A version: latest, 1.2.0, ^1.2, or its integer", "example": "1.0.0"},
    "new": {"description": "A version: latest, 1.2.0, ^1.2, or its integer", "example": "latest"},
    "schema": {"description": "An id, a GUID or a SHA-256 of the registered bytes", "example": "1713917526"},
    "version": {"description": "A version's number", "example": "1.0.0"},
    "id": {"description": "The id that is in front of a Kafka message", "example": "1713917526"},
    "guid": {"description": "A GUID", "example": "a7892e48-aba6-9872-a0f0-8404c9153c59"},
    "path": {"description": "What follows, with slashes", "example": "chat/reply/-/index.html"},
    "name": {"description": "The binding's name", "example": "answer-openai"},
}
KAFKA: Mapping[str, Mapping[str, Any]] = {
    "version": {"description": "The version's integer, -1 or latest", "example": "1"},
    "path": {"description": "The resource, with slashes", "example": "topics/chat"},
}
_OBJECT = {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"]}
POSTED: Mapping[str, Mapping[str, Any]] = {
    "/api/v1/bindings/{name}/validate-io": {
        "both sides": {
            "input": {"question": "How do I get a refund?", "passages": []},
            "output": {"reasoning": "no passage", "answer": "I will ask a colleague.", "citations": []},
        },
    },
    "/api/v1/validate/schema": {
        "inline": {"schema": _OBJECT, "format": "json"},
        "text": {"schema": '{"type": "record", "name": "Turn", "fields": []}', "format": "avro"},
    },
    "/api/v1/validate/data": {
        "registered": {"subject": "chat/reply", "data": {"answer": "42"}},
        "batch": {"schema": _OBJECT, "documents": [{"question": "why?"}, {"question": 7}]},
    },
    "/api/v1/compatibility/check": {
        "next version": {"subject": "chat/reply", "schema": _OBJECT},
        "two texts": {"old": _OBJECT, "schema": {"type": "object"}, "mode": "FULL"},
    },
}
