"""`llmreg dependents`: who refers to a version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import Output, OutputOption, RevisionOption

EXAMPLES = """Examples:

\b
  llmreg dependents chat/message            of any of its versions
  llmreg dependents chat/message@^1         of its 1.x versions
  llmreg dependents chat/message@1.0.0 --all
  llmreg dependents chat/message -o json    {"subject", "versions", "dependents": [{"subject", "version", …}]}
"""


def run(
    target: Annotated[
        str,
        Argument(metavar="SUBJECT@RANGE", help="A subject, and which of its versions: ^1.2; no range: all."),
    ],
    everything: Annotated[bool, Option("--all", help="Also those that refer to a dependent, and so on.")] = False,
    revision: RevisionOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """List every registered version, in the whole registry, that refers to a version in the range.

    Old versions never go away: `latest` marks the ones that are the newest of their subject. Exit status: 0, or 2
    when there is no such version.
    """
    from llmreg.cli.console import progress
    from llmreg.cli.lists import emit_list, warn
    from llmreg.ops.graph import GraphRequest, dependents

    with progress("reading ledgers") as advance:
        graph = dependents(GraphRequest(Path.cwd(), os.environ, target, everything, revision), advance)
    value = {
        "subject": graph.subject,
        "versions": list(graph.versions),
        "all": everything,
        "dependents": [linked.to_json("refers_to") for linked in graph.linked],
        "problems": list(graph.problems),
    }
    rows = [
        {
            "subject": linked.subject,
            "version": linked.version,
            "latest": linked.latest,
            "depth": linked.depth,
            "refers to": linked.through,
            "status": linked.status,
        }
        for linked in graph.linked
    ]
    emit_list(value, rows, output, f"nothing refers to {target}")
    for problem in graph.problems:
        warn(problem)
    return 0
