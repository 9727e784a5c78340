"""Answers of the native API that more than one family of routes gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmreg.index import documents, facts
from llmreg.server.responses import Cache, Prepared, json_response

if TYPE_CHECKING:
    from starlette.responses import Response

    from llmreg.index.reader import StoredVersion
    from llmreg.server.contract.queries import LinkQuery
    from llmreg.server.state import Generation

_MEDIA = {"json": "application/schema+json", "avro": "application/json"}
_TEXT = "text/plain; charset=utf-8"
TEXTS = "application/schema+json, application/json, text/plain"  # what registered bytes may be sent as


def schema_bytes(generation: Generation, version: StoredVersion, cache: Cache) -> Response:
    """The bytes as they were registered; gzipped they are sent as the index holds them."""
    index = generation.index
    media = _TEXT if version.kind == "prompt" else _MEDIA.get(version.format, _TEXT)
    return Prepared(index.blob(version.sha256), media=media, cache=cache, packed=index.blob_gzip(version.sha256))


def linked(generation: Generation, what: str, start: Sequence[StoredVersion], asked: LinkQuery) -> Response:
    """`what` is `dependencies` or `dependents`."""
    walk = facts.dependencies if what == "dependencies" else facts.dependents
    links = walk(generation.index, start, asked.limit, asked.offset, everything=asked.transitive)
    return json_response(documents.linked(what, start, links, asked.limit))
