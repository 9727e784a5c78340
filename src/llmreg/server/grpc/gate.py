"""Who may call: a call asks the middleware that guards HTTP, as the request that would ask the same there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from llmreg.errors import DocumentError
from llmreg.model.jsontext import loads
from llmreg.server.callers.caller import CALLER, of_address
from llmreg.server.middleware import authentication, ratelimit
from llmreg.server.problems import HttpError

if TYPE_CHECKING:
    import grpc
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from llmreg.server.state import State

_READ = ("GET", "/api/v1/subjects")
_SAME_OVER_HTTP = {
    "GetSchema": _READ,
    "ListSchemas": _READ,
    "RegisterSchema": _READ,  # it writes nothing, it tells how to
    "BatchRegister": _READ,
    "StreamSchemaChanges": ("GET", "/api/v1/stream/changes"),
    "ValidateData": ("POST", "/api/v1/validate/data"),
    "BatchValidate": ("POST", "/api/v1/validate/data"),
    "ValidateSchema": ("POST", "/api/v1/validate/schema"),
    "CheckCompatibility": ("POST", "/api/v1/compatibility/check"),
}
_PASSED = "llmreg.passed"


class Gate:
    """Tokens and rate limits, as the options ask for them; the limits count gRPC's calls by themselves."""

    def __init__(self, state: State) -> None:
        """Raises InputError when the keys of tokens cannot be read."""
        self._app: ASGIApp = _passed
        for module in sorted((authentication, ratelimit), key=lambda module: module.PLACE, reverse=True):
            self._app = module.wrap(self._app, state)

    async def admit(self, method: str, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        """Sets the caller for what comes after. Raises HttpError 401, 403 or 429."""
        verb, path = _SAME_OVER_HTTP[method]
        headers = [(b"authorization", value.encode()) for name, value in _metadata(context) if name == "authorization"]
        scope: Scope = {
            "type": "http",
            "method": verb,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "client": (_address(context.peer()), 0),
        }
        CALLER.set(of_address(scope["client"]))
        told: list[Message] = []

        async def send(message: Message) -> None:
            told.append(message)

        await self._app(scope, _nothing, send)
        if not scope.get(_PASSED):
            raise _refusal(told)


async def _passed(scope: Scope, _receive: Receive, _send: Send) -> None:
    scope[_PASSED] = True


async def _nothing() -> Message:
    return {"type": "http.request", "body": b""}


def _refusal(told: list[Message]) -> HttpError:
    body = b"".join(message.get("body", b"") for message in told)
    status = next((message["status"] for message in told if "status" in message), 500)
    try:
        detail = str(loads(body)["detail"])
    except (DocumentError, KeyError, TypeError):
        detail = "refused"
    return HttpError(status, detail)


def _metadata(context: grpc.aio.ServicerContext[Any, Any]) -> Any:
    return context.invocation_metadata() or ()


def _address(peer: str) -> str:
    """`127.0.0.1` of `ipv4:127.0.0.1:50000`, `::1` of `ipv6:%5B::1%5D:50000`."""
    return unquote(peer.partition(":")[2]).rpartition(":")[0].strip("[]")
