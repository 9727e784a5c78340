"""Run llmreg, and cut it off before its Nth step that changes something: by SIGKILL, or with an error of the disk.

python -m benchmarks.faults.interrupt HOW STEP ROOT ARGUMENT…

HOW is `kill`, or the name of an error such as ENOSPC, EROFS or EIO. A step is what Python's audit hooks tell of:
opening a file to write, making, linking, renaming and removing files and folders, starting a process. STEP 0 counts:
the last line on standard error is `STEPS n`. Only steps below ROOT, and processes, count.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from typing import Any

_CHANGES = frozenset({"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.truncate"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Cutter:
    """Counts steps, and cuts before the one that it was told."""

    def __init__(self, how: str, step: int, root: str) -> None:
        self.how = how
        self.step = step
        self.root = root
        self.count = 0

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        if not self._is_step(event, given):
            return
        self.count += 1
        if self.count != self.step:
            return
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, self.how)
        raise OSError(number, os.strerror(number), str(given[0]))

    def _is_step(self, event: str, given: tuple[Any, ...]) -> bool:
        if event == "subprocess.Popen":
            return self.how == "kill"  # starting a process asks nothing of the disk
        if event == "open":
            return isinstance(given[2], int) and bool(given[2] & _WRITES) and self._below(given[0])
        return event in _CHANGES and self._below(given[0])

    def _below(self, path: Any) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and Path(os.fsdecode(path)).absolute().is_relative_to(
            self.root
        )


def main() -> None:
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    cutter = Cutter(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    from llmreg.cli.app import run

    sys.addaudithook(cutter)
    status = run(sys.argv[4:])
    sys.stdout.flush()
    if not cutter.step:
        print(f"STEPS {cutter.count}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
