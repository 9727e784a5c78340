"""`llmreg diff`: what changed between two schemas, and what breaks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import (
    FormatOption,
    ModeOption,
    PolicyOption,
    ProtoPathOption,
    ReportOutput,
    ReportOutputOption,
    Writer,
    WriterOption,
)

EXAMPLES = """Examples:

\b
  llmreg diff old.json new.json
  llmreg diff chat/reply@1.0.0 chat/reply@latest
  llmreg diff chat/reply@^1 draft.json --mode FULL -o markdown
  llmreg diff main:schemas/order.avsc schemas/order.avsc
  llmreg diff --batch pairs.jsonl > reports.jsonl
"""


def run(
    old: Annotated[
        str | None, Argument(metavar="[A]", help="The old side: a file, SUBJECT@RANGE, or REV:PATH.")
    ] = None,
    new: Annotated[str | None, Argument(metavar="[B]", help="The new side, likewise.")] = None,
    schema_format: FormatOption = None,
    mode: ModeOption = None,
    writer: WriterOption = None,
    kind: Annotated[str | None, Option("--kind", metavar="KIND", help="Judge as this kind of schema.")] = None,
    policy: PolicyOption = None,
    proto_path: ProtoPathOption = None,
    batch: Annotated[
        str | None,
        Option("--batch", metavar="FILE.jsonl", help="Judge many pairs: one per line, one report per line."),
    ] = None,
    output: ReportOutputOption = ReportOutput.TEXT,
) -> int:
    """Compare two schemas: directions, classes, findings with witnesses, and the bump that they ask for.

    The mode (the subject's, the kind's, or BACKWARD) decides which direction counts; the other is told as well.
    Exit status: 0 compatible under the mode, 1 not, 2 wrong usage or an invalid schema.
    """
    from llmreg.cli.present import present
    from llmreg.errors import UsageError
    from llmreg.ops.diff import DiffRequest, diff

    chosen = writer.value if isinstance(writer, Writer) else None
    if batch is not None:
        if old is not None or proto_path:
            raise UsageError("--batch reads the pairs from its file: name no A and B, and no --proto-path")
        defaults = {"format": schema_format, "mode": mode, "writer": chosen, "kind": kind, "policy": policy}
        return _batch(batch, {name: value for name, value in defaults.items() if value is not None})
    if old is None or new is None:
        raise UsageError("name two sides: llmreg diff A B")
    request = DiffRequest(
        Path.cwd(),
        old,
        new,
        format=schema_format,
        mode=mode,
        writer=chosen,
        kind=kind,
        policy=policy,
        import_roots=tuple(proto_path or ()),
        environment=dict(os.environ),
    )
    return present(diff(request), output)


def _batch(file: str, defaults: dict[str, object]) -> int:
    """2 when a line could not be judged, else 1 when one does not pass, else 0."""
    from llmreg.cli.console import emit_json, progress
    from llmreg.cli.files import read_whole
    from llmreg.ops.compare import compare
    from llmreg.ops.pairs import compare_lines

    lines = [line for line in read_whole(file).split(b"\n") if line.strip()]
    status = 0
    with progress("comparing") as advance:
        for count, answer in enumerate(compare_lines(lines, defaults, compare), start=1):
            emit_json(answer)
            status = max(status, 2 if "error" in answer else int(not answer["ok"]))
            if advance is not None:
                advance(count, len(lines), "comparing")
    return status
