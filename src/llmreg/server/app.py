"""The ASGI application: finished answers from memory first, then the routes, and one place for every error."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from importlib import import_module  # noqa: TID251 -- this file lists two folders
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.websockets import WebSocket

from llmreg.errors import LimitError, LlmregError
from llmreg.server.problems import TO_REGISTER, HttpError, refused
from llmreg.server.responses import Prepared, deliver
from llmreg.server.routing import WEBSOCKET, Match, Shape, Table, found

if TYPE_CHECKING:
    from types import ModuleType

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from llmreg.server.state import State

log = logging.getLogger("llmreg.server")
_API = "/api/"
_NOWHERE = Match(None, {}, (), Shape.PROBLEM)
_REFUSED = 1008  # WebSocket's "policy violation"
_MAX_PATH = 4096


class App:
    """Answers requests from the state's current generation."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.table = Table(found())
        self._count: dict[tuple[str, int], Any] = {}
        self._hit = state.metrics.cache_hits.inc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        generation = self.state.generation
        if scope["type"] == "http" and generation and not scope["query_string"] and scope["method"] in {"GET", "HEAD"}:
            answer = generation.answers.get(scope["raw_path"])
            if answer is not None:
                self._hit()
                await deliver(answer, scope, send)
                return
        await self._route(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["llmreg"] = self.state
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        scope["app"] = self
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            response = await self._respond(Request(scope, receive))
            await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        raw_path = request.scope["raw_path"].decode("latin-1")
        template, shape = "", Shape.PROBLEM
        try:
            match = self._match(request.method, raw_path)
            template, shape = match.route.path if match.route else "", match.shape
            response = await self._handle(request, match)
        except LlmregError as error:
            response = refused(_of_reading(request, error), shape, raw_path[:_MAX_PATH])
        except Exception:  # the boundary: whatever is left is a bug of ours
            log.exception("%s %s failed", request.method, raw_path)
            response = refused(HttpError(500, "the server failed; its log says how"), shape, raw_path)
        self._counted(template, response.status_code)
        return response

    def _match(self, method: str, raw_path: str) -> Match:
        if len(raw_path) > _MAX_PATH:
            raise HttpError(414, f"the path is longer than {_MAX_PATH} characters")
        try:
            return self.table.find(method, raw_path)
        except UnicodeDecodeError:
            raise HttpError(400, "the path is no UTF-8") from None

    async def _handle(self, request: Request, match: Match) -> Response:
        route = match.route
        if route is None:
            raise _no_route(request, match)
        request.scope["path_params"] = match.parameters
        request.scope["route"] = route
        generation = self.state.generation
        if generation is None:
            if route.ready:
                raise HttpError(503, "there is no index yet", headers={"retry-after": "1"})
            return await route.handler(request, None)  # type: ignore[arg-type, return-value] # asks nothing of it
        with generation.held():
            response: Response = await route.handler(request, generation)  # type: ignore[arg-type, assignment]
        if route.cached and isinstance(response, Prepared) and not request.scope["query_string"]:
            generation.answers.put(request.scope["raw_path"], response.answer)
            self.state.metrics.cache_misses.inc()
        return response

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            match = self._match(WEBSOCKET, scope["raw_path"].decode("latin-1"))
        except LlmregError:
            match = _NOWHERE
        if match.route is None:
            await socket.close(_REFUSED)
            return
        scope["path_params"] = match.parameters
        await match.route.handler(socket, self.state)  # type: ignore[arg-type]

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Start the services by their `PLACE`, and stop them in the opposite order."""
        await receive()
        async with AsyncExitStack() as stack:
            stack.callback(self.state.close)
            try:
                for service in sorted(_modules("llmreg.server.services"), key=lambda service: service.PLACE):
                    await stack.enter_async_context(service.run(self.state))
            except (LlmregError, OSError) as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.state.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def _counted(self, template: str, status: int) -> None:
        key = (template, status)
        if key not in self._count:
            self._count[key] = self.state.metrics.requests.labels(template, status).inc
        self._count[key]()


def build(state: State) -> ASGIApp:
    """The application over a state, with every middleware around it."""
    app: ASGIApp = App(state)
    for module in sorted(_modules("llmreg.server.middleware"), key=lambda module: module.PLACE, reverse=True):
        app = module.wrap(app, state)
    return app


def _of_reading(request: Request, error: LlmregError) -> LlmregError:
    """A request without a body cannot be too large: what it met is the limit on time."""
    reads = isinstance(error, LimitError) and request.method in {"GET", "HEAD"}
    return HttpError(503, error.message, code="slow", headers={"retry-after": "1"}) if reads else error


def _no_route(request: Request, match: Match) -> HttpError:
    path = request.scope["path"]
    if not match.allowed:
        return HttpError(404, f"there is nothing at {path}", code="not-found")
    allowed = ", ".join(match.allowed)
    writes = request.method not in {"GET", "HEAD"}  # who reads has only taken the wrong method
    detail = TO_REGISTER if writes and path.startswith(_API) else f"allowed here: {allowed}"
    return HttpError(405, detail, code="read-only", headers={"allow": allowed})


def _modules(package: str) -> list[ModuleType]:
    folder = import_module(package)
    return [import_module(f"{package}.{item.name}") for item in iter_modules(folder.__path__)]
