"""Pages for people, as `export --html` writes them. `/` is one for whoever asks for HTML, else what it is to Kafka
clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from starlette.responses import Response

from llmreg.errors import LlmregError
from llmreg.index.manifest import INDEX
from llmreg.index.reader import Index
from llmreg.render.pages import CSP, missing, page
from llmreg.render.pages.links import ASSETS, CHANGES, GRAPH, OVERVIEW
from llmreg.server.confluent import MEDIA, reading
from llmreg.server.responses import Cache, Prepared
from llmreg.server.routing import Route, Shape
from llmreg.server.state import Generation, state_of

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

_HTML = "text/html"
_HEADERS = {"content-security-policy": f"{CSP}; frame-ancestors 'none'", "referrer-policy": "no-referrer"}
_DEAR = (OVERVIEW, GRAPH, f"{ASSETS}search-")  # how the paths start that take a look at every subject
_STATUSES = {308: "The page has another path: a slash too many, or one written %2F", 404: "There is no such page"}
_making: WeakKeyDictionary[Generation, dict[str, asyncio.Task[Prepared | None]]] = WeakKeyDictionary()
_kafka = reading(lambda *_: {})


async def _root(request: Request, generation: Generation) -> Response:
    if _HTML in request.headers.get("accept", ""):
        return await _answer(request, generation, OVERVIEW)
    return await _kafka(request, generation)


async def _page(request: Request, generation: Generation) -> Response:
    route: Route = request.scope["route"]
    path = route.path.removeprefix("/")
    if route.names:
        path = path.removesuffix("{path}") + request.path_params["path"]
    return await _answer(request, generation, path)


async def _answer(request: Request, generation: Generation, path: str) -> Response:
    raw = request.scope["raw_path"].decode("latin-1").removeprefix("/")
    if raw and raw.count("/") != path.count("/"):  # relative links would lead elsewhere from here
        location = "../" * raw.count("/") + quote(path)
        return Response(status_code=308, headers={"location": location, "cache-control": Cache.SHORT.value})
    if path.startswith(_DEAR):
        made = await _once(generation, path, state_of(request).options.directory / INDEX)
    else:
        made = _made(generation.index, path)
    if made is not None:
        return made
    headers = _HEADERS | {"cache-control": Cache.NONE.value, "x-content-type-options": "nosniff"}
    return Response(missing(raw), 404, headers, "text/html; charset=utf-8")


async def _once(generation: Generation, path: str, file: Path) -> Prepared | None:
    """Made in a thread, once per generation however many ask at the same time, and kept as long as the generation."""
    kept = _making.setdefault(generation, {})
    if path not in kept:
        kept[path] = asyncio.create_task(_make(generation, path, file))
    try:
        made = await asyncio.shield(kept[path])
    except Exception:
        kept.pop(path, None)
        raise
    if made is None:  # paths that lead nowhere are without number
        kept.pop(path, None)
    return made


async def _make(generation: Generation, path: str, file: Path) -> Prepared | None:
    """Reads the file anew, because an index is for one thread at a time; when it is another one by now, or broken,
    the file that the generation holds open, meanwhile letting everybody wait."""

    def aside() -> tuple[bool, Prepared | None]:
        with Index(file) as index:
            info, manifest = index.info, generation.manifest
            same = (info.content, info.commit) == (manifest.content, manifest.commit)
            return same, _made(index, path) if same else None

    try:
        same, made = await asyncio.to_thread(aside)
    except LlmregError:
        same, made = False, None
    if same:
        return made
    with generation.held():
        return _made(generation.index, path)


def _made(index: Index, path: str) -> Prepared | None:
    found = page(index, path)
    if found is None:
        return None
    media, body = found
    vary = "Accept" if path == OVERVIEW else ""
    return Prepared(body, media=media, cache=Cache.SHORT, vary=vary, headers=_HEADERS)


def _route(path: str, summary: str, media: str = _HTML, **more: Any) -> Route:
    return Route("GET", path, _page, summary, media=media, cached=True, statuses=_STATUSES, **more)


ROUTES = (
    Route(
        "GET",
        "/",
        _root,
        "The overview for people; else {}: a sign of life",
        media=f"{MEDIA[0]}, {_HTML}",
        shape=Shape.CONFLUENT,
    ),
    _route(f"/{OVERVIEW}", "The page of all subjects"),
    _route(f"/{GRAPH}", "The page of who refers to whom"),
    _route(f"/{CHANGES}", "The page of what changed lately"),
    _route("/s/{path}", "The pages of a subject, and its registered bytes", f"{_HTML}, text/plain"),
    _route(f"/{ASSETS}{{path}}", "What the pages need", hidden=True),
)
