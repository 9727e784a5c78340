"""`llmreg resolve`: settle a race for a version number after a merge or a rebase."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmreg.cli.declare import Option
from llmreg.cli.options import Output, OutputOption, SubjectArgument, UndecidedOption

if TYPE_CHECKING:
    from llmreg.ops.resolve import ResolveResult

EXAMPLES = """Examples:

\b
  git rebase origin/main        conflict in subjects/chat/reply: somebody registered first
  edit subjects/chat/reply/schema.json, so that it holds both changes
  llmreg resolve chat/reply     their versions stay, ours gets the next free number
  git rebase --continue
"""


def run(
    subject: SubjectArgument,
    against: Annotated[
        str | None, Option("--against", metavar="REV", help="The side that has landed. None: Git's state tells.")
    ] = None,
    allow_undecided: UndecidedOption = False,
    output: OutputOption = Output.TEXT,
) -> int:
    """Take the landed ledger and version files, drop our version, and register ours under the next free number.

    Merge the working file by hand first: it is judged against what has landed, and nothing is written when it does
    not pass. Works during a merge, a rebase or a cherry-pick, and after one. Safe to repeat. Exit status: 0 resolved,
    1 refused with findings, 2 conflict markers or wrong usage.
    """
    from llmreg.cli.lists import emit_object
    from llmreg.ops.resolve import ResolveRequest, resolve

    result = resolve(ResolveRequest(Path.cwd(), subject, against, allow_undecided, dict(os.environ)))
    if output is Output.TEXT and (result.report.findings or not result.report.ok):
        from llmreg.cli.options import ReportOutput
        from llmreg.cli.present import present

        present(result.report, ReportOutput.TEXT)
    emit_object(result.to_json(), list(_lines(result)), output)
    return 0 if result.report.ok else 1


def _lines(result: ResolveResult) -> Iterator[str]:
    landed = result.baseline
    yield f"{result.subject}: {landed.revision} has landed ({landed.why})"
    if not result.report.ok:
        yield "nothing was changed: mend the working file, then run the same command again"
        return
    if result.registered is None:
        yield "nothing to resolve: the ledger holds what has landed, and then ours"
        return
    if result.dropped:
        yield f"dropped {', '.join(result.dropped)}, which had not landed"
    verb = "registered" if result.registered.new else "the working file is"
    why = f" ({result.registered.bump}: {result.registered.why})" if result.registered.new else ""
    yield f"{verb} {result.subject} {result.registered.version}{why}"
    if result.forgotten:
        yield f"not registered again, because only the working file is: {', '.join(result.forgotten)}"
    go_on = {"merge": "git commit", "rebase": "git rebase --continue", "cherry-pick": "git cherry-pick --continue"}
    yield f"staged; go on with `{go_on.get(result.state, 'git commit')}`"
