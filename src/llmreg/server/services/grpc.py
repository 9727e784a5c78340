"""`--grpc PORT`: a gRPC server on the same event loop, with reflection and health."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from llmreg.errors import UsageError

if TYPE_CHECKING:
    from llmreg.server.options import ServerOptions
    from llmreg.server.state import State

PLACE = 40
log = logging.getLogger("llmreg.server")
_NEEDED = ("grpc", "grpc_reflection", "grpc_health")
_ENVELOPE = 64 << 10  # bytes of a message beside the data in it
_STREAMS = 256  # calls at a time on one connection
_DRAIN = 8.0  # seconds that calls get to end, less than the requests get


@asynccontextmanager
async def run(state: State) -> AsyncIterator[None]:
    """Listens before the first request and stops as soon as the server does. Raises UsageError."""
    if state.options.grpc_port is None:
        yield
        return
    missing(state.options)
    server, health = _server(state)
    await server.start()
    watching = asyncio.create_task(_watch(state, server, health))
    try:
        yield
    finally:
        state.stop()
        await watching


def missing(options: ServerOptions) -> None:
    """Raises UsageError for what cannot be had, before anything is started."""
    if options.grpc_port is None:
        return
    absent = [name for name in _NEEDED if find_spec(name) is None]
    if absent:
        raise UsageError(f"--grpc needs {', '.join(absent)}", hint="pip install 'llmreg[grpc]'")
    if options.workers > 1 and not options.grpc_port:
        raise UsageError("several workers need one port for gRPC", hint="--grpc PORT with a port, not 0")


def _server(state: State) -> tuple[Any, Any]:
    import grpc
    from grpc_health.v1 import health, health_pb2_grpc
    from grpc_reflection.v1alpha import reflection

    from llmreg.server.grpc.schema_registry_pb2_grpc import add_SchemaRegistryServicer_to_server
    from llmreg.server.grpc.service import NAME, SchemaRegistry

    options = state.options
    server = grpc.aio.server(
        options=(
            ("grpc.max_receive_message_length", max(options.max_data_bytes, options.max_schema_bytes) + _ENVELOPE),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_concurrent_streams", _STREAMS),
            ("grpc.so_reuseport", int(options.workers > 1)),
        )
    )
    add_SchemaRegistryServicer_to_server(SchemaRegistry(state), server)  # type: ignore[no-untyped-call] # generated
    servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    reflection.enable_server_reflection((NAME, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    host = f"[{options.host}]" if ":" in options.host else options.host
    try:
        state.grpc_port = server.add_insecure_port(f"{host}:{options.grpc_port}")
    except RuntimeError as error:
        raise UsageError(f"cannot listen on {host} port {options.grpc_port} for gRPC: {error}") from None
    log.info("gRPC at %s:%d", host, state.grpc_port)
    return server, servicer


async def _watch(state: State, server: Any, health: Any) -> None:
    """Health follows the index; calls end when the server stops, streams at once."""
    from grpc_health.v1.health_pb2 import HealthCheckResponse

    from llmreg.server.grpc.service import NAME

    while not state.stopping:
        woken = state.changed
        ready = HealthCheckResponse.SERVING if state.generation else HealthCheckResponse.NOT_SERVING
        for name in ("", NAME):
            await health.set(name, ready)
        await woken.wait()
    await health.enter_graceful_shutdown()
    await server.stop(_DRAIN)
