"""`llmreg bind check`: whether the bindings hold."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.options import ReportOutput, ReportOutputOption, RevisionOption

EXAMPLES = """Examples:

\b
  llmreg bind check                     every binding of the registry
  llmreg bind check answer triage
  llmreg bind check -o github           annotate the lines of bindings/*.yaml
"""


def run(
    names: Annotated[list[str] | None, Argument(metavar="[NAME]…", help="Which bindings; none: all.")] = None,
    revision: RevisionOption = None,
    output: ReportOutputOption = ReportOutput.TEXT,
) -> int:
    """Check bindings: every range resolves, kinds fit their roles, profiles and request budgets are met.

    `llmreg check` does the same for the bindings that a change touches. Exit status: 0 all hold, 1 something was found,
    2 no such binding.
    """
    from llmreg.cli.present import present
    from llmreg.ops.bind import BindRequest, check

    result = check(BindRequest(Path.cwd(), tuple(names or ()), revision, dict(os.environ)))
    return present(result.report, output, result.root_prefix)
