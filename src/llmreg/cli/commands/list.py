"""`llmreg list`: the subjects of the registry."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument
from llmreg.cli.options import Output, OutputOption, RevisionOption

EXAMPLES = """Examples:

\b
  llmreg list                   every subject
  llmreg list chat              chat, chat/reply, chat/message, …
  llmreg list --rev v1.4        as it was at a tag
  llmreg list -o json           {"subjects": [{"subject", "format", "kind", "mode", "latest", …}]}
"""


def run(
    below: Annotated[str | None, Argument(metavar="[PREFIX]", help="Only this subject and those below it.")] = None,
    revision: RevisionOption = None,
    output: OutputOption = Output.TEXT,
) -> int:
    """List subjects with format, kind, mode, latest version and number of versions.

    A subject whose files cannot be read is listed with the problem. Exit status: 0, or 2 when PREFIX names nothing.
    """
    from llmreg.cli.console import progress
    from llmreg.cli.lists import emit_list, warn
    from llmreg.ops.list import list_subjects

    with progress("listing") as advance:
        subjects = list_subjects(Path.cwd(), os.environ, below, revision, advance)
    rows = [
        {
            "subject": subject.subject,
            "format": subject.format,
            "kind": subject.kind,
            "mode": subject.mode,
            "latest": f"{subject.latest} (deprecated)" if subject.latest in subject.deprecated else subject.latest,
            "versions": subject.versions,
            "description": subject.description,
        }
        for subject in subjects
    ]
    value = {"subjects": [subject.to_json() for subject in subjects]}
    emit_list(value, rows, output, "no subjects yet; start one: llmreg new chat/reply --format json")
    for subject in subjects:
        if subject.problem and output is Output.TEXT:
            warn(subject.problem)
    return 0
