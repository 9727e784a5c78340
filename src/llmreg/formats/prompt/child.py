"""The child process in which templates are rendered: it limits itself, then answers one job after the other.

A job is one JSON line `{"engine", "texts", "strict", "data"}`, its answer one JSON line: `{"texts": […]}`, or
`{"error", "kind", "line", "message"}`. Nothing of a template is ever compiled or run anywhere else.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any, Final

from llmreg.formats.prompt import engines

MEMORY: Final = 512 << 20  # bytes of address space
SECONDS: Final = 20  # of processor time, for all jobs
MAX_OUTPUT: Final = 1 << 20  # characters of all texts of one job
_MAX_ERROR: Final = 300


class _TooLargeError(Exception):
    """The text grew beyond MAX_OUTPUT."""


def main() -> None:
    _limit()
    sys.setrecursionlimit(2_000)
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _limit() -> None:
    try:
        import resource
    except ModuleNotFoundError:  # Windows: the parent's clock is the only limit there
        return
    for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # a limit that is lower already
            resource.setrlimit(kind, (limit, limit))


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    texts: list[str] = []
    try:
        engine = engines.get(job["engine"])
        left = MAX_OUTPUT
        for text in job["texts"]:
            texts.append(_rendered(engine.compiled(text, strict=job["strict"])(job["data"]), left))
            left -= len(texts[-1])
    except MemoryError:
        return _failed("limit", "rendering takes too much memory", None, len(texts))
    except RecursionError:
        return _failed("limit", "rendering recurses too deeply", None, len(texts))
    except _TooLargeError:
        return _failed("limit", f"the text grows beyond {MAX_OUTPUT} characters", None, len(texts))
    except Exception as error:  # noqa: BLE001 - a template may raise anything
        return _failed(type(error).__name__, str(error), _line_of(error), len(texts))
    return {"texts": texts}


def _rendered(pieces: Any, left: int) -> str:
    parts = []
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise _TooLargeError
        parts.append(str(piece))
    return "".join(parts)


def _failed(kind: str, message: str, line: int | None, number: int) -> dict[str, Any]:
    return {"error": message[:_MAX_ERROR], "kind": kind, "line": line, "message": number}


def _line_of(error: BaseException) -> int | None:
    """The line of the template: Jinja2 writes it into the traceback."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
