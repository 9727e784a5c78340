"""Share work among processes of our own: the answers come in the order of the tasks, as if one had done it all.

Here because the store is the room that starts processes. Plain children that talk over pipes, not `multiprocessing`:
a fork would copy the threads' locks of a progress bar or of a program that embeds us, and its spawn imports the main
module anew, which of a caller's script may run it twice and of the command line costs more than the work saves.
"""

from __future__ import annotations

import gc
import os
import pickle
import selectors
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

from llmreg.errors import LimitError, LlmregError

Setup = TypeVar("Setup")
Task = TypeVar("Task")
Answer = TypeVar("Answer")

_LENGTH: Final = 8  # bytes before each message
_AHEAD: Final = 2  # tasks that a process has: one in work, one that waits in the pipe, so that none is idle
_PIPE: Final = 32 << 10  # bytes of a task that may wait in any system's pipe without anybody blocking
_COLLECT_EVERY: Final = 100_000  # new objects between two looks for garbage, as in the command line
_HOME: Final = str(Path(__file__).parents[2])


def how_many(wanted: int | None, tasks: int) -> int:
    """Processes for so many tasks: as many as are wanted, else as many as there are CPUs that this process may use."""
    if wanted is None:
        wanted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(wanted, tasks))


class Workers(Generic[Setup, Task, Answer]):
    """A context manager of `count` processes, which are gone when it ends, however it ends.

    Each calls `start(setup)` once, and what that returns with every task. `start` is a function of a module; setup,
    tasks and answers can be pickled. A process of the caller that is killed takes them along: they end at the end of
    their pipe. Ctrl-C reaches the caller alone."""

    def __init__(self, count: int, start: Callable[[Setup], Callable[[Task], Answer]], setup: Setup) -> None:
        self._count = count
        self._first = pickle.dumps((start, setup), pickle.HIGHEST_PROTOCOL)
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        command = [
            sys.executable,
            "-P",
            "-c",
            f"import sys; sys.path.append({_HOME!r}); from {__name__} import *; serve()",
        ]
        try:
            for _ in range(self._count):
                process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, process_group=0
                )
                self._processes.append(process)
                self._send(process, self._first)
        except OSError as error:
            self._end(kill=True)
            raise LimitError(f"cannot start {self._count} processes: {error.strerror}", hint="--jobs 1") from None
        except BaseException:
            self._end(kill=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(kill=kind is not None)

    def map(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """The answers, in the order of the tasks. Raises what a task raised, LimitError when a process died."""
        waiting = list(enumerate(tasks))[::-1]
        given: dict[int, list[int]] = {}
        done: dict[int, tuple[bool, Any]] = {}
        with selectors.DefaultSelector() as selector:
            for process in self._processes:
                selector.register(_output(process), selectors.EVENT_READ, process)
                given[process.pid] = []
                self._give(process, waiting, given[process.pid])
            for number in range(len(tasks)):
                while number not in done:
                    for key, _ in selector.select():
                        process = key.data
                        done[given[process.pid].pop(0)] = self._receive(process)
                        self._give(process, waiting, given[process.pid])
                yield _answer(*done.pop(number))

    def _give(self, process: subprocess.Popen[bytes], waiting: list[tuple[int, Task]], given: list[int]) -> None:
        while waiting and len(given) < _AHEAD:
            number, task = waiting[-1]
            message = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
            if given and len(message) > _PIPE:
                return  # it would not fit into the pipe while its reader is busy, perhaps with writing to us
            waiting.pop()
            given.append(number)
            self._send(process, message)

    def _send(self, process: subprocess.Popen[bytes], message: bytes) -> None:
        try:
            _write(_input(process), message)
        except BrokenPipeError:
            raise _died(process) from None

    def _receive(self, process: subprocess.Popen[bytes]) -> tuple[bool, Any]:
        message = _read(_output(process))
        if message is None:
            raise _died(process)
        told: tuple[bool, Any] = pickle.loads(message)
        return told

    def _end(self, *, kill: bool) -> None:
        for process in self._processes:
            if kill:
                process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        for process in self._processes:
            process.wait()


def serve() -> None:
    """The life of one process: what to start, then a task at a time, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_COLLECT_EVERY)
    source, target = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # whatever prints must not speak to the caller
    answer: Callable[[Any], Any] | None = None
    with suppress(BrokenPipeError):
        while (message := _read(source)) is not None:
            try:
                if answer is None:
                    start, setup = pickle.loads(message)
                    answer = start(setup)
                    continue
                told = pickle.dumps((True, answer(pickle.loads(message))), pickle.HIGHEST_PROTOCOL)
            except LlmregError as error:
                told = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
            except Exception:  # noqa: BLE001 -- a bug of ours, which the caller shows
                told = pickle.dumps((False, traceback.format_exc()), pickle.HIGHEST_PROTOCOL)
            _write(target, told)
    os._exit(0)  # taking every module apart costs more than it frees


def _answer(fine: bool, answer: Any) -> Any:
    """What a task gave; raised in its turn, so that of two errors the same one is told every time."""
    if fine:
        return answer
    if isinstance(answer, LlmregError):
        raise answer
    raise RuntimeError(f"in a process of ours:\n{answer}")


def _died(process: subprocess.Popen[bytes]) -> LimitError:
    status = process.wait()
    how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
    return LimitError(
        f"one of the processes that shared the work {how}",
        hint="perhaps there is not enough memory for so many: use fewer with --jobs, or --jobs 1",
    )


def _input(process: subprocess.Popen[bytes]) -> int:
    assert process.stdin is not None
    return process.stdin.fileno()


def _output(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    return process.stdout.fileno()


def _write(descriptor: int, message: bytes) -> None:
    left = memoryview(len(message).to_bytes(_LENGTH, "big") + message)
    while left:
        left = left[os.write(descriptor, left) :]


def _read(descriptor: int) -> bytes | None:
    """One message; None at the end of the pipe, also where it ends within a message."""
    length = _exactly(descriptor, _LENGTH)
    return None if length is None else _exactly(descriptor, int.from_bytes(length, "big"))


def _exactly(descriptor: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
