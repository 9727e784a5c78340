"""What changes, as it happens: server-sent events with resume, and the same over WebSocket."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocketDisconnect

from llmreg.errors import LlmregError
from llmreg.index import documents
from llmreg.model.jsontext import dumps
from llmreg.server.changes import Place, changes, listening, place, refuse_many
from llmreg.server.requests import query
from llmreg.server.responses import Cache
from llmreg.server.routing import WEBSOCKET, Route
from llmreg.server.state import State, state_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send
    from starlette.websockets import WebSocket

    from llmreg.server.state import Generation

_PATH = "/api/v1/stream/changes"
_MEDIA = "text/event-stream"
_PATIENCE = 15.0  # seconds between two signs of life: below the minute after which proxies cut a silent connection
_REFUSED = 1008  # WebSocket's "policy violation"
_GOING_AWAY = 1001
_TRY_AGAIN_LATER = 1013


class StreamQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Where to start."""

    after: Annotated[
        str | None, Meta(description="The id of the last event seen; 0 for all; without it, what comes from now on")
    ] = None


class _Stream(StreamingResponse):
    """Counts as open from before its first byte until its connection ends, however it does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with listening(scope["llmreg"]):
            await super().__call__(scope, receive, send)


async def _events(request: Request, generation: Generation) -> Response:
    text = request.headers.get("last-event-id") or query(request, StreamQuery).after
    after = place(text) if text else None
    headers = {"cache-control": Cache.NONE.value, "x-accel-buffering": "no"}
    if request.method == "HEAD":
        return Response(headers=headers, media_type=_MEDIA)
    refuse_many(state_of(request))
    return _Stream(_told(state_of(request), after), headers=headers, media_type=_MEDIA)


async def _told(state: State, after: Place | None) -> AsyncIterator[str]:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html: comments keep the connection alive."""
    yield "retry: 2000\n: connected\n\n"
    async for events in changes(state, after, _PATIENCE):
        lines = [f"id: {event.id}\nevent: {event.type}\ndata: {dumps(documents.event(event))}\n\n" for event in events]
        yield "".join(lines) or ": keep-alive\n\n"


async def _socket(socket: WebSocket, state: State) -> None:
    text = socket.query_params.get("after")
    try:
        after = place(text) if text else None
    except LlmregError as error:
        await socket.accept()
        await socket.close(_REFUSED, error.message)
        return
    await socket.accept()
    try:
        refuse_many(state)
    except LlmregError as error:
        await socket.close(_TRY_AGAIN_LATER, error.message)
        return
    with listening(state):
        sending = asyncio.create_task(_send(socket, state, after))
        hearing = asyncio.create_task(_hear(socket))
        done, waiting = await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*done, *waiting, return_exceptions=True)


async def _send(socket: WebSocket, state: State, after: Place | None) -> None:
    """The protocol's own pings keep the connection alive, so an empty batch is not told."""
    with suppress(WebSocketDisconnect, OSError):
        async for events in changes(state, after, _PATIENCE):
            for event in events:
                await socket.send_text(dumps(documents.event(event)))
        await socket.close(_GOING_AWAY)


async def _hear(socket: WebSocket) -> None:
    """Ends when the client goes; what it says is not for us."""
    message: Any = {}
    while message.get("type") != "websocket.disconnect":
        message = await socket.receive()


ROUTES = (
    Route("GET", _PATH, _events, "What changes, as server-sent events", query=StreamQuery, media=_MEDIA),
    Route(WEBSOCKET, _PATH, _socket, "What changes, as text frames of JSON", hidden=True),
)
