"""How errors look: one sentence, the places, what to do; the same as JSON for programs."""

from __future__ import annotations

import os
import platform
import sys
import traceback

from llmreg.cli.console import emit_json
from llmreg.errors import InputError, LlmregError
from llmreg.model.about import __version__
from llmreg.model.problem import Problem
from llmreg.render.plain import clip, printable

_MAX_LINE = 4000  # an argument or a name may be a megabyte


def show(error: LlmregError, *, as_json: bool) -> None:
    """Write the error to standard error, or as one JSON object to standard output when that was asked for."""
    if as_json:
        emit_json({"error": error.to_json()}, indent=2)
        return
    lines = [f"llmreg: error: {printable(error.message)}"]
    if isinstance(error, InputError):
        lines += [f"  {line}" for problem in error.problems for line in _problem_lines(problem, error)]
    if error.hint:
        lines.append(f"  hint: {printable(error.hint)}")
    print("\n".join(clip(line, _MAX_LINE) for line in lines), file=sys.stderr)


def show_bug(error: Exception) -> None:
    """A bug: what to send, and the traceback that developers need."""
    print(
        f"llmreg: internal error: {type(error).__name__}: {printable(str(error))}\n"
        "  This is a bug in llmreg, not in your files. Please report it with the lines below.\n"
        f"  llmreg {__version__}, Python {platform.python_version()}, {platform.system()}",
        file=sys.stderr,
    )
    frames = traceback.format_exception(error) if os.environ.get("LLMREG_TRACEBACK") else _innermost(error)
    print("".join(frames), file=sys.stderr, end="")


def _innermost(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return [f"  at {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames] + [
        "  (set LLMREG_TRACEBACK=1 for the whole traceback)\n"
    ]


def _problem_lines(problem: Problem, error: InputError) -> list[str]:
    """What the headline and the error's own hint do not say already."""
    where = ":".join(str(part) for part in (problem.line, problem.column) if part is not None)
    place = " ".join(part for part in (where and f"line {where}", problem.pointer and f"at {problem.pointer}") if part)
    text = "" if error.message.endswith(problem.message) else problem.message
    first = ": ".join(part for part in (place, text) if part)
    lines = [printable(first)] if first else []
    own = problem.hint if problem.hint != error.hint else None
    return lines + ([f"  hint: {printable(own)}"] if own else [])
