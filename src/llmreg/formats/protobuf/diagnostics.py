"""What the compiler printed, as placed problems."""

from __future__ import annotations

import re
from collections.abc import Mapping

from llmreg.model.problem import Problem
from llmreg.model.record import dataclass

_PLACED = re.compile(r"(?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+): (?P<warning>warning: )?(?P<text>.*)")
_UNPLACED = re.compile(r"(?P<path>[^:\s]+\.proto): (?P<text>.*)")
NO_NEWS = "WARNING: All log messages"  # how the compiler starts its first log line
_LOG = re.compile(rf"[IWEF]\d{{4}} |{NO_NEWS}")
_NO_SYNTAX = "No edition or syntax specified"


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Errors and warnings, in the compiler's order, each once."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def read(messages: str, main: str, origins: Mapping[str, str] | None = None) -> Diagnostics:
    """Lines and columns are those of `main`; a problem of an imported file carries its path in the message: the one
    that `origins` has for its virtual path, else that one."""
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for line in messages.splitlines():
        if _LOG.match(line):
            if _NO_SYNTAX in line and f" {main}." in line:
                warnings.append(_no_syntax())
            continue
        placed = _PLACED.match(line)
        if placed:
            problem = _problem(placed, main, origins or {})
            (warnings if placed["warning"] else errors).append(problem)
        elif line.strip():
            unplaced = _UNPLACED.match(line)
            text = line if unplaced is None or unplaced["path"] != main else unplaced["text"]
            errors.append(Problem(code="protoc", message=text))
    return Diagnostics(tuple(dict.fromkeys(errors)), tuple(dict.fromkeys(warnings)))


def _problem(match: re.Match[str], main: str, origins: Mapping[str, str]) -> Problem:
    code = "protoc-warning" if match["warning"] else "protoc"
    if match["path"] != main:
        path = origins.get(match["path"], match["path"])
        return Problem(code=code, message=f"{path}:{match['line']}: {match['text']}")
    return Problem(code=code, message=match["text"], line=int(match["line"]), column=int(match["column"]))


def _no_syntax() -> Problem:
    return Problem(
        code="no-syntax",
        message="neither syntax nor edition is declared, so the file is proto2",
        line=1,
        hint='start the file with `syntax = "proto3";` or `edition = "2023";`',
    )
