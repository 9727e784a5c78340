"""`llmreg drift`: does the code still say what is registered?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import ReportOutput, ReportOutputOption, complete_subject
from llmreg.cli.sources import ImportRootOption

EXAMPLES = """Examples:

\b
  llmreg drift --import-root src
  llmreg drift shop/order --import-root src -o github
  llmreg drift shop/order --import-root src --accept && llmreg register shop/order
"""


def run(
    subjects: Annotated[
        list[str] | None,
        Argument(
            metavar="[SUBJECT…]",
            help="Subjects that are generated from code; none: all of them.",
            autocompletion=complete_subject,
        ),
    ] = None,
    import_root: ImportRootOption = None,
    accept: Annotated[
        bool, Option("--accept", help="Write what the code says to the working files, to be registered.")
    ] = False,
    output: ReportOutputOption = ReportOutput.TEXT,
) -> int:
    """Generate the schemas from their code again, and compare them with the registered versions, by class of change.

    The code runs in a child process with limits. Exit status: 0 no drift that the policy blocks, or accepted; 1 such a
    drift; 2 wrong usage, or code that gives no schema.
    """
    from llmreg.cli.console import note
    from llmreg.cli.present import present
    from llmreg.ops.drift import DriftRequest, drift

    result = drift(DriftRequest(Path.cwd(), tuple(subjects or ()), import_root, accept, dict(os.environ)))
    status = present(result.report, output)
    for name in result.accepted:
        note(f"{name}: the working file is what the code says; register it: llmreg register {name}")
    return 0 if accept else status
