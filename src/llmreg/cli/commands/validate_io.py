"""`llmreg validate-io`: a model's input and output against a binding."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import Output, RevisionOption

EXAMPLES = """Examples:

\b
  llmreg validate-io answer --input vars.json --output reply.json
  model-call | llmreg validate-io answer --output -
  llmreg validate-io answer --input vars.json --output reply.json -o json
"""


def run(
    binding: Annotated[str, Argument(metavar="BINDING", help="The name of a file in bindings/.")],
    input_file: Annotated[
        str | None, Option("--input", metavar="FILE", help="What the model was given: JSON or YAML.")
    ] = None,
    output_file: Annotated[
        str | None, Option("--output", metavar="FILE", help="What the model answered: JSON or YAML.")
    ] = None,
    revision: RevisionOption = None,
    form: Annotated[Output, Option("-o", help="How to print the result.")] = Output.TEXT,
) -> int:
    """Validate what a model was given and what it answered against the versions that a binding resolves to.

    Two reports. Exit status: 0 both are valid, 1 one is not, 2 wrong usage, no such binding or file.
    """
    from llmreg.cli.console import emit
    from llmreg.cli.files import read_whole
    from llmreg.ops.validate_io import ValidateIoRequest, validate_io
    from llmreg.render.records import as_json
    from llmreg.render.validation import inference_text

    found = validate_io(
        ValidateIoRequest(Path.cwd(), binding, input_file, output_file, revision, dict(os.environ)), read_whole
    )
    emit(as_json(found.to_json()) if form is Output.JSON else inference_text(found.to_json()))
    return 0 if found.valid else 1
