"""`llmreg deps`: what a version refers to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Option
from llmreg.cli.options import Output, OutputOption, RevisionOption, VersionedArgument

EXAMPLES = """Examples:

\b
  llmreg deps chat/reply            what the latest version refers to
  llmreg deps chat/reply@1.2.0 --all
  llmreg deps chat/reply -o json    {"subject", "version", "dependencies": [{"subject", "version", "depth", …}]}
"""


def run(
    target: VersionedArgument,
    everything: Annotated[bool, Option("--all", help="Follow references of references, too.")] = False,
    revision: RevisionOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """List the pinned versions that a version refers to, nearest first.

    Exit status: 0, or 2 when there is no such version.
    """
    from llmreg.cli.lists import emit_list, warn
    from llmreg.ops.graph import GraphRequest, deps

    graph = deps(GraphRequest(Path.cwd(), os.environ, target, everything, revision))
    value = {
        "subject": graph.subject,
        "version": graph.versions[0],
        "all": everything,
        "dependencies": [linked.to_json("required_by") for linked in graph.linked],
        "problems": list(graph.problems),
    }
    rows = [
        {
            "subject": linked.subject,
            "version": linked.version,
            "depth": linked.depth,
            "required by": linked.through,
            "status": linked.status,
        }
        for linked in graph.linked
    ]
    emit_list(value, rows, output, f"{graph.subject}@{graph.versions[0]} refers to nothing")
    for problem in graph.problems:
        warn(problem)
    return 0
