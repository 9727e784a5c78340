"""The processes behind `llmreg serve`: one listening socket, one or several workers on it, and their orderly end."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING

from llmreg.errors import UsageError

if TYPE_CHECKING:
    from llmreg.server.options import ServerOptions

log = logging.getLogger("llmreg.server")
_NEEDED = ("uvicorn", "uvloop", "httptools", "websockets", "starlette", "msgspec", "prometheus_client")
_BACKLOG = 2048
_DRAIN = 10  # seconds that requests get to end after a signal
_KEEP_ALIVE = 30
_TOO_SOON = 2.0  # seconds; a worker that ends before that will not do better the next time


def serve(options: ServerOptions, tell: Callable[[str], None]) -> int:
    """Serve until SIGTERM or SIGINT; the exit status. `tell` gets one line when the address is bound.

    Raises UsageError when the address cannot be had or the extra is missing, and what `Generation.load` raises."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"the server needs {', '.join(missing)}", hint="pip install 'llmreg[server]'")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
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
    """Which generation there is, in words: somebody who starts a server wants to know at once that it has none."""
    from llmreg.server.state import Generation

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
        raise UsageError(f"cannot listen on {options.host} port {options.port}: {error}") from None
    listening.listen(_BACKLOG)
    return listening


def _run(options: ServerOptions, listening: socket.socket) -> int:
    """One worker, in this process."""
    import uvicorn

    from llmreg.server.app import build
    from llmreg.server.state import State

    class Server(uvicorn.Server):
        """Ends the streams first: they would keep their connections for ever."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            state.stop()
            await super().shutdown(sockets)

    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn has its own while it serves, and gives these back after
        signal.signal(number, lambda *_: None)
    state = State(options)
    config = uvicorn.Config(
        build(state),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN,
        timeout_keep_alive=_KEEP_ALIVE,
    )
    server = Server(config)
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _supervise(options: ServerOptions, listening: socket.socket) -> int:
    """Several workers on one socket; one that ends is replaced, unless it ended at once."""
    started: dict[int, float] = {}
    stopping: list[int] = []

    def stop(number: int, _: object) -> None:
        stopping.append(number)
        for worker in started:
            os.kill(worker, signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for _ in range(options.workers):
        started[_fork(options, listening)] = time.monotonic()
    return _keep(options, listening, started, stopping)


def _keep(options: ServerOptions, listening: socket.socket, started: dict[int, float], stopping: list[int]) -> int:
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
            started[_fork(options, listening)] = time.monotonic()
    return status


def _fork(options: ServerOptions, listening: socket.socket) -> int:
    worker = os.fork()
    if worker:
        return worker
    status = 1
    try:
        status = _run(options, listening)
    except BaseException:  # the boundary of a process: nothing above may run twice
        log.exception("a worker failed")
    finally:
        os._exit(status)
