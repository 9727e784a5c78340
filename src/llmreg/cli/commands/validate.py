"""`llmreg validate`: documents against a registered schema."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import FormatOption, Output, OutputOption, ProtoPathOption

if TYPE_CHECKING:
    from llmreg.ops.validate import ValidateRequest

EXAMPLES = """Examples:

\b
  llmreg validate chat/reply@^1 answer.json
  llmreg validate chat/reply answers.jsonl -o json
  cat answers.jsonl | llmreg validate chat/reply@1.2.0 --jsonl --strict
  llmreg validate events/click@2 message.avro
  llmreg validate ./schema.json data.yaml          a loose schema file
"""


def run(
    target: Annotated[
        str, Argument(metavar="SUBJECT@RANGE", help="A registered version, or a schema file; no range: latest.")
    ],
    data: Annotated[
        list[str] | None,
        Argument(metavar="[DATA|-]…", help="JSON, YAML, JSON Lines, Avro or Protobuf files; none: stdin."),
    ] = None,
    strict: Annotated[bool, Option("--strict", help="Refuse undeclared fields.")] = False,
    jsonl: Annotated[bool, Option("--jsonl", help="Read JSON Lines, whatever the file is called.")] = False,
    rev: Annotated[
        str | None, Option("--rev", metavar="REV", help="Use the registry at this commit, branch or tag.")
    ] = None,
    schema_format: FormatOption = None,
    proto_path: ProtoPathOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Validate documents: every error with its JSON Pointer and the place in the schema, then a summary.

    Exit status: 0 all valid, 1 some are not, 2 wrong usage, no such schema or file.
    """
    from llmreg.ops.validate import ValidateRequest

    request = ValidateRequest(
        start=Path.cwd(),
        target=target,
        data=tuple(data or ("-",)),
        strict=strict,
        lines=jsonl,
        rev=rev,
        format=schema_format,
        import_roots=tuple(proto_path or ()),
        environment=dict(os.environ),
    )
    return _validated(request, output)


def _validated(request: ValidateRequest, output: Output) -> int:
    """Text is printed document by document, JSON as a whole; the exit status."""
    from llmreg.cli.console import emit, emit_json
    from llmreg.cli.files import read_whole
    from llmreg.ops.validate import Judged, validate
    from llmreg.render.validation import document_text, summary_text

    documents: list[dict[str, object]] = []

    def tell(judged: Judged) -> None:
        if output is Output.JSON:
            documents.append(judged.to_json())
        elif judged.errors:
            emit(document_text(judged.to_json()))

    summary = validate(request, read_whole, tell)
    if output is Output.JSON:
        emit_json({"validation": 1, "summary": summary.to_json(), "documents": documents}, indent=2)
    else:
        emit(summary_text(summary.to_json()))
    return 1 if summary.invalid else 0
