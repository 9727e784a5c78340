"""A program that is not trusted, in a process group of its own: bounded in time and output, and gone afterwards.

It gets an environment by allow-list, so that no token of the shell reaches it by accident. Whatever it starts ends with
its group; a process that leaves the group on purpose is beyond this.

It stands beside the rooms because `mcp` and `sources` both start programs, and nothing else in `llm` may.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from llmreg.errors import LimitError, NotFoundError, UsageError

MAX_ANSWER_BYTES: Final = 16 << 20
_CHUNK: Final = 1 << 16
_TAIL: Final = 4096
_GRACE_SECONDS: Final = 1.0
_ALLOWED: Final = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "SYSTEMROOT"})


def allowed(environment: Mapping[str, str], more: Iterable[str] = ()) -> dict[str, str]:
    """The part of an environment that a child gets: a short list, and the names in `more`.

    Raises UsageError for a name in `more` that is not set."""
    missing = [name for name in more if name not in environment]
    if missing:
        raise UsageError(f"the environment has no {missing[0]}", hint=f"export {missing[0]}=…, or leave --env out")
    wanted = _ALLOWED | set(more)
    return {name: value for name, value in environment.items() if name in wanted}


class Child:
    """A running program; a context manager that ends it and all of its group.

    It is talked to over standard input and output. With `channel` it is not: standard input is empty, both outputs are
    noise, and it answers over a file descriptor whose number is its last argument. `name` is what messages call it."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        seconds: float,
        *,
        channel: bool = False,
        name: str = "",
    ) -> None:
        self.name = name or command[0]
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._received = 0
        self._tail = b""
        self._status: int | None = None
        ends = os.pipe() if channel else ()
        try:
            self._process = _started([*command, *map(str, ends[1:])], environment, ends[1:])
        except OSError as error:
            for end in ends[:1]:
                os.close(end)
            raise NotFoundError(f"cannot run {command[0]!r}: {error.strerror}") from None
        finally:
            for end in ends[1:]:
                os.close(end)
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._open = {stream.fileno(): stream for stream in streams if stream is not None}
        self._input = self._process.stdin.fileno() if self._process.stdin else None
        outputs = [stream.fileno() for stream in streams[1:] if stream is not None]
        self._answers = ends[0] if ends else outputs.pop(0)
        self._selector = selectors.DefaultSelector()
        for descriptor in (self._answers, *outputs):
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)
        if self._input is not None:
            os.set_blocking(self._input, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def said(self) -> str | None:
        """A hint: the last line that it wrote where nobody expects an answer, at most 200 characters of it."""
        lines = [line for line in self._tail.decode("utf-8", "replace").splitlines() if line.strip()]
        words = "".join(char if char.isprintable() else " " for char in lines[-1])[:200].strip() if lines else ""
        return f"it said: {words}" if words else None

    def send(self, data: bytes) -> None:
        """Raises LimitError when the program does not read; that it has ended shows when it is read from."""
        if self._input is None:
            return
        try:
            written = os.write(self._input, data)
        except BlockingIOError:
            written = 0
        except BrokenPipeError:
            return
        if written < len(data):
            raise LimitError(f"{self.name} does not read what it is sent")

    def receive(self) -> bytes:
        """The next bytes of its answer; empty when there will be no more. Raises LimitError: too late, too much."""
        while (left := self._deadline - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                data = self._read(key.fd)
                if key.fd != self._answers or data is None:
                    continue
                self._received += len(data)
                if self._received > MAX_ANSWER_BYTES:
                    raise LimitError(f"{self.name} answers with more than {MAX_ANSWER_BYTES >> 20} MiB")
                return data
        raise LimitError(f"{self.name} did not answer within {self._seconds:g} s", hint=self.said)

    def end(self) -> int:
        """Close its input, give it a second, then end the whole group. Its exit status, negative for a signal."""
        if self._status is not None:
            return self._status
        if self._input is not None:
            self._open.pop(self._input).close()
        until = min(self._deadline, time.monotonic() + _GRACE_SECONDS)
        while self._runs() and time.monotonic() < until:
            for key, _ in self._selector.select(0.02):
                self._read(key.fd)
        # where nobody is left in the group; macOS says EPERM where only the ended leader is
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._status = self._process.wait()
        self._selector.close()
        for stream in self._open.values():
            stream.close()
        if self._answers not in self._open:
            os.close(self._answers)
        return self._status

    def _runs(self) -> bool:
        """Looks without reaping, where the system can: a group's number stays taken while its leader is a zombie."""
        if not hasattr(os, "waitid"):  # macOS before Python 3.13
            return self._process.poll() is None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None

    def _read(self, descriptor: int) -> bytes | None:
        """What came; None for noise, whose end is kept, and where nothing came after all."""
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return None
        if not data:
            self._selector.unregister(descriptor)
        if descriptor == self._answers:
            return data
        self._tail = (self._tail + data)[-_TAIL:]
        return None


def _started(command: list[str], environment: Mapping[str, str], channel: tuple[int, ...]) -> subprocess.Popen[bytes]:
    """Raises OSError."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if channel else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if channel else subprocess.PIPE,
        env=dict(environment),
        pass_fds=channel,
        start_new_session=True,
        bufsize=0,
    )
