"""`llmreg log`: the history of a subject."""

from __future__ import annotations

import os
from pathlib import Path

from llmreg.cli.options import Output, OutputOption, RevisionOption, SubjectArgument

EXAMPLES = """Examples:

\b
  llmreg log chat/reply
  llmreg log chat/reply --rev main
  llmreg log chat/reply -o json     {"subject", "versions": [{"version", "bump", "commit", "author", "date", …}]}
"""


def run(subject: SubjectArgument, revision: RevisionOption = None, output: OutputOption = Output.TEXT) -> int:
    """List a subject's versions, newest first, with the commit that brought each to this branch.

    Commits are found in the first-parent history; what is not committed yet, or lies beyond the end of a shallow
    clone, has none. Exit status: 0, or 2 when there is no such subject.
    """
    from llmreg.cli.lists import emit_list, warn
    from llmreg.ops.log import log

    found = log(Path.cwd(), os.environ, subject, revision)
    value = found.to_json()
    rows = [
        {
            "version": version["version"],
            "bump": version["bump"],
            "mode": version["mode"],
            "id": version["id"],
            "commit": (version["commit"] or "")[:12],
            "author": version["author"],
            "date": (version["date"] or "")[:10],
            "pull request": version["pull_request"] and f"#{version['pull_request']}",
            "status": "; ".join(
                f"{status}: {version[status]}" for status in ("deprecated", "retired") if version[status] is not None
            ),
        }
        for version in value["versions"]
    ]
    emit_list(value, rows, output, f"{subject} has no version yet; register one: llmreg register {subject}")
    if found.warning:
        warn(found.warning)
    return 0
