"""Search, links by query, the step between two versions, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmreg.index import documents, pick
from llmreg.index.search import search
from llmreg.server.contract.documents import Dependencies, Dependents, Diff, Found, Stats
from llmreg.server.contract.queries import OneLinkQuery, SearchQuery
from llmreg.server.native import linked
from llmreg.server.requests import judging_of, query
from llmreg.server.responses import json_response
from llmreg.server.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from llmreg.server.state import Generation


async def _search(request: Request, generation: Generation) -> Response:
    asked = query(request, SearchQuery)
    page = search(generation.index, asked.q, asked.filters(), asked.limit, asked.offset)
    return json_response(documents.found(page, asked.q, asked.limit))


async def _dependencies(request: Request, generation: Generation) -> Response:
    return _links(request, generation, "dependencies")


async def _dependents(request: Request, generation: Generation) -> Response:
    return _links(request, generation, "dependents")


def _links(request: Request, generation: Generation, what: str) -> Response:
    asked = query(request, OneLinkQuery)
    return linked(generation, what, (pick.version(generation.index, asked.subject, asked.version),), asked)


async def _diff(request: Request, generation: Generation) -> Response:
    """Of neighbours as it was judged when they were exported; of others by the judging service."""
    name = request.path_params["subject"]
    index = generation.index
    old = pick.version(index, name, request.path_params["old"])
    new = pick.version(index, name, request.path_params["new"])
    report = index.report(new)
    if report is None or report.get("against") != old.version:
        report = await judging_of(request).diff(index, name, old.version, new.version)
    return json_response(documents.diff(name, old.version, new.version, report))


async def _stats(request: Request, generation: Generation) -> Response:
    return json_response(documents.stats(generation.index))


ROUTES = (
    Route("GET", "/api/v1/search", _search, "Subjects by words and by facts", query=SearchQuery, response=Found),
    Route(
        "GET",
        "/api/v1/dependencies",
        _dependencies,
        "What a version refers to",
        query=OneLinkQuery,
        response=Dependencies,
    ),
    Route(
        "GET", "/api/v1/dependents", _dependents, "What refers to a version", query=OneLinkQuery, response=Dependents
    ),
    Route(
        "GET",
        "/api/v1/diff/{subject}/{old}/{new}",
        _diff,
        "What changed and broke between two versions",
        response=Diff,
        cached=True,
    ),
    Route("GET", "/api/v1/stats", _stats, "What the index holds, counted", response=Stats, cached=True),
)
