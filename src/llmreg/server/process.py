"""The processes behind `llmreg serve`: one listening socket, one or several workers on it, and their orderly end."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from llmreg.errors import UsageError
from llmreg.server.telemetry.logs import configure

if TYPE_CHECKING:
    from types import FrameType

    from llmreg.server.options import ServerOptions

log = logging.getLogger("llmreg.server")
_NEEDED = ("uvicorn", "uvloop", "httptools", "websockets", "starlette", "msgspec", "prometheus_client")
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_BACKLOG = 2048
_UVICORN: dict[str, Any] = {
    "interface": "asgi3",
    "loop": "uvloop",
    "http": "httptools",
    "ws": "websockets-sansio",
    "lifespan": "on",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 10,  # seconds that requests get to end after a signal
    "timeout_keep_alive": 30,
}
_TOO_SOON = 2.0  # seconds; a worker that ends before that will not do better the next time


def serve(options: ServerOptions, tell: Callable[[str], None]) -> int:
    """Serve until SIGTERM or SIGINT; the exit status. `tell` gets one line when the address is bound.

    Raises UsageError when the address cannot be had or the extra is missing, and what `Generation.load` raises."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"the server needs {', '.join(missing)}", hint="pip install 'llmreg[server]'")
    configure(options.log_format)
    with ExitStack() as stack:
        if options.workers > 1:  # the library looks at its variable once, when it is imported
            folder = tempfile.mkdtemp(prefix="llmreg-metrics-")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        what = _checked(options)
        listening = stack.enter_context(_listen(options))
        host, port = listening.getsockname()[:2]
        tell(f"serving {what} at http://{f'[{host}]' if ':' in host else host}:{port}")
        return _run(options, listening) if options.workers == 1 else _supervise(options, listening)


def _checked(options: ServerOptions) -> str:
    """Which generation there is, in words: somebody who starts a server wants to know at once that it has none, or
    that what was asked for is missing."""
    from llmreg.server.callers.keysets import KeySet
    from llmreg.server.callers.tokens import Tokens
    from llmreg.server.middleware import tracing
    from llmreg.server.services import grpc
    from llmreg.server.state import Generation

    if options.otel:
        tracing.missing()
    grpc.missing(options)
    if options.jwks is not None:
        Tokens(None, None).take(KeySet(options.jwks).read())
    generation = Generation.load(options.directory)
    generation.replaced()
    return f"generation {generation.manifest.generation}, commit {generation.manifest.commit[:12]},"


def _listen(options: ServerOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((options.host, options.port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise UsageError(f"cannot listen on {options.host} port {options.port}: {_why(error)}") from None
    listening.listen(_BACKLOG)
    return listening


def _why(error: OSError | OverflowError) -> str:
    """The machine's words without Python's around them."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _run(options: ServerOptions, listening: socket.socket, parent: int | None = None) -> int:
    """One worker, in this process. `parent`: a pipe that ends when the process above does, however it does."""
    import uvicorn

    from llmreg.server.app import build
    from llmreg.server.state import State

    told: list[int] = []

    class Server(uvicorn.Server):
        """Ends the streams first: they would keep their connections for ever."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            if parent is not None:
                asyncio.get_running_loop().add_reader(parent, self.orphaned, parent)
            await super().startup(sockets)

        def orphaned(self, pipe: int) -> None:
            asyncio.get_running_loop().remove_reader(pipe)
            log.error("the process above is gone: stopping")
            self.handle_exit(signal.SIGTERM, None)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            told.append(sig)
            self.should_exit = True

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            state.stop()
            await super().shutdown(sockets)

    state = State(options)
    server = Server(uvicorn.Config(build(state), **_UVICORN))
    for number in _SIGNALS:  # also before uvicorn takes them over, and after it gave them back
        signal.signal(number, server.handle_exit)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    server.run(sockets=[listening])
    return 0 if server.started or told else 1


def _supervise(options: ServerOptions, listening: socket.socket) -> int:
    """Several workers on one socket; one that ends is replaced, unless it ended at once."""
    started: dict[int, float] = {}
    stopping: list[int] = []

    def stop(number: int, _: object) -> None:
        stopping.append(number)
        for worker in started:
            os.kill(worker, signal.SIGTERM)

    def rotated(number: int, _: object) -> None:
        for worker in started:
            os.kill(worker, number)

    for number in _SIGNALS:
        signal.signal(number, stop)
    if options.audit_log is not None:
        signal.signal(signal.SIGHUP, rotated)
    pipe = os.pipe()
    _start(options.workers, options, listening, pipe, started)
    return _keep(options, listening, pipe, started, stopping)


def _keep(
    options: ServerOptions,
    listening: socket.socket,
    pipe: tuple[int, int],
    started: dict[int, float],
    stopping: list[int],
) -> int:
    """Until every worker has ended."""
    from prometheus_client.multiprocess import mark_process_dead

    status = 0
    while started:
        worker, result = os.wait()
        since = started.pop(worker, None)
        if since is None:
            continue
        mark_process_dead(worker)  # type: ignore[no-untyped-call] # the library has no types there
        if stopping:
            continue
        if time.monotonic() - since < _TOO_SOON:
            log.error("worker %d ended as soon as it started (status %d): stopping", worker, result)
            status = 1
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            log.error("worker %d ended (status %d): starting another", worker, result)
            _start(1, options, listening, pipe, started)
    return status


def _start(
    many: int, options: ServerOptions, listening: socket.socket, pipe: tuple[int, int], started: dict[int, float]
) -> None:
    """Signals wait meanwhile: for the parent until it knows its workers, for a worker until it can end in order."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    for _ in range(many):
        started[_fork(options, listening, pipe)] = time.monotonic()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _fork(options: ServerOptions, listening: socket.socket, pipe: tuple[int, int]) -> int:
    """The parent alone keeps the pipe's second end, and never writes to it."""
    worker = os.fork()
    if worker:
        return worker
    status = 1
    try:
        os.close(pipe[1])
        status = _run(options, listening, pipe[0])
    except BaseException:  # the boundary of a process: nothing above may run twice
        log.exception("a worker failed")
    finally:
        os._exit(status)
