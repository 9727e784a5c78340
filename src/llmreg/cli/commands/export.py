"""`llmreg export`: one commit as an index that can be served."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from llmreg.cli.options import Output, OutputOption

EXAMPLES = """Examples:

\b
  llmreg export --out build                 the commit HEAD, as build/index.sqlite
  llmreg export --rev v1.4 --out build      as it was at a tag
  llmreg serve --index build                serve it
"""


def run(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the index goes; brought up to date if there.")
    ],
    revision: Annotated[str, typer.Option("--rev", metavar="REV", help="Commit, branch or tag.")] = "HEAD",
    rewritten: Annotated[
        bool, typer.Option("--allow-rewritten", help="Start anew when REV does not continue what was exported.")
    ] = False,
    output: OutputOption = Output.TEXT,
) -> int:
    """Write a read model of one commit: index.sqlite and manifest.json.

    Only committed files count. A directory that holds an older export is brought up to date by what changed.
    Exit status: 0, or 2 when the registry cannot be read or history was rewritten.
    """
    from llmreg.cli.console import emit, note, progress
    from llmreg.model.jsontext import dumps
    from llmreg.ops.export import ExportRequest, export

    with progress("exporting") as advance:
        exported = export(ExportRequest(Path.cwd(), out, revision, rewritten, os.environ), advance)
    for problem in exported.problems:
        note(f"warning: {problem}")
    if output is Output.JSON:
        emit(dumps(exported.to_json()))
    else:
        manifest = exported.manifest
        emit(f"{exported.mode}: {out} holds commit {manifest.commit[:12]} (generation {manifest.generation})")
    return 0
