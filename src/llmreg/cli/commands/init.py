"""`llmreg init`: make a registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.options import Output, OutputOption

EXAMPLES = """Examples:

\b
  llmreg init               this directory
  llmreg init schemas       a directory inside a monorepo
"""


def run(
    directory: Annotated[Path, Argument(metavar="[DIR]", help="Where the registry lives.")] = Path(),
    output: OutputOption = Output.TEXT,
) -> int:
    """Make a registry: writes llmreg.yaml and .gitattributes where they are missing, changes nothing else."""
    from llmreg.cli.console import emit, emit_json, note
    from llmreg.ops.init import init

    made = init(directory)
    if output is Output.JSON:
        emit_json(made.to_json(), indent=2)
    else:
        emit(f"registry at {made.root}" + (f": wrote {', '.join(made.created)}" if made.created else ": was there"))
        emit("next: llmreg new chat/reply --format json --kind structured-output")
    if not made.in_git:
        note("llmreg: this directory is in no Git repository yet; run `git init` before you register")
    return 0
