"""Errors as gRPC statuses: the same refusals as over HTTP, in the words of gRPC."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

from llmreg.errors import LlmregError
from llmreg.server.problems import HttpError

log = logging.getLogger("llmreg.server")
_SHOWN = 10  # defects that a status tells; there is a method that tells all
_CODES = {
    "format-unavailable": grpc.StatusCode.UNIMPLEMENTED,
    "limit": grpc.StatusCode.RESOURCE_EXHAUSTED,
}
_STATUSES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    405: grpc.StatusCode.FAILED_PRECONDITION,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
}


def status(error: LlmregError) -> tuple[grpc.StatusCode, str]:
    """The code, and the message with the first defects and their places."""
    failure = HttpError.of(error)
    code = _CODES.get(failure.kind) or _STATUSES.get(failure.status, grpc.StatusCode.INTERNAL)
    lines = [failure.message]
    for problem in failure.problems[:_SHOWN]:
        line = f"{problem.get('pointer') or '/'}: {problem.get('message', '')}"
        if problem.get("message") != failure.message:
            lines.append(line)
    return code, "\n".join(lines)


@asynccontextmanager
async def answered(context: grpc.aio.ServicerContext[Any, Any], count: Callable[[str], None]) -> AsyncIterator[None]:
    """Whatever goes wrong inside ends the call with its status; only what is a bug of ours goes to the log.

    `count` is told the name of the status in the end."""
    code, message = grpc.StatusCode.CANCELLED, ""
    try:
        yield
        code = grpc.StatusCode.OK
    except LlmregError as error:
        code, message = status(error)
    except Exception:  # the boundary: whatever is left is a bug of ours
        log.exception("a gRPC call failed")
        code, message = grpc.StatusCode.INTERNAL, "the server failed; its log says how"
    finally:
        count(code.name)
    if code is not grpc.StatusCode.OK:
        await context.abort(code, message)
