"""A log line for each request, with an id that its answer bears too; a caller's `traceparent` gives the id."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import TYPE_CHECKING, Any

from llmreg.server.messages import header, with_headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from llmreg.server.state import State

PLACE = 10
log = logging.getLogger("llmreg.access")
# https://www.w3.org/TR/trace-context/#traceparent-header; an id of zeros is none
_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?")


def wrap(app: ASGIApp, state: State) -> ASGIApp:
    """Not with `--log-format none`, which is the default: a line costs as much as the answer to a cached read."""
    return app if state.options.log_format == "none" else Access(app)


class Access:
    """Logs when the answer has been sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        trace, parent = _traced(header(scope, b"traceparent"))
        scope["llmreg.request_id"] = trace
        extra = [(b"x-request-id", trace.encode())]
        status, size = 0, 0

        async def told(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message = with_headers(message, extra)
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            _log(scope, {"request_id": trace, "parent_id": parent}, status, size, time.perf_counter() - began)


def _log(scope: Scope, trace: dict[str, str | None], status: int, size: int, seconds: float) -> None:
    client = scope.get("client")
    caller = scope.get("llmreg.caller")
    path = scope["raw_path"].decode("latin-1")
    fields: dict[str, Any] = {
        **trace,
        "method": scope["method"],
        "path": path,
        "status": status,
        "bytes": size,
        "duration_ms": round(seconds * 1000, 3),
        "address": client[0] if client else None,
        "client": caller.name if caller else None,
    }
    told = {name: value for name, value in fields.items() if value is not None}
    shown = path if path.isprintable() else ascii(path)
    log.info("%s %s %d %d %.3f ms", scope["method"], shown, status, size, seconds * 1000, extra={"fields": told})


def _traced(given: bytes | None) -> tuple[str, str | None]:
    """(trace id, the caller's span)."""
    match = _TRACEPARENT.fullmatch(given) if given is not None and len(given) <= 256 else None
    if match is None:
        return secrets.token_hex(16), None
    return match.group(1).decode(), match.group(2).decode()
