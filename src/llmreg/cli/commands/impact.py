"""`llmreg impact`: who is affected by a change, and how."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import Output, OutputOption, complete_subject

EXAMPLES = """Examples:

\b
  llmreg impact                         every version that is new since the merge base, and every pending one
  llmreg impact chat/reply              one subject
  llmreg impact --against v1.4.0 -o json
"""


def run(
    subjects: Annotated[
        list[str] | None,
        Argument(metavar="[SUBJECT]…", help="Subjects; none: what changed.", autocompletion=complete_subject),
    ] = None,
    against: Annotated[
        str | None, Option("--against", metavar="REV", help="Compare with this commit, branch or tag.")
    ] = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """List who depends on each changed version, and what breaks for them.

    Bindings: whether the range still matches, a mode is violated (with a witness), a profile broken, a budget exceeded,
    or only the text that a model reads changed. Schemas that refer to the subject are pinned: nothing changes for them
    until they pin anew. Exit status: 0 nobody is broken, 1 somebody is, 2 wrong usage.
    """
    from llmreg.cli.console import emit
    from llmreg.ops.impact import ImpactRequest, impact
    from llmreg.render.impact import impact_text
    from llmreg.render.records import as_json

    report = impact(ImpactRequest(Path.cwd(), tuple(subjects or ()), against, dict(os.environ)))
    value = report.to_json()
    emit(as_json(value) if output is Output.JSON else impact_text(value))
    return 0 if report.ok else 1
