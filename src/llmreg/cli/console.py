"""What the commands need of the terminal: where text goes, whether it has colour, and progress for long work."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Advance = Callable[[int, int, str], None]


def colour() -> bool:
    """Colour only on a terminal, and never when NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The terminal's width in columns; 100 where there is none."""
    if not sys.stdout.isatty():
        return 100
    from shutil import get_terminal_size

    return get_terminal_size((100, 24)).columns


def emit(text: str) -> None:
    """Write a result to standard output, as UTF-8 whatever the locale says."""
    data = text if text.endswith("\n") or not text else text + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(data.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def emit_json(value: Any, *, indent: int | None = None) -> None:
    """Write a value as JSON; what no terminal should get is escaped inside the strings, which reads back alike."""
    from llmreg.model.jsontext import dumps
    from llmreg.render.plain import printable_lines

    emit(printable_lines(dumps(value, indent=indent)))


def emit_bytes(data: bytes) -> None:
    """Write exact bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def note(text: str) -> None:
    """Write a remark to standard error, so that a pipe gets results only."""
    print(text, file=sys.stderr)


@contextmanager
def progress(title: str) -> Iterator[Advance | None]:
    """A progress bar on standard error when that is a terminal, else None: `advance(done, total, what)`."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def advance(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        yield advance
