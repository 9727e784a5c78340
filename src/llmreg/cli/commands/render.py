"""`llmreg render`: a prompt with its variables filled in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.options import Output, OutputOption, RevisionOption

EXAMPLES = """Examples:

\b
  llmreg render prompts/answer@^1 variables.json
  llmreg render prompts/answer variables.yaml -o json
  echo '{"question": "Why?"}' | llmreg render prompts/answer@1.0.0
"""


def run(
    target: Annotated[str, Argument(metavar="PROMPT[@RANGE]", help="Which prompt; no range: the latest version.")],
    data: Annotated[str, Argument(metavar="[DATA|-]", help="The variables: a JSON or YAML file.")] = "-",
    revision: RevisionOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Render a prompt with given variables, which are validated against their schema first.

    A chat prompt gives a JSON list of messages. The template runs in a sandbox, with limits on time, memory and text.
    Exit status: 0, 1 the variables do not fit or rendering fails, 2 wrong usage, no such prompt or file.
    """
    from llmreg.cli.console import emit, emit_json, note
    from llmreg.cli.files import read_whole
    from llmreg.ops.render import RenderRequest, render

    result = render(RenderRequest(Path.cwd(), target, data, revision, dict(os.environ)), read_whole)
    if output is Output.JSON:
        emit_json(result.to_json(), indent=2)
    elif result.errors:
        against = f" under {result.variables}" if result.variables else ""
        note(f"{result.prompt}: the variables do not fit{against}")
        for error in result.errors:
            note(f"  {error.pointer or '/'}: {error.message}")
    elif result.messages[0][0] is None:
        emit(result.messages[0][1])
    else:
        emit_json(result.chat, indent=2)
    return 1 if result.errors else 0
