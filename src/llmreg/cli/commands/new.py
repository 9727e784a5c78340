"""`llmreg new`: start a subject."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Option
from llmreg.cli.options import Output, OutputOption, SubjectArgument

EXAMPLES = """Examples:

\b
  llmreg new chat/reply --format json --kind structured-output
  llmreg new events/click --format avro
  llmreg new tools/search --format json --kind tool-input --description 'Web search'
"""


def run(
    subject: SubjectArgument,
    schema_format: Annotated[
        str, Option("--format", metavar="FORMAT", help="Schema format: json, avro or protobuf.")
    ] = "json",
    kind: Annotated[str, Option("--kind", metavar="KIND", help="What the schema is for; sets defaults.")] = "data",
    description: Annotated[str | None, Option("--description", help="One line for search and pages.")] = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Start a subject: its subject.yaml and a small valid working file to edit.

    Kinds: tool-input, tool-output, structured-output, prompt-variables, agent-message, eval-record, rag-document,
    prompt, data. The kind sets the default compatibility mode.
    """
    from llmreg.cli.console import emit, emit_json
    from llmreg.ops.new import new

    made = new(Path.cwd(), subject, schema_format, kind, description)
    if output is Output.JSON:
        emit_json(made.to_json(), indent=2)
    else:
        emit("\n".join(f"wrote {path}" for path in made.files))
        emit(f"edit it, then: llmreg register {subject}")
    return 0
