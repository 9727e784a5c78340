"""Subjects and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llmreg.errors import NotFoundError
from llmreg.index import documents, pick
from llmreg.index.search import search
from llmreg.server.contract.documents import Dependencies, Dependents, Subject, Subjects, Version, Versions
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

_SUBJECT = "/api/v1/subjects/{subject}"
_VERSION = _SUBJECT + "/versions/{range}"


async def _subjects(request: Request, generation: Generation) -> Response:
    asked = query(request, SubjectQuery)
    page = search(generation.index, "", asked.filters(), asked.limit, asked.offset)
    return json_response(documents.listing(page, asked.limit))


async def _subject(request: Request, generation: Generation) -> Response:
    return json_response(documents.subject(generation.index.subject(request.path_params["subject"])))


async def _versions(request: Request, generation: Generation) -> Response:
    index = generation.index
    return json_response(documents.versions(index, index.subject(request.path_params["subject"])))


async def _version(request: Request, generation: Generation) -> Response:
    return json_response(documents.version(generation.index, _asked(request, generation)))


async def _schema(request: Request, generation: Generation) -> Response:
    found = _asked(request, generation)
    fixed = pick.fixed(request.path_params["range"], found)
    return schema_bytes(generation, found, Cache.IMMUTABLE if fixed else Cache.SHORT)


async def _dependencies(request: Request, generation: Generation) -> Response:
    return _links(request, generation, "dependencies")


async def _dependents(request: Request, generation: Generation) -> Response:
    return _links(request, generation, "dependents")


async def _report(request: Request, generation: Generation) -> Response:
    found = _asked(request, generation)
    report = generation.index.report(found)
    if report is None:
        raise NotFoundError(f"{found.subject}@{found.version} has no version before it to be compared with")
    return json_response(report)


def _asked(request: Request, generation: Generation) -> StoredVersion:
    return pick.version(generation.index, request.path_params["subject"], request.path_params["range"])


def _links(request: Request, generation: Generation, what: str) -> Response:
    asked = query(request, LinkQuery)
    return linked(generation, what, (_asked(request, generation),), asked)


ROUTES = (
    Route(
        "GET",
        "/api/v1/subjects",
        _subjects,
        "Subjects in short, by name",
        query=SubjectQuery,
        response=Subjects,
        cached=True,
    ),
    Route("GET", _SUBJECT, _subject, "One subject, with its versions in short", response=Subject, cached=True),
    Route(
        "GET",
        f"{_SUBJECT}/versions",
        _versions,
        "Every version of a subject, without the texts",
        response=Versions,
        cached=True,
    ),
    Route("GET", _VERSION, _version, "One version with its text", response=Version, cached=True),
    Route("GET", f"{_VERSION}/schema", _schema, "The registered bytes of a version", cached=True, media=TEXTS),
    Route(
        "GET",
        f"{_VERSION}/dependencies",
        _dependencies,
        "What a version refers to",
        query=LinkQuery,
        response=Dependencies,
        cached=True,
    ),
    Route(
        "GET",
        f"{_VERSION}/dependents",
        _dependents,
        "What refers to a version",
        query=LinkQuery,
        response=Dependents,
        cached=True,
    ),
    Route(
        "GET",
        f"{_VERSION}/report",
        _report,
        "What the step to this version changed and broke",
        response=dict[str, Any],
        cached=True,
    ),
)
