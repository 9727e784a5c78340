"""`llmreg retire`: take a version out of use; it stays readable."""

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
  llmreg retire chat/reply@1.0.1 --reason 'field held personal data'
  llmreg retire chat/reply@1.0.1 --reason 'field held personal data' --commit
  llmreg retire chat/reply@1.0.1 --undo
"""


def run(
    target: ExactArgument,
    reason: ReasonOption = None,
    undo: UndoOption = False,
    commit: CommitOption = False,
    message: MessageOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """Mark a version as retired in subject.yaml, with a reason, and stage it.

    No range chooses it any more, new versions are not compared with it, and nothing new may refer to it; its exact
    number and its id still read it. Versions that refer to it are listed as a warning. Exit status: 0, or 2 when
    there is no such version.
    """
    from llmreg.cli.status import change_status
    from llmreg.ops.status import StatusRequest

    request = StatusRequest(Path.cwd(), os.environ, target, "retired", reason, commit, message)
    return change_status(request, undo, output)
