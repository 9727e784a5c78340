"""Processes that answer one question at a time and are killed when they take too long: nothing hangs a benchmark."""

from __future__ import annotations

import multiprocessing
import os
import resource
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

_START_UP = 60.0  # seconds for a process to import its library and warm it


@dataclass(frozen=True)
class Reply:
    """`value` is what the function returned; `failure` says why there is none. `ms` is CPU time, `wall_ms` is not."""

    value: Any = None
    failure: str | None = None
    ms: float = 0.0
    wall_ms: float = 0.0
    megabytes: float = 0.0


Ask = Callable[..., Any]


class Worker:
    """One process that holds a function; `prepare()` runs inside it, imports, warms up and returns the function.

    The function may return a `Timed` to say which part of its work counts."""

    def __init__(self, prepare: Callable[[], Ask], *, seconds: float, memory_gb: float = 2.0) -> None:
        self._prepare = prepare
        self._seconds = seconds
        self._memory = memory_gb
        self._start()

    def ask(self, *arguments: Any) -> Reply:
        """The answer, or the failure `timeout` or `died`: then a fresh process takes over."""
        try:
            self._pipe.send(arguments)
            if self._pipe.poll(self._seconds):
                reply = self._pipe.recv()
                assert isinstance(reply, Reply)
                return reply
            failure = "timeout"
        except (EOFError, OSError):
            failure = "died"
        self.stop()
        self._start()
        return Reply(failure=failure, wall_ms=self._seconds * 1000)

    def stop(self) -> None:
        """End this process, and no other."""
        self._pipe.close()
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        arguments = (theirs, self._prepare, self._memory)
        self._process = multiprocessing.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_START_UP):
            raise SystemExit("a worker did not start")
        problem = self._pipe.recv()
        if problem is not None:
            raise ImportError(problem)


@dataclass(frozen=True)
class Timed:
    """A value and the CPU milliseconds of the part that counts."""

    value: Any
    ms: float


def _serve(pipe: Connection, prepare: Callable[[], Ask], memory_gb: float) -> None:
    limit = int(memory_gb * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    socket.socket.connect = _offline  # type: ignore[method-assign]
    for stream in (1, 2):  # panics of native libraries, and debug output of a peer
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    try:
        answer = prepare()
    except ImportError as error:
        pipe.send(str(error))
        return
    pipe.send(None)
    while True:
        try:
            arguments = pipe.recv()
        except EOFError:
            return
        pipe.send(_reply(answer, arguments))


def _reply(answer: Ask, arguments: tuple[Any, ...]) -> Reply:
    wall, cpu = time.perf_counter(), time.process_time()
    value, failure = None, None
    try:
        value = answer(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - peers raise SystemExit, and panics that are no Exception
        failure = f"{type(error).__name__}: {str(error)[:200]}"
    ms = (time.process_time() - cpu) * 1000
    if isinstance(value, Timed):
        value, ms = value.value, value.ms
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Reply(value, failure, ms, (time.perf_counter() - wall) * 1000, peak)


def _offline(*_: Any) -> None:
    raise OSError("benchmarks fetch nothing")
