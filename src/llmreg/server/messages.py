"""What middleware does with ASGI messages: refuse a request, add headers to an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmreg.server.problems import HttpError, refused
from llmreg.server.routing import Shape

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

OPEN = "/health/"  # asked by whoever supervises the server, without a token and without a limit
_NATIVE = ("/api/", "/metrics", "/health/")


async def refuse(scope: Scope, receive: Receive, send: Send, error: HttpError) -> None:
    """The refusal in the shape of its side of the API; a WebSocket is not accepted."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": str(error)[:120]})
        return
    shape = Shape.PROBLEM if scope["path"].startswith(_NATIVE) else Shape.CONFLUENT
    await refused(error, shape, scope["raw_path"].decode("latin-1"))(scope, receive, send)


def with_headers(message: Message, headers: Iterable[tuple[bytes, bytes]]) -> Message:
    """A start with more headers; any other message as it is. Messages of kept answers are shared, so it is a copy."""
    if message["type"] != "http.response.start":
        return message
    return {**message, "headers": [*message["headers"], *headers]}


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that name (lower case)."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None
