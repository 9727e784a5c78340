"""Whether the process lives, whether it can answer, and what Prometheus wants to know."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from llmreg.model.about import __version__
from llmreg.model.jsontext import dumps
from llmreg.server.contract.documents import Health
from llmreg.server.responses import Cache
from llmreg.server.routing import Route
from llmreg.server.state import state_of
from llmreg.server.telemetry.metrics import MEDIA

if TYPE_CHECKING:
    from starlette.requests import Request

    from llmreg.server.state import Generation


async def _live(request: Request, generation: Generation | None) -> Response:
    return _told(200, {"status": "up"})


async def _ready(request: Request, generation: Generation | None) -> Response:
    state = state_of(request)
    body: dict[str, Any] = {"status": "ready", "version": __version__}
    if generation is None or state.stopping:
        body["status"] = "stopping" if state.stopping else "no index"
    if generation is not None:
        manifest = generation.manifest
        age = max(0, int(time.time() - manifest.time))
        body |= {"generation": manifest.generation, "commit": manifest.commit, "time": manifest.time, "age": age}
    if state.failure is not None:
        body["failure"] = state.failure
    if state.audit is not None and state.audit.failure is not None:
        body["audit"] = state.audit.failure
    return _told(200 if body["status"] == "ready" else 503, body)


async def _metrics(request: Request, generation: Generation | None) -> Response:
    return Response(
        state_of(request).metrics.text(), headers={"cache-control": Cache.NONE.value, "content-type": MEDIA}
    )


def _told(status: int, body: dict[str, Any]) -> Response:
    return Response(dumps(body), status, {"cache-control": Cache.NONE.value}, "application/json")


def _route(path: str, handler: Any, summary: str, permission: str | None = None, **more: Any) -> Route:
    return Route("GET", path, handler, summary, ready=False, permission=permission, **more)


ROUTES = (
    _route("/health/live", _live, "Whether the process answers", response=Health),
    _route("/health/ready", _ready, "Whether there is an index to answer from; 503 when not", response=Health),
    _route("/health/startup", _ready, "The same as ready, for a start-up probe", response=Health),
    _route("/metrics", _metrics, "Metrics for Prometheus", "admin", media=MEDIA),
)
