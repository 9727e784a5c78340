"""Worker processes and the way to them: one job each, a clock on it, a kill when it runs out, and a new worker then.

Workers come from multiprocessing's fork server: a clean process that holds no connection of the server, with the
formats imported once. A start took 31 to 39 ms then, with spawn 213 to 303 (`python -m benchmarks.server.validate
--starts`).
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import shutil
import signal
import socket
import struct
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmreg.server.judging.queue import FairQueue, QueueFullError
from llmreg.server.judging.worker import RETIRES, WorkerLimits, main

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

log = logging.getLogger("llmreg.server")
_LENGTH = struct.Struct("!I")
_LARGEST = 64 << 20  # bytes of an answer
_BREATH = 1.0  # seconds between two tries to start a worker
_START = 60.0  # seconds that a new worker gets until it says hello
_LAST_WORDS = 2.0  # seconds until the fork server must have told how a process ended


class BusyError(Exception):
    """Too many wait already, or it took too long until a worker was free."""


class LostError(Exception):
    """The worker did not answer: `reason` is `timeout`, `stopped` (nobody waits any more, or the server stops), `crash`
    (by what it did), `killed` (by somebody else's SIGKILL, also the system's for want of memory), or at first `ended`
    (one of these two)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Worker(asyncio.Protocol):
    """The server's end of one worker process."""

    def __init__(self, process: BaseProcess, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._answer: asyncio.Future[bytes] = self._loop.create_future()  # the first frame is its hello
        self.gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) < _LENGTH.size:
            return
        (length,) = _LENGTH.unpack_from(self._buffer)
        if length > _LARGEST:
            self._lost("crash")
        elif len(self._buffer) >= _LENGTH.size + length:
            frame = bytes(self._buffer[_LENGTH.size : _LENGTH.size + length])
            self._buffer.clear()  # one job at a time: nothing follows
            if not self._answer.done():
                self._answer.set_result(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost("ended")

    async def hello(self) -> None:
        """Raises LostError when it does not come up."""
        await self._within(_START)

    async def ask(self, data: bytes, seconds: float) -> bytes:
        """Raises LostError; the worker is of no use then."""
        if self.gone or self._transport is None:
            raise LostError("ended")
        self._answer = self._loop.create_future()
        self._transport.writelines((_LENGTH.pack(len(data)), data))
        frame = await self._within(seconds)
        if frame[:1] == RETIRES:
            self.kill()
        return frame[1:]

    async def _within(self, seconds: float) -> bytes:
        clock = self._loop.call_later(seconds, self._lost, "timeout")
        try:
            return await self._answer
        except asyncio.CancelledError:
            self._lost("stopped")
            raise
        finally:
            clock.cancel()

    async def end(self) -> str:
        """How a process that ended came to it: `crash` or `killed`. None of the limits on it sends SIGKILL."""
        with suppress(ValueError, OSError, EOFError):
            await asyncio.to_thread(self.process.join, _LAST_WORDS)
            if self.process.exitcode == -signal.SIGKILL:
                return "killed"
        return "crash"

    def _lost(self, reason: str) -> None:
        self.kill()
        if not self._answer.done():
            self._answer.set_exception(LostError(reason))
            self._answer.exception()  # told, also where nobody asked

    def kill(self) -> None:
        """At once, whatever it does."""
        if not self.gone:
            self.gone = True
            self.process.kill()
            if self._transport is not None:
                self._transport.abort()


class Pool:
    """Up to `size` workers, started when they are needed; `waiting` requests may queue for them."""

    def __init__(self, size: int, waiting: int, memory: int, started: Callable[[], None] = lambda: None) -> None:
        self._size = size
        self._memory = memory
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["llmreg.server.judging.forkserver"])
        self._queue: FairQueue[asyncio.Future[Worker]] = FairQueue(waiting)
        self._idle: list[Worker] = []
        self._alive: set[Worker] = set()
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = started
        self._closed = False

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def run(self, client: str, data: bytes, seconds: float, patience: float) -> bytes:
        """One job. `patience`: seconds until a worker must be free. Raises BusyError, LostError."""
        worker = await self._acquire(client, patience)
        try:
            return await worker.ask(data, seconds)
        except LostError as error:
            if error.reason != "ended":
                raise
            raise LostError("stopped" if self._closed else await worker.end()) from None
        finally:
            self._release(worker)

    def ensure(self) -> None:
        """Start one more worker if none is idle or on its way."""
        if not self._idle and not self._closed and len(self._alive) + self._starting < self._size:
            self._spawn()

    async def close(self) -> None:
        self._closed = True
        for worker in list(self._alive):
            self._discard(worker)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _acquire(self, client: str, patience: float) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if not worker.gone:
                return worker
            self._discard(worker)
        loop = asyncio.get_running_loop()
        place: asyncio.Future[Worker] = loop.create_future()
        try:
            self._queue.put(client, place)
        except QueueFullError:
            raise BusyError("too many requests wait for a worker") from None
        self._grow()
        clock = loop.call_later(patience, _give_up, place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._release(place.result())
            raise
        finally:
            clock.cancel()
            self._queue.remove(client, place)

    def _grow(self) -> None:
        """As many on their way as wait, within the size."""
        room = self._size - len(self._alive) - self._starting
        if self._starting < len(self._queue) and room > 0 and not self._closed:
            self._spawn()

    def _release(self, worker: Worker) -> None:
        if worker.gone or self._closed:
            self._discard(worker)
            return
        while (place := self._queue.get()) is not None:
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)

    def _spawn(self) -> None:
        self._starting += 1
        self._keep(asyncio.create_task(self._start()))

    async def _start(self) -> None:
        worker = None
        try:
            worker = await self._launch()
            await worker.hello()
        except (OSError, LostError, EOFError) as error:
            log.warning("a worker did not start: %s", error)
            if worker is not None:
                self._alive.add(worker)
                self._discard(worker)
                worker = None
            await asyncio.sleep(_BREATH)
        finally:
            self._starting -= 1
        if worker is None:
            self._grow()  # who waited for this one still waits
            return
        self._started()
        self._alive.add(worker)
        self._release(worker)
        self._grow()

    async def _launch(self) -> Worker:
        folder = Path(tempfile.mkdtemp(prefix="llmreg-worker-"))
        ours, theirs = socket.socketpair()
        limits = WorkerLimits(self._memory, str(folder))
        process = self._context.Process(target=main, args=(theirs, limits), name="llmreg-worker", daemon=True)
        try:
            await asyncio.to_thread(process.start)
        except BaseException:
            ours.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        _, worker = await loop.create_unix_connection(lambda: Worker(process, folder), sock=ours)
        return worker

    def _discard(self, worker: Worker) -> None:
        worker.kill()
        if worker in self._alive:
            self._alive.discard(worker)
            self._keep(asyncio.create_task(self._bury(worker)))
            self._grow()

    async def _bury(self, worker: Worker) -> None:
        """What is left of it: an entry in the process table, temporary files. Another takes its place at once, so that
        the next request need not wait for its start."""
        await asyncio.to_thread(_buried, worker.process, worker.folder)
        self.ensure()

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _give_up(place: asyncio.Future[Worker]) -> None:
    if not place.done():
        place.set_exception(BusyError("no worker was free in time"))


def _buried(process: BaseProcess, folder: Path) -> None:
    with suppress(ValueError, OSError):
        process.join(5)
        process.close()
    shutil.rmtree(folder, ignore_errors=True)
