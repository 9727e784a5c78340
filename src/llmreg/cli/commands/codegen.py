"""`llmreg codegen`: Pydantic models, TypeScript types or a page for people from a version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import Output, OutputOption, RevisionOption

EXAMPLES = """Examples:

\b
  llmreg codegen chat/reply --to pydantic > reply.py
  llmreg codegen tools/search@^1.2 --to typescript > search.ts
  llmreg codegen chat/reply@1.0.0 --to markdown
"""


def run(
    target: Annotated[str, Argument(metavar="SUBJECT[@RANGE]", help="Which version.")],
    language: Annotated[str, Option("--to", metavar="LANGUAGE", help="pydantic, typescript or markdown.")],
    revision: RevisionOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Write code for one version of a JSON Schema to standard output.

    The same version gives the same text. What the language cannot express is said in comments. Exit status: 0, or 2.
    """
    from llmreg.cli.console import emit, emit_json, note
    from llmreg.ops.codegen import CodegenRequest, codegen

    generated = codegen(CodegenRequest(Path.cwd(), target, language, revision, os.environ))
    if output is Output.JSON:
        emit_json(generated.to_json())
        return 0
    emit(generated.text)
    for item in generated.notes:
        note(f"not expressed: {item}")
    return 0
