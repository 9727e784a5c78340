"""One writer at a time: a lock of the kernel's on a file in the Git common directory, so linked worktrees share it."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmreg.errors import LimitError, UsageError
from llmreg.store.layout import LOCK_FILE

WAIT_SECONDS = 60.0


@contextmanager
def write_lock(common_dir: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold `<common_dir>/llmreg.lock`; kill -9 frees it, so there is no stale lock and nothing to delete.

    Raises LimitError when another writer holds it longer than `wait` seconds.
    """
    try:
        import fcntl
    except ImportError:
        raise UsageError("registering needs file locks that this system does not have") from None
    descriptor = os.open(common_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        pause, deadline = 0.002, time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            if time.monotonic() > deadline:
                raise LimitError(
                    f"another llmreg has been writing to this registry for {wait:.0f} seconds",
                    hint="wait for it, then run the command again",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 0.05)
        yield
    finally:
        os.close(descriptor)
