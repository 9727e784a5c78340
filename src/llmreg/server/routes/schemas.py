"""Schemas by content: an id, a GUID or a SHA-256 names the same text wherever it is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmreg.errors import NotFoundError
from llmreg.index import documents, pick
from llmreg.index.search import schema_ids
from llmreg.server.contract.documents import Dependencies, Dependents, Holders, Schema, Schemas, Version
from llmreg.server.contract.queries import LinkQuery, SubjectQuery
from llmreg.server.native import TEXTS, linked, schema_bytes
from llmreg.server.requests import query
from llmreg.server.responses import Cache, json_response
from llmreg.server.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from llmreg.index.reader import StoredVersion
    from llmreg.server.state import Generation

_SCHEMA = "/api/v1/schemas/{schema}"


async def _schemas(request: Request, generation: Generation) -> Response:
    asked = query(request, SubjectQuery)
    total, ids = schema_ids(generation.index, asked.filters(), asked.limit, asked.offset)
    return json_response(documents.schemas(generation.index, ids, total, asked.limit, asked.offset))


async def _schema(request: Request, generation: Generation) -> Response:
    return json_response(documents.schema(generation.index, _holders(request, generation)))


async def _bytes(request: Request, generation: Generation) -> Response:
    fixed = pick.by_content(request.path_params["schema"])
    return schema_bytes(generation, _holders(request, generation)[0], Cache.IMMUTABLE if fixed else Cache.SHORT)


async def _versions(request: Request, generation: Generation) -> Response:
    return json_response(documents.holders(generation.index, _holders(request, generation)))


async def _version(request: Request, generation: Generation) -> Response:
    wanted = request.path_params["version"]
    for holder in _holders(request, generation):
        if holder.version == wanted:
            return json_response(documents.version(generation.index, holder))
    raise NotFoundError(f"schema {request.path_params['schema']} is not version {wanted[:80]} of any subject")


async def _dependencies(request: Request, generation: Generation) -> Response:
    return linked(generation, "dependencies", _holders(request, generation), query(request, LinkQuery))


async def _dependents(request: Request, generation: Generation) -> Response:
    return linked(generation, "dependents", _holders(request, generation), query(request, LinkQuery))


def _holders(request: Request, generation: Generation) -> tuple[StoredVersion, ...]:
    return pick.content(generation.index, request.path_params["schema"])


ROUTES = (
    Route(
        "GET",
        "/api/v1/schemas",
        _schemas,
        "Schemas by content, without the texts",
        query=SubjectQuery,
        response=Schemas,
        cached=True,
    ),
    Route("GET", _SCHEMA, _schema, "One schema with its text, by id, GUID or SHA-256", response=Schema, cached=True),
    Route("GET", f"{_SCHEMA}/schema", _bytes, "The registered bytes of a schema", cached=True, media=TEXTS),
    Route("GET", f"{_SCHEMA}/versions", _versions, "Every version that holds a schema", response=Holders, cached=True),
    Route(
        "GET",
        f"{_SCHEMA}/versions/{{version}}",
        _version,
        "The version of that number that holds it",
        response=Version,
        cached=True,
    ),
    Route(
        "GET",
        f"{_SCHEMA}/dependencies",
        _dependencies,
        "What a schema refers to",
        query=LinkQuery,
        response=Dependencies,
        cached=True,
    ),
    Route(
        "GET",
        f"{_SCHEMA}/dependents",
        _dependents,
        "What refers to a schema",
        query=LinkQuery,
        response=Dependents,
        cached=True,
    ),
)
