"""`llmreg deprecate`: say that a version should not be used any more."""

from __future__ import annotations

import os
from pathlib import Path

from llmreg.cli.options import (
    CommitOption,
    ExactArgument,
    MessageOption,
    Output,
    OutputOption,
    ReasonOption,
    UndoOption,
)

EXAMPLES = """Examples:

\b
  llmreg deprecate chat/reply@1.1.0 --reason 'use 2.0.0'
  llmreg deprecate chat/reply@1.1.0 --reason 'use 2.0.0' --commit -m 'Deprecate reply 1.1.0'
  llmreg deprecate chat/reply@1.1.0 --undo
"""


def run(
    target: ExactArgument,
    reason: ReasonOption = None,
    undo: UndoOption = False,
    commit: CommitOption = False,
    message: MessageOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Mark a version as deprecated in subject.yaml, with a reason, and stage it.

    The version stays readable and stays in ranges; whoever refers to it is warned. Exit status: 0, or 2 when there
    is no such version.
    """
    from llmreg.cli.status import change_status
    from llmreg.ops.status import StatusRequest

    request = StatusRequest(Path.cwd(), os.environ, target, "deprecated", reason, commit, message)
    return change_status(request, undo, output)
