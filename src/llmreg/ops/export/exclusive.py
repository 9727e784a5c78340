"""One export at a time into a directory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmreg.errors import LimitError

WAIT_SECONDS = 60.0
_PAUSE = 0.05


@contextmanager
def exclusive(directory: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold a lock of the kernel's on the directory itself: nothing to clean up, and kill -9 frees it. Where the system
    has no such locks, nothing is held.

    Raises LimitError when another export holds it longer than `wait` seconds."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LimitError(
                        f"another export has been writing to {directory} for {wait:.0f} seconds",
                        hint="wait for it, then run the command again",
                    ) from None
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)
