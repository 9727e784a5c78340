"""The description of everything that is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from llmreg.server.contract.openapi import document
from llmreg.server.responses import Cache, Prepared, json_response
from llmreg.server.routing import Route, Table

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from llmreg.server.state import Generation

_made: WeakKeyDictionary[Table, Prepared] = WeakKeyDictionary()


async def _openapi(request: Request, generation: Generation | None) -> Response:
    table: Table = request.app.table
    if table not in _made:
        _made[table] = json_response(document(table.routes), Cache.SHORT)
    return _made[table]


ROUTES = (
    Route(
        "GET",
        "/api/v1/openapi.json",
        _openapi,
        "This description",
        ready=False,
        permission=None,
        response=dict[str, Any],
    ),
)
