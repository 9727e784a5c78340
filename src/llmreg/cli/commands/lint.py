"""`llmreg lint`: schemas against what providers take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from llmreg.cli.declare import Argument, Option
from llmreg.cli.options import ReportOutput, ReportOutputOption, complete_subject

EXAMPLES = """Examples:

\b
  llmreg lint chat/search --profile openai-strict          the working file
  llmreg lint chat/search@^1 -p anthropic-strict@2026-10   a version, a pinned profile
  llmreg lint tools/*.json -p all                          loose files, every profile
  llmreg lint chat/search -p openai-strict --fix           repair what loses nothing
"""


def run(
    targets: Annotated[
        list[str],
        Argument(
            metavar="SUBJECT[@RANGE]|FILE…",
            help="Subjects (without a range: the working file) and schema files.",
            autocompletion=complete_subject,
        ),
    ],
    profile: Annotated[
        list[str],
        Option("--profile", "-p", metavar="ID[@DATE]", help="A profile, or `all`; repeatable."),
    ],
    fix: Annotated[bool, Option("--fix", help="Rewrite the files where a repair loses nothing.")] = False,
    output: ReportOutputOption = ReportOutput.TEXT,
) -> int:
    """Lint schemas against provider profiles: dated rules, each with its source.

    No finding means that no rule of the profile is violated; nothing here asks a provider. Exit status: 0 no error,
    1 a rule is violated, 2 wrong usage or unreadable input. `llmreg rules` lists the rules.
    """
    from llmreg.cli.files import read_input
    from llmreg.cli.present import present
    from llmreg.ops.lint import LintRequest, lint

    request = LintRequest(
        start=Path.cwd(), targets=tuple(targets), profiles=tuple(profile), fix=fix, environment=dict(os.environ)
    )
    result = lint(request, read_input)
    return present(result.report, output, result.root_prefix)
