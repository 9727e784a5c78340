"""Print what a command lists: one JSON object for programs, a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmreg.cli.console import colour, emit, note, width
from llmreg.cli.options import Output
from llmreg.render.options import RenderOptions
from llmreg.render.plain import printable
from llmreg.render.records import as_json, as_text


def emit_list(value: dict[str, Any], rows: Sequence[Mapping[str, Any]], output: Output, nothing: str) -> None:
    """`value` as JSON, or `rows` as a table; `nothing` is said, beside the results, where there is no row."""
    if output is Output.JSON:
        emit(as_json(value))
    elif rows:
        emit(as_text(rows, RenderOptions(color=colour(), width=width())))
    else:
        note(printable(nothing))


def emit_object(value: dict[str, Any], lines: Sequence[str], output: Output) -> None:
    """`value` as JSON, or `lines` as text that is safe to show."""
    if output is Output.JSON:
        emit(as_json(value))
    else:
        emit("\n".join(map(printable, lines)))


def warn(text: str) -> None:
    """A remark on standard error that a result is incomplete or has consequences."""
    note(f"llmreg: warning: {printable(text)}")
