"""One long-lived `git cat-file --batch`, fed with object ids only; sizes are looked at before anything is read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from select import POLLIN, poll
from typing import IO

from llmreg.errors import GitError, LimitError
from llmreg.store.gitenv import PARTIAL_HINT, SAFE, TIMEOUT_SECONDS, refusal

# Requests are written before their answers are read, so they must fit into a pipe: 500 × 65 bytes < 64 KiB.
_CHUNK = 500
_READ = 1 << 16


class TooLargeError(LimitError):
    """An object above the limit; `oid` names it, so that the caller can say which file it is."""

    def __init__(self, oid: str, size: int, limit: int) -> None:
        super().__init__(f"object {oid[:12]} has {size} bytes, more than the limit of {limit}")
        self.oid = oid
        self.size = size


class ObjectReader:
    """Reads objects of one repository; starts the process at the first read, ends it in `close`."""

    def __init__(self, place: Path, env: Mapping[str, str], options: Sequence[str] = ()) -> None:
        self._place = place
        self._env = env
        self._options = tuple(options)
        self._process: subprocess.Popen[bytes] | None = None
        self._pending = bytearray()

    def read(self, oids: Sequence[str], limit: int, kind: str = "blob") -> Iterator[tuple[str, bytes]]:
        """(id, content) for every id, in order. Raises GitError for a missing object or another kind, LimitError
        (TooLargeError) before the content of an object above `limit` bytes is read."""
        for start in range(0, len(oids), _CHUNK):
            yield from self._read_chunk(oids[start : start + _CHUNK], limit, kind)

    def close(self) -> None:
        """End the process; safe to call twice."""
        process, self._process = self._process, None
        self._pending.clear()
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                _close(stream)
        process.wait()

    def _read_chunk(self, oids: Sequence[str], limit: int, kind: str) -> list[tuple[str, bytes]]:
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise GitError("git cat-file has no pipes")
        try:
            process.stdin.write("".join(f"{oid}\n" for oid in oids).encode("ascii"))
            process.stdin.flush()
            return [(oid, self._answer(process.stdout.fileno(), oid, limit, kind)) for oid in oids]
        except BrokenPipeError:
            raise self._died() from None
        except (GitError, LimitError):
            self.close()  # answers are still in the pipe: start afresh
            raise

    def _answer(self, source: int, oid: str, limit: int, kind: str) -> bytes:
        while (end := self._pending.find(b"\n")) < 0:
            self._receive(source)
        header = self._take(end + 1).split()
        if len(header) != 3:
            raise GitError(f"object {oid[:12]} is not in this clone", hint=PARTIAL_HINT)
        found, size = header[1].decode(), int(header[2])
        if found != kind:
            raise GitError(f"object {oid[:12]} is a {found}, not a {kind}")
        if size > limit:
            raise TooLargeError(oid, size, limit)
        while len(self._pending) <= size:
            self._receive(source)
        return self._take(size + 1)[:-1]

    def _receive(self, source: int) -> None:
        """Wait for more of Git's answer, not for ever."""
        waiter = poll()
        waiter.register(source, POLLIN)
        if not waiter.poll(TIMEOUT_SECONDS * 1000):
            raise LimitError(f"git did not answer within {TIMEOUT_SECONDS:.0f} seconds")
        data = os.read(source, _READ)
        if not data:
            raise self._died()
        self._pending += data

    def _take(self, count: int) -> bytes:
        taken = bytes(self._pending[:count])
        del self._pending[:count]
        return taken

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [*SAFE, *self._options, "cat-file", "--batch"],
                cwd=self._place,
                env=dict(self._env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        return self._process

    def _died(self) -> GitError:
        process = self._process
        words = b""
        if process is not None and process.stderr is not None:
            process.kill()
            words = process.stderr.read()
        self.close()
        return refusal(words) if words else GitError("git cat-file ended early", hint=PARTIAL_HINT)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return  # requests that the ended process never read
