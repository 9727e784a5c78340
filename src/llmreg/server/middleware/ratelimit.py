"""At most so many requests a second from one client, and from all together: 429 with Retry-After above that.

A client is the subject of its token, or its address where tokens are not asked for. Health is never limited.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from llmreg.server.callers.buckets import Buckets, Taken
from llmreg.server.callers.caller import of_address
from llmreg.server.messages import OPEN, refuse, with_headers
from llmreg.server.problems import HttpError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from llmreg.server.state import State

PLACE = 40
_EVERYBODY = ""


def wrap(app: ASGIApp, state: State) -> ASGIApp:
    """Only with `--rate-limit` or `--rate-limit-global`."""
    options = state.options
    if options.rate_limit is None and options.rate_limit_global is None:
        return app
    return RateLimit(
        app,
        None if options.rate_limit is None else Buckets(options.rate_limit),
        None if options.rate_limit_global is None else Buckets(options.rate_limit_global),
    )


class RateLimit:
    """Takes one from the client's bucket, then one from that of all."""

    def __init__(self, app: ASGIApp, each: Buckets | None, everybody: Buckets | None) -> None:
        self._app = app
        self._each = each
        self._everybody = everybody

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"].startswith(OPEN):
            await self._app(scope, receive, send)
            return
        caller = scope.get("llmreg.caller") or of_address(scope.get("client"))
        mine = self._each.take(caller.key) if self._each else None
        if mine is not None and mine.wait:
            await refuse(scope, receive, send, self._too_many(mine, "you ask more than this server answers one client"))
            return
        all_of_us = self._everybody.take(_EVERYBODY) if self._everybody else None
        if all_of_us is not None and all_of_us.wait:
            await refuse(scope, receive, send, self._too_many(all_of_us, "this server is asked more than it answers"))
            return
        if self._each is None or mine is None:
            await self._app(scope, receive, send)
            return
        headers = _headers(self._each, mine)

        async def told(message: Message) -> None:
            await send(with_headers(message, headers))

        await self._app(scope, receive, told)

    def _too_many(self, taken: Taken, why: str) -> HttpError:
        headers: dict[str, Any] = {"retry-after": str(max(1, ceil(taken.wait)))}
        if self._each is not None:
            headers |= {name.decode(): value.decode() for name, value in _headers(self._each, taken)}
        return HttpError(429, why, code="rate-limit", headers=headers)


def _headers(buckets: Buckets, taken: Taken) -> list[tuple[bytes, bytes]]:
    """The IETF's draft-ietf-httpapi-ratelimit-headers, in the form with three headers that clients know."""
    return [
        (b"ratelimit-limit", str(int(buckets.size)).encode()),
        (b"ratelimit-remaining", str(taken.left).encode()),
        (b"ratelimit-reset", str(ceil(taken.full)).encode()),
    ]
