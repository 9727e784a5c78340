"""`llmreg doctor`: find and mend what a crash left."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Option
from llmreg.cli.options import Output, OutputOption

EXAMPLES = """Examples:

\b
  llmreg doctor             list what a cut-off command left behind
  llmreg doctor --fix       remove or stage it
"""


def run(
    fix: Annotated[bool, Option("--fix", help="Mend what was found.")] = False,
    output: OutputOption = Output.TEXT,
) -> int:
    """List temporary files, version files that no ledger names, registrations not staged, and unresolved conflicts.

    With --fix leftovers are removed and registrations staged; files that Git tracks are never removed. What is wrong
    with committed files is told by `llmreg check --all`. Exit status: 0 healthy, 1 something is left to mend.
    """
    from llmreg.cli.console import progress
    from llmreg.cli.lists import emit_list
    from llmreg.ops.doctor import doctor

    with progress("looking") as advance:
        diagnosis = doctor(Path.cwd(), os.environ, advance, fix=fix)
    rows = [
        {"file": item.path, "found": item.what, "remedy": f"done: {item.remedy}" if item.mended else item.remedy}
        for item in diagnosis.found
    ]
    emit_list(diagnosis.to_json(), rows, output, "nothing is left over")
    return 0 if diagnosis.healthy else 1
