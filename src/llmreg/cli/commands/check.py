"""`llmreg check`: what CI and the pre-commit hook run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import (
    JobsOption,
    ModeOption,
    PolicyOption,
    ProtoPathOption,
    ReportOutput,
    ReportOutputOption,
    UndecidedOption,
    Writer,
    WriterOption,
    complete_subject,
)

EXAMPLES = """Examples:

\b
  llmreg check                              what changed against the merge base with the default branch
  llmreg check chat/reply                   one subject
  llmreg check --staged                     what is about to be committed (the pre-commit hook)
  llmreg check --against main -o github     annotate a pull request
  llmreg check --all                        every version of every subject, no history needed
  llmreg check --against main 'schemas/**/*.json'      loose schema files, no registry needed
  llmreg check --against main 'protos/**/*.proto'      a tree of files that import each other
  llmreg check --against-tags 'v*' api/order.avsc      against every release
"""


Targets = Annotated[
    list[str] | None,
    Argument(
        metavar="[SUBJECT|PATH]…",
        help="Subjects, files, globs; none: what changed.",
        autocompletion=complete_subject,
    ),
]
Against = Annotated[str | None, Option("--against", metavar="REV", help="Compare with this commit, branch or tag.")]
AgainstTags = Annotated[
    str | None, Option("--against-tags", metavar="GLOB", help="Compare loose files with all these tags.")
]
Head = Annotated[str | None, Option("--head", metavar="REV", help="Judge this revision instead of the work tree.")]
Staged = Annotated[bool, Option("--staged", help="Judge the index instead of the work tree.")]
Everything = Annotated[bool, Option("--all", help="Check every subject and version, all that needs no baseline.")]


def run(
    targets: Targets = None,
    against: Against = None,
    against_tags: AgainstTags = None,
    head: Head = None,
    staged: Staged = False,
    everything: Everything = False,
    mode: ModeOption = None,
    writer: WriterOption = None,
    policy: PolicyOption = None,
    proto_path: ProtoPathOption = None,
    allow_undecided: UndecidedOption = False,
    jobs: JobsOption = None,
    output: ReportOutputOption = ReportOutput.TEXT,
) -> int:
    """Check what changed: invariants, compatibility with a witness, the declared bump, examples.

    Exit status: 0 all passes, 1 something was found, 2 wrong usage or unreadable input.
    """
    from llmreg.cli.console import progress
    from llmreg.cli.present import present
    from llmreg.ops.check import CheckRequest, check

    request = CheckRequest(
        start=Path.cwd(),
        targets=tuple(targets or ()),
        against=against,
        against_tags=against_tags,
        head=head,
        staged=staged,
        everything=everything,
        mode=mode,
        writer=writer.value if isinstance(writer, Writer) else None,
        policy=policy,
        import_roots=tuple(proto_path or ()),
        allow_undecided=allow_undecided,
        jobs=jobs,
        environment=dict(os.environ),
    )
    with progress("checking") as advance:
        result = check(request, advance)
    return present(result.report, output, result.root_prefix)
