"""A span for each request, with OpenTelemetry: exported as its own environment variables say (OTEL_EXPORTER_OTLP_…)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from llmreg.errors import UsageError
from llmreg.model.about import __version__

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from llmreg.server.state import State

PLACE = 5
_NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def wrap(app: ASGIApp, state: State) -> ASGIApp:
    """Only with `--otel`. Raises UsageError when the extra is not installed."""
    if not state.options.otel:
        return app
    missing()
    return Tracing(app)


def missing() -> None:
    """Raises UsageError when the extra is not installed."""
    try:
        absent = [name for name in _NEEDED if find_spec(name) is None]
    except ModuleNotFoundError:
        absent = list(_NEEDED)
    if absent:
        raise UsageError(f"--otel needs {', '.join(absent)}", hint="pip install 'llmreg[otel]'")


class Tracing:
    """Spans end when the answer has been sent; those that wait are exported when the server stops."""

    def __init__(self, app: ASGIApp) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.propagate import extract
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace import SpanKind

        self._app = app
        resource = Resource.create({"service.name": "llmreg", "service.version": __version__})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("llmreg.server", __version__)
        self._extract = extract
        self._kind = SpanKind.SERVER

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            try:
                await self._app(scope, receive, send)
            finally:
                self._provider.shutdown()
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        about = {"http.request.method": scope["method"], "url.path": scope["path"]}
        with self._tracer.start_as_current_span(
            scope["method"], context=self._extract(carrier), kind=self._kind, attributes=about
        ) as span:

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _answered(span, scope, message["status"])
                await send(message)

            await self._app(scope, receive, told)


def _answered(span: Any, scope: Scope, status: int) -> None:
    """Named by its route, which is known by now; the path would be a name for each subject."""
    span.set_attribute("http.response.status_code", status)
    route = scope.get("route")
    if route is not None:
        span.update_name(f"{scope['method']} {route.path}")
        span.set_attribute("http.route", route.path)
