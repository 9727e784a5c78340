"""The audit log: one JSON line for each validation and compatibility check, never the data itself.

Lines are appended with one write each, so that several processes may share the file. A disk that is full loses lines,
which metrics and /health/ready tell; it never fails a request.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llmreg.model.jsontext import dumps

log = logging.getLogger("llmreg.server")
_LOOK = 1.0  # seconds between two looks at whether the file was moved away


class Audit:
    """`lost` is called with the number of lines that could not be written. Raises OSError when the file cannot be
    opened to begin with."""

    def __init__(self, path: Path, lost: Callable[[int], None]) -> None:
        self._path = path
        self._lost = lost
        self._torn = False
        self._looked = time.monotonic()
        self.failure: str | None = None
        self._file = _opened(path)

    def write(self, entries: Iterable[dict[str, Any]]) -> None:
        """Each entry gets its time, and a line. Never raises."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines = [dumps({"time": now, **entry}) for entry in entries]
        if not lines:
            return
        if time.monotonic() - self._looked > _LOOK:
            self._follow()
        data = ("\n" if self._torn else "").encode() + "".join(f"{line}\n" for line in lines).encode()
        try:
            written = os.write(self._file, data)
        except OSError as error:
            self._failed(str(error), len(lines))
            return
        self._torn = written < len(data)
        if self._torn:
            self._failed("the disk is full", max(1, len(lines) - data[:written].count(b"\n")))
        elif self.failure is not None:
            log.info("the audit log %s is written again", self._path)
            self.failure = None

    def reopen(self) -> None:
        """Go on in the file that has the name now; in the old one if there can be none. Never raises."""
        self._looked = time.monotonic()
        try:
            fresh = _opened(self._path)
        except OSError as error:
            self._failed(str(error), 0)
            return
        os.close(self._file)
        self._file = fresh
        self._torn = False
        self.failure = None

    def close(self) -> None:
        os.close(self._file)

    def _follow(self) -> None:
        """Whoever rotates logs moves the file away, or deletes it."""
        self._looked = time.monotonic()
        try:
            here, there = os.fstat(self._file), self._path.stat()
            moved = (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino)
        except OSError:
            moved = True
        if moved:
            self.reopen()

    def _failed(self, why: str, lines: int) -> None:
        if self.failure is None:
            log.error("the audit log %s cannot be written: %s", self._path, why)
        self.failure = f"the audit log cannot be written: {why}"
        self._lost(lines)


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
