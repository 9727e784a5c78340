"""Which handler answers a request: routes as values, found by looking into `server/routes`, matched on the raw path.

A path is split at its slashes first and decoded afterwards, so that `chat%2Freply` and `chat/reply` name one subject.
`{subject}` and `{path}` in a template stand for one or more segments, every other `{name}` for exactly one. No segment
of a subject is called `versions` or starts with a dash, so what follows a subject is never taken for a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from importlib import import_module  # noqa: TID251 -- this file lists a folder
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket

    from llmreg.server.state import Generation, State

    Handler = Callable[[Request, Generation], Awaitable[Response]]
    SocketHandler = Callable[[WebSocket, State], Awaitable[None]]

WEBSOCKET = "WEBSOCKET"
_SPANNING = {"subject": r"(?:(?!(?:versions|-)(?:/|$))[^/]+)(?:/(?!(?:versions|-)(?:/|$))[^/]+)*", "path": r".+"}
_DEEP = 3  # segments of `/api/v1/…` that tell its families of routes apart


class Shape(Enum):
    """How the errors of a route look: RFC 9457, or what Schema Registry clients of Confluent's kind read."""

    PROBLEM = "application/problem+json"
    CONFLUENT = "application/vnd.schemaregistry.v1+json"


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path template. `summary` and the types describe it in the OpenAPI document.

    `query`, `request` and `response` are msgspec types: what the query string, the body and the answer hold.
    `cached`: the answer to a GET without a query depends on nothing but the path and the generation; it is kept in
    memory and sent again without asking the handler. `ready`: needs an index, so it is 503 before the first one.
    `media`: of the answer, or several with commas between. `writes`: it stands for a write that this server refuses.
    `hidden`: not in the OpenAPI document."""

    method: str
    path: str
    handler: Handler | SocketHandler
    summary: str
    query: type[Any] | None = None
    request: type[Any] | None = None
    response: Any = None
    media: str = "application/json"
    statuses: Mapping[int, str] = field(default_factory=dict)
    shape: Shape = Shape.PROBLEM
    cached: bool = False
    ready: bool = True
    permission: str | None = "schema:read"
    writes: bool = False
    hidden: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))


class Match(NamedTuple):
    """`allowed`: the methods that the path has, when `route` is None because the method is none of them."""

    route: Route | None
    parameters: Mapping[str, str]
    allowed: tuple[str, ...]
    shape: Shape


class Table:
    """All routes. The earlier of two that match wins; routes with more fixed text come first."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(sorted(routes, key=lambda route: (-_fixed(route.path), route.path, route.method)))
        self._families: dict[str, list[tuple[re.Pattern[str], Route]]] = {}
        for route in self.routes:
            self._families.setdefault(_family(route.path), []).append((_pattern(route.path), route))

    def find(self, method: str, raw_path: str) -> Match:
        """The route of a request; HEAD is answered by GET's."""
        wanted = "GET" if method == "HEAD" else method
        path = raw_path.rstrip("/") or "/"
        family = self._families.get(_family(path), ())
        allowed: list[str] = []
        shape = family[0][1].shape if family else _shape(path)
        for pattern, route in family:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            shape = route.shape
            if route.method == wanted:
                return Match(route, _decoded(match.groupdict()), (), shape)
            allowed.append(route.method)
        return Match(None, {}, _allow(allowed), shape)


def found(package: str = "llmreg.server.routes") -> tuple[Route, ...]:
    """The `ROUTES` of every module in the folder."""
    folder = import_module(package)
    modules = (import_module(f"{package}.{item.name}") for item in iter_modules(folder.__path__))
    return tuple(route for module in modules for route in module.ROUTES)


def _decoded(parameters: Mapping[str, str]) -> dict[str, str]:
    """Raises UnicodeDecodeError for bytes that are no UTF-8."""
    return {name: unquote(value, errors="strict") for name, value in parameters.items()}


def _allow(methods: Iterable[str]) -> tuple[str, ...]:
    known = {method for method in methods if method != WEBSOCKET}
    return tuple(sorted(known | ({"HEAD"} if "GET" in known else set())))


def _family(path: str) -> str:
    """What the routes of a path have in common: its first segment, of `/api/v1/…` the first three."""
    segments = path.split("/", _DEEP + 1)[1:] or [path]
    return "/".join(segments[:_DEEP]) if segments[0] == "api" else segments[0]


def _shape(path: str) -> Shape:
    """Of an error about a path that nobody serves: outside `/api/` it is a Schema Registry client that asks."""
    return Shape.PROBLEM if path.startswith("/api/") else Shape.CONFLUENT


def _fixed(path: str) -> int:
    return sum(1 for segment in path.split("/") if segment and not segment.startswith("{"))


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", template)
    for place in range(1, len(parts), 2):
        parts[place] = f"(?P<{parts[place]}>{_SPANNING.get(parts[place], '[^/]+')})"
    for place in range(0, len(parts), 2):
        parts[place] = re.escape(parts[place])
    return re.compile("".join(parts))
