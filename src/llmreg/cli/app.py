"""The `llmreg` command: maps what a command returns, and every error, to an exit status.

A plain command line costs the import of its own command (`direct`); help, completion and mistakes cost typer's too
(`grammar`).
"""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from llmreg.cli import direct
from llmreg.errors import LlmregError

EXIT_BUG = 3
EXIT_INTERRUPTED = 130
EXIT_PIPE_CLOSED = 141
# New objects between two collections. Imports make no garbage, yet with Python's 700 a short run spends a good part of
# its time looking for some.
_COLLECT_EVERY = 100_000


def main() -> NoReturn:
    """Run the command line and exit: 0 fine, 1 a finding, 2 wrong usage or input, 3 a bug."""
    gc.set_threshold(_COLLECT_EVERY)
    _open_closed_streams()
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever was reading has gone
        status = EXIT_PIPE_CLOSED
    # The process ends: taking every module apart first costs more than many a command, and frees what the system frees.
    os._exit(status)


def _open_closed_streams() -> None:
    """A service may start us without standard streams: no file of ours may get their numbers, and be printed into."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # in this order each gets the lowest number that is free: its own
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def run(arguments: list[str]) -> int:
    """One command line; the exit status. The only place that catches every exception."""
    try:
        call = direct.find(arguments)
        result = call() if call is not None else _typed(arguments)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except LlmregError as error:
        from llmreg.cli.failure import show

        show(error, as_json=_wants_json(arguments))
        return error.exit_status
    except (BrokenPipeError, SystemExit) as end:
        return _ended(end)
    except (OSError, MemoryError) as error:
        print(f"llmreg: error: {_machines_words(error)}", file=sys.stderr)
        return LlmregError.exit_status
    except KeyboardInterrupt:
        print("\ninterrupted; nothing was left half done", file=sys.stderr)
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the boundary: whatever is left is a bug of ours
        from llmreg.cli.failure import show_bug

        show_bug(error)
        return EXIT_BUG


def _typed(arguments: list[str]) -> object:
    from llmreg.cli import grammar

    return grammar.run(arguments)


def _machines_words(error: OSError | MemoryError) -> str:
    """A full disk, a directory that may not be written, a limit on memory: the machine's no, not a bug."""
    if isinstance(error, MemoryError):
        return "out of memory"
    return (f"{error.filename}: " if error.filename else "cannot write the output: ") + str(error.strerror)


def _ended(end: BaseException) -> int:
    """Typer exits by itself when shell completion has printed its words, and when the reader of a pipe went away."""
    if isinstance(end, SystemExit) and not end.code:
        return 0
    # nothing may be written to the pipe any more, also not when the interpreter ends
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_PIPE_CLOSED


def _wants_json(arguments: list[str]) -> bool:
    joined = " ".join(arguments)
    return any(form in joined for form in ("-o json", "-ojson", "--output json", "--output=json"))
