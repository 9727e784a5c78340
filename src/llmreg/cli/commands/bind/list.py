"""`llmreg bind list`: the bindings that there are."""

from __future__ import annotations

import os
from pathlib import Path

from llmreg.cli.options import Output, OutputOption, RevisionOption

EXAMPLES = """Examples:

\b
  llmreg bind list
  llmreg bind list -o json          {"bindings": [{"name", "model", "profiles", "input", "output", "prompt", "tools"}]}
"""


def run(revision: RevisionOption = None, output: OutputOption = Output.TEXT) -> int:
    """List the bindings of the registry.

    Exit status: 0, or 2 where there is no registry.
    """
    from llmreg.cli.lists import emit_list, warn
    from llmreg.ops.bind import BindRequest, listed

    found = listed(BindRequest(Path.cwd(), (), revision, dict(os.environ)))
    readable = [item for item in found if "problem" not in item]
    columns = ("name", "model", "environment", "profiles", "input", "output", "prompt", "tools")
    rows = [{column: item.get(column) for column in columns} for item in readable]
    emit_list({"bindings": found}, rows, output, "no bindings: write bindings/NAME.yaml")
    for item in found:
        if "problem" in item:
            warn(item["problem"])
    return 0
