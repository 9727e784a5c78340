"""Lets pages of the configured origins read the answers in a browser, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmreg.server.messages import header, with_headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from llmreg.server.state import State

PLACE = 20
_METHODS = b"GET, HEAD, POST, OPTIONS"
_MAY_SEND = b"Authorization, Content-Type, If-None-Match, Last-Event-ID, traceparent"
_MAY_READ = b"ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id"
_VARY = (b"vary", b"Origin")


def wrap(app: ASGIApp, state: State) -> ASGIApp:
    """Only with `--cors-origin`. Tokens go in a header and there are no cookies, so credentials are never allowed."""
    origins = frozenset(origin.encode("latin-1") for origin in state.options.cors_origins)
    return Cors(app, origins) if origins else app


class Cors:
    """Answers preflight requests, and names the origin in answers to it."""

    def __init__(self, app: ASGIApp, origins: frozenset[bytes]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = header(scope, b"origin")
        allowed = origin is not None and (origin in self._origins or b"*" in self._origins)
        headers = [_VARY]
        if allowed and origin is not None:
            headers += [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", _MAY_READ)]
        if scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None:
            await _preflight(send, headers if allowed else [_VARY], allowed=allowed)
            return

        async def told(message: Message) -> None:
            await send(with_headers(message, headers))

        await self._app(scope, receive, told)


async def _preflight(send: Send, headers: list[tuple[bytes, bytes]], *, allowed: bool) -> None:
    if allowed:
        headers = [
            *headers,
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _MAY_SEND),
            (b"access-control-max-age", b"600"),
        ]
    await send({"type": "http.response.start", "status": 204 if allowed else 403, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
